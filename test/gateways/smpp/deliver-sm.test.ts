import { describe, expect, it, test } from 'vitest';
import { deliveryEventsOf, answeredId, idOf } from '../../../src/gateways/smpp/deliver-sm.ts';
import { PROFILES } from '../../../src/gateways/smpp/smpp-operator.ts';
import { classifyReply } from '../../../src/sms/inbound/inbound-word.ts';
import { delivered, EARS } from './delivered.ts';

const ANNE = '+33639980001';

const allTold = (fields: object, extra: readonly Buffer[] = [], profile: keyof typeof PROFILES = 'general') =>
  deliveryEventsOf(delivered(fields, extra), { ...EARS, profile: PROFILES[profile] }, 'arrival');

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
      'in other letters, with blanks after colons',
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

  it('is read by its fields before its text', () => {
    const fields = { esm_class: 4, short_message: '', receipted_message_id: '00AF', message_state: 2 };

    expect(told(fields)).toMatchObject({ gatewayId: 'af', state: 'DELIVERED' });
  });

  it('of OVHcloud has its id in a field', () => {
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
  ])('of OVHcloud, err %s is %s only there', (error, state) => {
    const fields = { esm_class: 4, short_message: Buffer.from(`id:7 stat:UNDELIV err:0${error}`) };

    expect(told(fields, [], 'ovh')).toMatchObject({ state });
    expect(told(fields)).toMatchObject({ state: 'UNDELIVERED' });
  });

  it('on the way is never final', () => {
    expect(told({ esm_class: 0x20, short_message: Buffer.from('id:7 stat:DELIVRD') })).toMatchObject({
      state: 'PENDING',
    });
  });

  it.each([
    ['fr_12100_a', 'fr_12100_a'],
    ['M@12101$x', 'M@12101$x'],
    ['M\u000012101\x02x\x11', 'M@12101$x_'],
    ['AbC', 'AbC'],
    ['aBc', 'aBc'],
  ])('with the id %j belongs to message %j', (written, gatewayId) => {
    expect(receipt(`id:${written} sub:001 stat:DELIVRD err:000`)).toMatchObject({ gatewayId });
  });

  it('ending in zero, or in UCS-2, is read', () => {
    const text = 'id:7 stat:DELIVRD err:000';

    expect(receipt(`${text}\0`)).toMatchObject({ gatewayId: '7', code: 'DELIVRD' });
    expect(
      told({ esm_class: 4, data_coding: 8, short_message: Buffer.from(text, 'utf16le').swap16() }),
    ).toMatchObject({ gatewayId: '7', state: 'DELIVERED' });
  });

  it.each([
    [0, 'PENDING', 'SCHEDULED'],
    [1, 'PENDING', 'ENROUTE'],
    [9, 'UNDELIVERED', 'SKIPPED'],
  ])('of state %i is %s', (state, expected, code) => {
    const fields = { esm_class: 4, short_message: '', receipted_message_id: '7', message_state: state };

    expect(told(fields)).toMatchObject({ kind: 'receipt', state: expected, code });
  });

  it.each([
    ['10', 'CREDIT'],
    ['55', 'THROTTLED'],
    ['3', undefined],
  ])('of OVHcloud with err %s says: %s', (error, trouble) => {
    const fields = { esm_class: 4, short_message: Buffer.from(`id:7 stat:UNDELIV err:0${error}`) };

    expect(told(fields, [], 'ovh')).toMatchObject({ state: 'UNDELIVERED' });
    expect((told(fields, [], 'ovh') as { trouble?: string }).trouble).toBe(trouble);
    expect(told(fields)).not.toHaveProperty('trouble');
  });

  it.each([
    ['hex-then-decimal', 'f7c206a', '259793002', undefined],
    ['hex-then-decimal', '0F7C206A', '0259793002', undefined],
    ['hex-then-decimal', 'f7c206a', '259793002', 'f7c206a'],
    ['hex-then-decimal', 'f7c206a', undefined, 'f7c206a'],
    ['hex-then-decimal', '12345678', '305419896', '12345678'],
    ['decimal-then-hex', '259793002', 'F7C206A', undefined],
    ['decimal-then-hex', '18446744073709551616', '10000000000000000', undefined],
    ['hex-then-decimal', 'msg-7', 'msg-7', undefined],
  ] as const)('by %s joins the answer %s to %s', (messageIds, answer, inWords, inField) => {
    const fields = {
      esm_class: 4,
      short_message: Buffer.from(`${inWords === undefined ? '' : `id:${inWords} `}stat:DELIVRD err:000`),
      ...(inField !== undefined && { receipted_message_id: inField }),
    };
    const [event] = deliveryEventsOf(delivered(fields), { ...EARS, messageIds }, 'arrival');

    expect(event).toMatchObject({ kind: 'receipt', gatewayId: answeredId(answer, messageIds) });
  });

  it('written by a person is a reply', () => {
    const forged = 'id:7 sub:001 dlvrd:001 stat:DELIVRD err:000';

    expect(told({ short_message: Buffer.from(forged) })).toMatchObject({ kind: 'reply', text: forged });
  });

  it('repeated is the same unless its end differs', () => {
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
    ['aB12', 'aB12'],
    ['Ab12', 'Ab12'],
    ['00xy', '00xy'],
    ['fr_A', 'fr_A'],
  ])('%j is compared as %j', (written, compared) => {
    expect(idOf(written)).toBe(compared);
  });
});

