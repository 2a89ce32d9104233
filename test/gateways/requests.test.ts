import { describe, expect, it, test } from 'vitest';
import { brevoOperator } from '../../src/gateways/brevo/brevo-operator.ts';
import { octopushOperator } from '../../src/gateways/octopush/octopush-operator.ts';
import { ovhOperator } from '../../src/gateways/ovh/ovh-operator.ts';
import { smsmodeOperator } from '../../src/gateways/smsmode/smsmode-operator.ts';
import { validityOf, withoutMention } from '../../src/gateways/entry.ts';
import { OPERATORS } from '../../src/gateways/operators.ts';
import { twilioOperator } from '../../src/gateways/twilio/twilio-operator.ts';
import type { Call } from '../../src/sending/gateway/gateway.ts';
import { BREVO_CREDENTIALS } from './fakes/brevo.ts';
import { OCTOPUSH_CREDENTIALS } from './fakes/octopush.ts';
import { OVH_CREDENTIALS } from './fakes/ovh.ts';
import { SMSMODE_CREDENTIALS } from './fakes/smsmode.ts';
import { TWILIO_CREDENTIALS } from './fakes/twilio.ts';
import { aCall } from './sandbox/support.ts';

const HOUR = 3_600_000;
const INBOUND = 'https://sms.example.test/v1/inbound/real/secret';
const operators = {
  octopush: octopushOperator(OCTOPUSH_CREDENTIALS),
  ovh: ovhOperator(OVH_CREDENTIALS, 'https://eu.api.ovh.com/1.0'),
  twilio: twilioOperator(TWILIO_CREDENTIALS, INBOUND),
  brevo: brevoOperator(BREVO_CREDENTIALS, INBOUND),
  smsmode: smsmodeOperator(SMSMODE_CREDENTIALS, INBOUND),
};

const bodyOf = (kind: keyof typeof operators, call: Call): Record<string, unknown> => {
  const body = String(operators[kind].requestFor(call, 1_767_225_600_000).body);
  return kind === 'twilio' ? Object.fromEntries(new URLSearchParams(body)) : JSON.parse(body);
};

const advertising = aCall({ text: 'Offre du jour. STOP au 36180', purpose: 'marketing', validForMs: HOUR });
const reminder = aCall({
  text: 'Rappel : reçu',
  encoding: 'UCS-2',
  purpose: 'appointment',
  validForMs: HOUR,
});

describe('advertising', () => {
  test.each([
    ['octopush', { purpose: 'wholesale', text: 'Offre du jour. STOP au 36180' }],
    ['ovh', { noStopClause: false, priority: 'medium', message: 'Offre du jour', coding: '7bit' }],
    ['twilio', { MessageIntent: 'marketing', Body: 'Offre du jour. STOP au 36180' }],
    ['brevo', { type: 'marketing', content: 'Offre du jour. STOP au [STOP_CODE]', unicodeEnabled: false }],
  ] as const)('is marked as such at %s, STOP once', (kind, fields) => {
    expect(bodyOf(kind, advertising)).toMatchObject(fields);
  });
});

describe('a reminder', () => {
  test.each([
    ['octopush', { purpose: 'alert', text: 'Rappel : reçu', request_id: reminder.key, type: 'sms_premium' }],
    ['ovh', { noStopClause: true, priority: 'high', coding: '8bit', tag: reminder.key, validityPeriod: 60 }],
    ['twilio', { MessageIntent: 'notifications', SmartEncoded: 'false', ValidityPeriod: '3600' }],
    ['brevo', { type: 'transactional', content: 'Rappel : reçu', unicodeEnabled: true, tag: reminder.key }],
    ['smsmode', { body: { text: 'Rappel : reçu' }, refClient: reminder.key }],
  ] as const)('is not marked as advertising at %s', (kind, fields) => {
    expect(bodyOf(kind, reminder)).toMatchObject(fields);
  });
});

describe('a code', () => {
  it('is one for Twilio', () => {
    expect(bodyOf('twilio', aCall({ purpose: 'confirmation' }))).toMatchObject({ MessageIntent: 'otp' });
  });
});

describe('a receipt of Twilio', () => {
  it('carries our message id in its address', () => {
    expect(bodyOf('twilio', reminder)['StatusCallback']).toBe(
      `${INBOUND}?m=${reminder.recipients[0]?.reference}`,
    );
  });
});

describe('the validity of a message', () => {
  test.each([
    ['is a minute at least', 'ovh', 1_000, 60_000],
    ['is two days at most', 'ovh', 90 * HOUR, 48 * HOUR],
    ['is ten hours at most at Twilio', 'twilio', 48 * HOUR, 10 * HOUR],
    ['is a second at least over SMPP', 'smpp', 1_000, 1_000],
    ['is not given where nothing closes', 'twilio', undefined, undefined],
    ['is not given where none is taken', 'octopush', HOUR, undefined],
  ] as const)('%s', (...[, kind, validForMs, given]) => {
    const call = aCall(validForMs === undefined ? {} : { validForMs });

    expect(validityOf(call, OPERATORS[kind].capabilities)).toBe(given);
  });
});

describe('a mention that the operator writes itself', () => {
  it.each([
    ['Offre du jour. STOP au 36180', 'Offre du jour'],
    ['Offre du jour STOP 36180', 'Offre du jour'],
    ['Offre - STOP SMS 36180.', 'Offre'],
    ['Offre du jour\nSTOP au 36105 ', 'Offre du jour'],
    ['STOP au 36180 est notre numéro', 'STOP au 36180 est notre numéro'],
    ['Arrêt non-stop 36180', 'Arrêt non-stop 36180'],
  ])('"%s" becomes "%s"', (text, without) => {
    expect(withoutMention(text)).toBe(without);
  });
});
