import { describe, expect, it, test } from 'vitest';
import { brevo } from '../../../src/gateways/brevo/brevo-operator.ts';

const told = (fields: object) =>
  brevo.read({
    method: 'POST',
    target: '?m=msg_1',
    contentType: 'application/json',
    contentEncoding: '',
    body: Buffer.from(
      JSON.stringify({ to: '33639980001', msg_status: 'delivered', messageId: 7, ...fields }),
    ),
  });

describe('a number of Brevo, which has its country and no sign,', () => {
  test.each([
    ['of the mainland', '33639980001', '+33639980001'],
    ['of Nouméa', '687751234', '+687751234'],
    ['of Nouméa that resembles the mainland’s', 687_123_456, '+687123456'],
    ['of Mata-Utu', '681821234', '+681821234'],
    ['of Saint-Pierre', '508551234', '+508551234'],
    ['with its sign all the same', '+687751234', '+687751234'],
    ['as it is dialled', '0639980001', '+33639980001'],
  ])('%s opts out its own contact', (_where, to, from) => {
    expect(told({ to, msg_status: 'unsubscription' })).toMatchObject({
      unread: 0,
      events: [{ kind: 'stop', from }],
    });
  });

  it('concerns no person when it is no number', () => {
    expect(told({ to: 'Anne' })).toMatchObject({ events: [{ kind: 'receipt', gatewayId: '7' }] });
  });
});

describe('a word of Brevo that nobody knows', () => {
  it.each(['deferred', 'constructor', 'toString'])('does not end a message: %s', (msg_status) => {
    expect(told({ msg_status })).toMatchObject({ events: [{ kind: 'receipt', state: 'UNKNOWN_FINAL' }] });
  });
});
