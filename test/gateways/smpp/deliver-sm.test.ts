import { PDU } from 'smpp';
import { describe, expect, it, test } from 'vitest';
import { eventsOf, idOf } from '../../../src/gateways/smpp/deliver-sm.ts';
import { fieldsOf } from '../../../src/gateways/smpp/pdu.ts';
import { PROFILES } from '../../../src/gateways/smpp/profile.ts';

const ANNE = '+33639980001';

/** As it comes over the wire, with further fields at its end. */
function allTold(fields: object, extra: readonly Buffer[] = [], profile: keyof typeof PROFILES = 'general') {
  const written = new PDU('deliver_sm', {
    source_addr_ton: 1,
    source_addr: '33639980001',
    destination_addr: '36180',
    ...fields,
  }).toBuffer();
  const frame = Buffer.concat([written, ...extra]);
  frame.writeUInt32BE(frame.length, 0);
  return eventsOf(fieldsOf(frame) ?? {}, PROFILES[profile], 'arrival');
}

const told = (...as: Parameters<typeof allTold>) => allTold(...as)[0];

const field = (tag: number, value: string): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(tag, 0);
  head.writeUInt16BE(Buffer.byteLength(value), 2);
  return Buffer.concat([head, Buffer.from(value)]);
};

const receipt = (text: string) => told({ esm_class: 4, short_message: Buffer.from(text) });

describe('a receipt', () => {
  test.each([
    [
      'of the specification',
      'id:0000000123 sub:001 dlvrd:001 submit date:2601120900 done date:2601120901 stat:DELIVRD err:000 text:RDV',
      { gatewayId: '123', state: 'DELIVERED', code: 'DELIVRD', occurredAt: '2601120901' },
    ],
    [
      'without a text',
      'id:ab12 sub:001 dlvrd:000 submit date:2601120900 done date:2601120901 stat:EXPIRED err:006',
      { gatewayId: 'ab12', state: 'EXPIRED', code: 'EXPIRED_6' },
    ],
    [
      'in other letters, and with blanks behind its colons',
      'ID: AB12 SUB: 001 DLVRD: 001 SUBMIT DATE: 260112090000 DONE DATE: 260112090107 STAT: delivrd ERR: 0 TEXT:',
      { gatewayId: 'ab12', state: 'DELIVERED', occurredAt: '260112090107' },
    ],
    [
      'in another order, and short',
      'stat:UNDELIV err:03C id:9-8-7',
      { gatewayId: '9-8-7', state: 'UNDELIVERED', code: 'UNDELIV_3C' },
    ],
    ['that says FAILED', 'id:7 stat:FAILED err:1', { state: 'UNDELIVERED' }],
    ['of a message deleted', 'id:7 stat:DELETED', { state: 'UNDELIVERED' }],
    ['of a message refused', 'id:7 stat:REJECTD err:1', { state: 'REJECTED' }],
    ['of a message that is on its way', 'id:7 stat:ENROUTE', { state: 'PENDING' }],
    ['that nobody can explain', 'id:7 stat:WHATEVER', { state: 'UNKNOWN_FINAL' }],
    [
      'whose message speaks of another state',
      'id:7 stat:UNDELIV err:001 text:stat:DELIVRD id:8',
      { gatewayId: '7', state: 'UNDELIVERED' },
    ],
  ])('%s is read', (_what, text, expected) => {
    expect(receipt(text)).toMatchObject({ kind: 'receipt', to: ANNE, ...expected });
  });

  it('is read by its fields where the text says less', () => {
    const fields = { esm_class: 4, short_message: '', receipted_message_id: '00AF', message_state: 2 };

    expect(told(fields)).toMatchObject({ gatewayId: 'af', state: 'DELIVERED' });
  });

  it('of OVHcloud carries the id in a field of its own', () => {
    const event = told(
      { esm_class: 4, short_message: Buffer.from('stat:DELIVRD err:000') },
      [field(0x1401, '77')],
      'ovh',
    );

    expect(event).toMatchObject({ kind: 'receipt', gatewayId: '77' });
  });

  it.each([
    ['53', 'OPTED_OUT'],
    ['100', 'REJECTED'],
    ['3', 'UNDELIVERED'],
  ])('of OVHcloud with err %s is %s, and elsewhere no more than undelivered', (error, state) => {
    const fields = { esm_class: 4, short_message: Buffer.from(`id:7 stat:UNDELIV err:0${error}`) };

    expect(told(fields, [], 'ovh')).toMatchObject({ state });
    expect(told(fields)).toMatchObject({ state: 'UNDELIVERED' });
  });

  it('on the way is no end, whatever it says', () => {
    expect(told({ esm_class: 0x20, short_message: Buffer.from('id:7 stat:DELIVRD') })).toMatchObject({
      state: 'PENDING',
    });
  });

  it('written by a person is a person’s words', () => {
    const forged = 'id:7 sub:001 dlvrd:001 stat:DELIVRD err:000';

    expect(told({ short_message: Buffer.from(forged) })).toMatchObject({ kind: 'reply', text: forged });
  });

  it('told twice is the same, told of another end is not', () => {
    const text = 'id:7 done date:2601120901 stat:UNDELIV err:003';

    expect(receipt(text)).toEqual(receipt(text));
    expect(receipt(text.replace('UNDELIV', 'DELIVRD'))?.identity).not.toBe(receipt(text)?.identity);
  });
});

