import { describe, expect, it, test } from 'vitest';
import type { ReplyPart } from '../../../src/sending/gateway/gateway.ts';
import { partOf, wholeReply } from '../../../src/gateways/smpp/deliver-sm.ts';
import { strictestReply } from '../../../src/sms/inbound/inbound-word.ts';
import { delivered, EARS } from './delivered.ts';

const ANNE = '+33639980001';

describe('a reply in parts', () => {
  const header = (hex: string, text: string | Buffer, fields: object = {}) =>
    partOf(
      delivered({
        esm_class: 0x40,
        short_message: Buffer.concat([Buffer.from(hex, 'hex'), Buffer.from(text)]),
        ...fields,
      }),
      EARS,
    );
  const whole = (...parts: (ReplyPart | undefined)[]) =>
    wholeReply(
      parts.flatMap((part) => part ?? []),
      'whole',
    );

  test.each([
    ['a header of one octet', header('050003070201', 'a'), { at: 1, of: 2 }],
    ['a header of two', header('0608040107 0302'.replace(' ', ''), 'a'), { at: 2, of: 3 }],
    ['a header with more in it', header('0b0504158a000000030702 02'.replace(' ', ''), 'a'), { at: 2, of: 2 }],
    [
      'fields of their own',
      partOf(
        delivered({
          short_message: Buffer.from('a'),
          sar_msg_ref_num: 1,
          sar_total_segments: 2,
          sar_segment_seqnum: 1,
        }),
        EARS,
      ),
      { at: 1, of: 2 },
    ],
    ['a header that numbers one alone', header('050003070101', 'a'), undefined],
    [
      'nothing: a receipt is no part',
      header('050003070201', 'id:7 stat:DELIVRD', { esm_class: 0x44 }),
      undefined,
    ],
    ['a part behind the last', header('050003070203', 'a'), undefined],
    ['a header longer than all', header('ff0003070203', 'a'), undefined],
  ])('is numbered by %s', (_what, part, expected) => {
    expect(part && { at: part.at, of: part.of }).toEqual(expected);
  });

  it('is joined so that characters are whole', () => {
    const octets = Buffer.from('Ne m’écrivez plus');
    const [one, two] = [octets.subarray(0, 5), octets.subarray(5)];

    expect(whole(header('050003070202', two), header('050003070201', one))).toMatchObject([
      { from: ANNE, to: '36180', text: 'Ne m’écrivez plus', identity: 'whole' },
    ]);
  });

  it('is read in the alphabet of each part', () => {
    const wide = Buffer.from('j’arrête', 'utf16le').swap16();
    const parts = [header('050003070201', 'Bon, '), header('050003070202', wide, { data_coding: 8 })];
    expect(whole(...parts)).toMatchObject([{ text: 'Bon, j’arrête' }]);
  });

  it('shows where a part never came', () => {
    expect(whole(header('050003070301', 'un'), header('050003070303', 'trois'))).toMatchObject([
      { text: 'un … trois' },
    ]);
    expect(whole(header('050003070302', 'deux'))).toMatchObject([{ text: '… deux' }]);
  });

  it('is judged by its strictest part', () => {
    const [event] = whole(header('050003070201', 'C’est non-'), header('050003070202', 'stop'));

    expect(event).toMatchObject({ text: 'C’est non-stop', parts: ['stop'] });
    expect(strictestReply('C’est non-stop', ['stop']).kind).toBe('stop');
    expect(whole(header('050003070201', 'ST'), header('050003070202', 'OP'))[0]).not.toHaveProperty('parts');
  });

  it('belongs to one sender, number and reference', () => {
    const names = [
      header('050003070201', 'a'),
      header('050003080201', 'a'),
      header('050003070301', 'a'),
      header('06080400070201', 'a'),
      header('050003070201', 'a', { source_addr: '33639980002' }),
      header('050003070201', 'a', { destination_addr: '36181' }),
    ].map((part) => part?.message);

    expect(new Set(names).size).toBe(names.length);
    expect(header('050003070202', 'b')?.message).toBe(names[0]);
  });
});