describe('words of a person', () => {
  test.each([
    ['Latin-1', 'ARRÊT', Buffer.from('ARRÊT', 'latin1')],
    [
      'Windows-1252',
      'N’envoyez plus rien à 10 €',
      Buffer.from('4e92656e766f79657a20706c7573207269656e20e02031302080', 'hex'),
    ],
    ['UTF-8', 'désabonnement', Buffer.from('désabonnement')],
  ])('in the default alphabet read as %s: %s', (_alphabet, text, octets) => {
    expect(told({ short_message: octets })).toMatchObject({ kind: 'reply', text });
  });

  it.each([
    ['gsm-7', '¡§é'],
    ['latin-1', '@_\u0005'],
  ] as const)('without accents use the account’s alphabet: %s', (alphabet, text) => {
    const delivery = delivered({ short_message: Buffer.from('405f05', 'hex') });

    expect(deliveryEventsOf(delivery, { ...EARS, alphabet }, 'arrival')).toMatchObject([{ text }]);
  });

  it.each([
    ['UCS-2 that is no such thing', 8, Buffer.from('STOP')],
    ['UCS-2 the other way round', 8, Buffer.from('STOP', 'utf16le')],
    ['octets that are UCS-2', 4, Buffer.from('STOP', 'utf16le').swap16()],
    ['octets that are UCS-2 beyond Latin-1', 4, Buffer.from('ＳＴＯＰ svp', 'utf16le').swap16()],
    ['GSM of a class', 0x11, Buffer.from('STOP')],
    ['UCS-2 of a class', 0x18, Buffer.from('STOP', 'utf16le').swap16()],
    ['Latin-1 that is GSM', 3, Buffer.from('d\u0005sabonnement', 'latin1')],
  ])('asking for silence are recognized in %s', (_what, coding, octets) => {
    const [event] = allTold({ data_coding: coding, short_message: octets });

    expect(classifyReply((event as { text: string }).text).kind).toMatch(/^stop/);
  });

  it('are read even when later fields are truncated', () => {
    const whole = delivered({ short_message: Buffer.from('STOP') }, [Buffer.from('020c00ff01', 'hex')]);

    expect(deliveryEventsOf(whole, EARS, 'arrival')).toMatchObject([{ kind: 'reply', text: 'STOP' }]);
  });

  test.each([
    ['in the alphabet of GSM', 0, Buffer.from('53544f5020', 'hex'), 'STOP '],
    ['in UCS-2', 8, Buffer.from('ＳＴＯＰ', 'utf16le').swap16(), 'ＳＴＯＰ'],
    ['in UCS-2 whose mark says the other order', 8, Buffer.from('\uFEFFà demain', 'utf16le'), 'à demain'],
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

  it('in a part are read without their header', () => {
    const part = Buffer.concat([Buffer.from('050003070201', 'hex'), Buffer.from('STOP')]);

    expect(told({ esm_class: 0x40, short_message: part })).toMatchObject({ kind: 'reply', text: 'STOP' });
  });

  it('of OVHcloud repeated have the same id', () => {
    const event = told({ short_message: Buffer.from('STOP') }, [field(0x1402, '00042')], 'ovh');

    expect(event).toMatchObject({ kind: 'reply', identity: 'incoming 42' });
  });

  // A second STOP may be a new one.
  it('without an id each count', () => {
    const words = { short_message: Buffer.from('STOP') };

    expect(told(words)).toMatchObject({ identity: 'arrival' });
  });

  it('naming the answered message are still a reply', () => {
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
  ])('say STOP for both, as %s, by default', (written, overseas, mainland) => {
    expect(from(written, 0, 'STOP')).toEqual([overseas, mainland]);
    expect(from(written, 1, 'STOP')).toEqual([overseas]);
    expect(from(written, 2, 'STOP')).toEqual([mainland]);
  });

  // On the mainland these digits would be no mobile.
  it('of Saint-Pierre belong to nobody else', () => {
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

  it('name nobody in a receipt', () => {
    const text = { short_message: Buffer.from('id:7 stat:DELIVRD'), esm_class: 4, source_addr_ton: 0 };
    const [event] = allTold({ ...text, source_addr: '687123456' });

    expect(event).toMatchObject({ kind: 'receipt', gatewayId: '7' });
    expect(event).not.toHaveProperty('to');
  });
});
