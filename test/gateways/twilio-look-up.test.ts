import { describe, expect, test } from 'vitest';
import { twilioOperator } from '../../src/gateways/twilio/twilio-operator.ts';

const MARKED_AT = '2026-11-24T10:00:00.000Z';
const BEFORE = 'Tue, 24 Nov 2026 09:50:00 +0000';
const SINCE = 'Tue, 24 Nov 2026 10:00:01 +0000';
const TO = '+33639980001';
const TEXT = 'Maison Lumière : https://lumiere.example/lampes';

const operator = twilioOperator(
  { accountSid: 'AC1', authToken: 't', from: '36180' },
  'https://sms.example.test/v1/inbound/twilio/secret',
);

type Listed = Readonly<Record<'to' | 'body' | 'date_created', string>>;
const listed = (different: Partial<Listed> = {}): Listed => ({
  to: TO,
  body: TEXT,
  date_created: SINCE,
  ...different,
});

const found = (...messages: readonly Listed[]) =>
  operator.reconcile(
    { key: 'k', recipients: [{ to: TO, reference: 'msg_1' }], since: MARKED_AT, text: TEXT },
    () =>
      Promise.resolve({
        status: 200,
        answeredAt: 1,
        json: {
          messages: messages.map((one, place) => Object.assign({ sid: `SM${place}`, status: 'sent' }, one)),
        },
      }),
  );

describe('a look-up at Twilio', () => {
  test.each<[string, readonly Listed[], object]>([
    ['finds the text that was sent', [listed()], { kind: 'FOUND', perRecipient: [{ gatewayId: 'SM0' }] }],
    ['finds nothing in an empty list', [], { kind: 'NOT_FOUND' }],
    ['passes over what was there before', [listed({ date_created: BEFORE })], { kind: 'NOT_FOUND' }],
    ['passes over other numbers', [listed({ to: '+33639980002' })], { kind: 'NOT_FOUND' }],
    ['leaves two alike to a person', [listed(), listed()], { kind: 'UNDECIDABLE', reason: 'several' }],
    [
      'leaves a shortened link to a person',
      [listed({ body: 'Maison Lumière : https://twil.io/x' })],
      { kind: 'UNDECIDABLE', reason: 'several' },
    ],
    [
      'leaves a trimmed text to a person',
      [listed({ body: TEXT.slice(0, -1) })],
      { kind: 'UNDECIDABLE', reason: 'several' },
    ],
    [
      'leaves a date nobody reads to a person',
      [listed({ body: 'Autre', date_created: '' })],
      { kind: 'UNDECIDABLE', reason: 'several' },
    ],
    [
      'finds its own beside another text',
      [listed({ body: 'Autre' }), listed()],
      { kind: 'FOUND', perRecipient: [{ gatewayId: 'SM1' }] },
    ],
  ])('%s', async (...[, messages, outcome]) => {
    expect(await found(...messages)).toMatchObject(outcome);
  });
});
