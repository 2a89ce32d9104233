import { expect, it } from 'vitest';
import { zipOf } from '../../../../src/operations/evidence/evidence-file.ts';

it('the same files make the same archive', () => {
  const files = [
    { name: 'events.jsonl', bytes: Buffer.from('{"é":1}\n') },
    { name: 'copy.bin', bytes: Buffer.alloc(0) },
  ];
  expect(zipOf(files).toString('hex')).toBe(
    [
      '504b0304140000000000000021001eec309709000000090000000c000000',
      '6576656e74732e6a736f6e6c7b22c3a9223a317d0a',
      '504b0304140000000000000021000000000000000000000000000800000',
      '0636f70792e62696e',
      '504b01021400140000000000000021001eec309709000000090000000c00000000000000000000000000000000',
      '006576656e74732e6a736f6e6c',
      '504b01021400140000000000000021000000000000000000000000000800000000000000000000000000330000',
      '00636f70792e62696e',
      '504b0506000000000200020070000000590000000000',
    ].join(''),
  );
});
