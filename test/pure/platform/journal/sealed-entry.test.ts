import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameOf, framesIn } from '../../../../src/platform/journal/entry.ts';

const bodies = ['un', 'deux', 'trois', 'quatre'].map((text) => Buffer.from(text));
const frames = bodies.map(frameOf);
const whole = Buffer.concat(frames);
const read = (file: Buffer) =>
  [...framesIn(file, 0)].map((found) => (found.kind === 'frame' ? found.body.toString() : found.kind));
const endOf = (count: number): number => Buffer.concat(frames.slice(0, count)).length;

describe('a file of the journal', () => {
  it('gives back what was written, in order', () => {
    expect(read(whole)).toEqual(['un', 'deux', 'trois', 'quatre']);
  });

  it('cut within its last entry loses only it', () => {
    for (let cut = endOf(3) + 1; cut < whole.length; cut += 1)
      expect(read(whole.subarray(0, cut))).toEqual(['un', 'deux', 'trois', 'torn']);
    expect(read(whole.subarray(0, endOf(3)))).toEqual(['un', 'deux', 'trois']);
  });

  it('grown before its bytes ends torn', () => {
    expect(read(Buffer.concat([whole, Buffer.alloc(300)]))).toEqual([
      'un',
      'deux',
      'trois',
      'quatre',
      'torn',
    ]);
    const late = Buffer.from(whole);
    late.fill(0, endOf(3) + 8);
    expect(read(late).at(-1)).toBe('torn');
  });

  it('locates any altered byte and reads the rest', () => {
    for (let at = endOf(1); at < endOf(2); at += 1) {
      const altered = Buffer.from(whole);
      altered.writeUInt8(altered.readUInt8(at) ^ 0x41, at);
      const found = [...framesIn(altered, 0)];
      expect(found[1]).toEqual({ kind: 'damaged', at: endOf(1), end: endOf(2) });
      expect(found.map(({ kind }) => kind)).toEqual(['frame', 'damaged', 'frame', 'frame']);
    }
  });

  it('reports an altered last entry as damaged', () => {
    const altered = Buffer.from(whole);
    altered.writeUInt8(altered.readUInt8(endOf(3) + 17) ^ 1, endOf(3) + 17);
    expect(read(altered)).toEqual(['un', 'deux', 'trois', 'damaged']);
  });

  it('of any bytes is read to its end', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 6 }), (pieces) => {
        const file = Buffer.concat(
          pieces.map((piece, index) => (index % 2 === 0 ? frameOf(Buffer.from(piece)) : Buffer.from(piece))),
        );
        const found = [...framesIn(file, 0)];
        expect(found.at(-1)?.end ?? 0).toBe(file.length);
        expect(found.filter(({ kind }) => kind === 'frame').length).toBeGreaterThanOrEqual(
          pieces.filter((_, index) => index % 2 === 0).length,
        );
      }),
    );
  });
});
