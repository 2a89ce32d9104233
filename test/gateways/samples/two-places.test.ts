import { describe, expect, it, test } from 'vitest';
import { CALLERS, readerOf, type Caller } from './sample.ts';

const read = (caller: Caller, body: object, target = caller === 'smsmode' ? '?mo=1' : '') =>
  readerOf(caller).read({
    method: 'POST',
    target,
    contentType: 'application/json',
    contentEncoding: '',
    body: Buffer.from(JSON.stringify(body)),
  });

/** Operators that document that they write the country without its plus. */
const DOCUMENTED: ReadonlySet<Caller> = new Set(['brevo', 'smsmode']);

const from = (written: string) => ({ number: written, numero: written, from: written, From: written });
const sendersOf = (caller: Caller, written: string, text = 'STOP') =>
  read(caller, { ...from(written), text, message: text, body: text }).events.map((event) =>
    event.kind === 'receipt' ? event.to : event.from,
  );

describe.each(CALLERS)('a number in a reply of %s', (caller) => {
  test.each([
    ['of the mainland', '33639980001', '+33639980001'],
    ['of the mainland with its sign', '+33639980001', '+33639980001'],
    ['of the mainland as it is dialled', '0639980001', '+33639980001'],
    ['of the mainland with the national zero', '330639980001', '+33639980001'],
    ['of La Réunion with the national zero', '2620692123456', '+262692123456'],
    ['of Guadeloupe with the national zero', '+5900690123456', '+590690123456'],
    ['of Martinique with the national zero', '005960696123456', '+596696123456'],
    ['of Saint-Pierre', '508551234', '+508551234'],
    ['of Papeete', '68987123456', '+68987123456'],
    ['of Nouméa with its sign', '+687751234', '+687751234'],
    ['of Nouméa with two zeros', '00687751234', '+687751234'],
  ])('%s opts out its own contact', (_where, written, number) => {
    expect(sendersOf(caller, written)).toEqual([number]);
  });

  test.each([
    ['of Nouméa', '687751234', '+687751234', '+33687751234'],
    ['of Nouméa in groups', '687 75 12 34', '+687751234', '+33687751234'],
    ['of Mata-Utu', '681821234', '+681821234', '+33681821234'],
  ])('%s without its sign opts out its holder', (_where, written, number, other) => {
    expect(sendersOf(caller, written)).toEqual(DOCUMENTED.has(caller) ? [number] : [number, other]);
  });

  it('of two places is one for other words', () => {
    expect(sendersOf(caller, '687751234', 'Merci')).toEqual(['+687751234']);
  });

  it('of two places gives two identities', () => {
    const { events } = read(caller, { ...from('687751234'), text: 'STOP', message: 'STOP', body: 'STOP' });
    expect(new Set(events.map(({ identity }) => identity)).size).toBe(events.length);
  });
});

describe('a receipt of a number of two places', () => {
  test.each<[Caller, object, string | undefined]>([
    ['octopush', { message_id: 'sms_1', number: '687751234', status: 'DELIVERED' }, undefined],
    ['octopush', { message_id: 'sms_1', number: '+687751234', status: 'DELIVERED' }, '+687751234'],
    ['octopush', { message_id: 'sms_1', number: '2620692123456', status: 'DELIVERED' }, '+262692123456'],
    ['brevo', { messageId: 7, to: '687751234', msg_status: 'delivered' }, '+687751234'],
    ['smsmode', { messageId: '7', recipient: { to: '687751234' }, status: { value: 'DELIVERED' } }, '+687751234'],
    ['smsmode', { smsID: '7', numero: '681821234', status: 'DELIVERED' }, '+681821234'],
  ])('of %s names its own person: %j', (caller, body, to) => {
    const { events } = read(caller, body, '?m=msg_1');
    expect(events.map((event) => [event.kind, event.kind === 'receipt' ? event.to : event.from])).toEqual([
      ['receipt', to],
    ]);
  });

  it('with an opt-out opts out both holders', () => {
    const body = { message_id: 'sms_1', number: '687751234', status: 'BLACKLISTED_NUMBER', text: 'STOP' };
    const { events } = read('octopush', body);
    expect(events.flatMap((event) => (event.kind === 'receipt' ? [] : [event.from]))).toEqual([
      '+687751234',
      '+33687751234',
    ]);
  });
});