describe('an id', () => {
  it.each([
    ['000123', '123'],
    ['AB12', 'ab12'],
    ['0', '0'],
    ['000', '0'],
    [' 9007199254740993 ', '9007199254740993'],
  ])('%j is compared as %j', (written, compared) => {
    expect(idOf(written)).toBe(compared);
  });
});

describe('words of a person', () => {
  test.each([
    ['in the alphabet of GSM', 0, Buffer.from('53544f5020', 'hex'), 'STOP '],
    ['in UCS-2', 8, Buffer.from('ＳＴＯＰ', 'utf16le').swap16(), 'ＳＴＯＰ'],
    ['in Latin 1', 3, Buffer.from('arrêt', 'latin1'), 'arrêt'],
    ['in an alphabet that nobody knows', 0xf4, Buffer.from('STOP', 'latin1'), 'STOP'],
  ])('%s are read', (_what, coding, octets, text) => {
    expect(told({ data_coding: coding, short_message: octets })).toMatchObject({
      kind: 'reply',
      from: ANNE,
      to: '36180',
      text,
    });
  });

  it('in a payload are read', () => {
    expect(told({ short_message: '', message_payload: Buffer.from('STOP') })).toMatchObject({ text: 'STOP' });
  });

  it('in two parts are two replies, without their headers', () => {
    const part = Buffer.concat([Buffer.from('050003070201', 'hex'), Buffer.from('STOP')]);

    expect(told({ esm_class: 0x40, short_message: part })).toMatchObject({ kind: 'reply', text: 'STOP' });
  });

  it('of OVHcloud have an id: told twice they are the same', () => {
    const event = told({ short_message: Buffer.from('STOP') }, [field(0x1402, '00042')], 'ovh');

    expect(event).toMatchObject({ kind: 'reply', identity: 'incoming 42' });
  });

  it('without an id are each heard: a second STOP may be a new one', () => {
    const words = { short_message: Buffer.from('STOP') };

    expect(told(words)).toMatchObject({ identity: 'arrival' });
  });

  it('that name the message they answer are words, and are not lost', () => {
    const words = { short_message: Buffer.from('STOP'), receipted_message_id: '77' };

    expect(allTold(words)).toMatchObject([{ kind: 'reply', from: ANNE, text: 'STOP' }]);
    expect(allTold({ ...words, esm_class: 4 })).toEqual([]);
  });
});

describe('nine digits that may be of Nouméa or of the mainland', () => {
  const from = (source_addr: string, source_addr_ton: number, words: string) =>
    allTold({ source_addr, source_addr_ton, short_message: Buffer.from(words) }).map((event) =>
      event.kind === 'receipt' ? event.to : event.from,
    );

  it.each([
    ['687123456', '+687123456', '+33687123456'],
    ['681821234', '+681821234', '+33681821234'],
  ])('say STOP for both, as %s, unless the operator says which', (written, overseas, mainland) => {
    expect(from(written, 0, 'STOP')).toEqual([overseas, mainland]);
    expect(from(written, 1, 'STOP')).toEqual([overseas]);
    expect(from(written, 2, 'STOP')).toEqual([mainland]);
  });

  it('of Saint-Pierre are of nobody else: on the mainland they would be of no mobile', () => {
    expect(from('508551234', 0, 'STOP')).toEqual(['+508551234']);
  });

  it('confirm for one alone', () => {
    expect(from('687123456', 0, 'OUI')).toEqual(['+687123456']);
  });

  it('say STOP twice, each of its own', () => {
    const events = allTold({
      source_addr: '687123456',
      source_addr_ton: 0,
      short_message: Buffer.from('STOP'),
    });

    expect(new Set(events.map(({ identity }) => identity)).size).toBe(2);
  });

  it('name nobody in a receipt, which its id names already', () => {
    const text = { short_message: Buffer.from('id:7 stat:DELIVRD'), esm_class: 4, source_addr_ton: 0 };
    const [event] = allTold({ ...text, source_addr: '687123456' });

    expect(event).toMatchObject({ kind: 'receipt', gatewayId: '7' });
    expect(event).not.toHaveProperty('to');
  });
});
