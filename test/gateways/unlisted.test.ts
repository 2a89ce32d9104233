import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { brevoOperator } from '../../src/gateways/brevo/brevo-operator.ts';
import { operatorCode, operatorWords } from '../../src/gateways/http/http-gateway.ts';
import { octopushOperator } from '../../src/gateways/octopush/octopush-operator.ts';
import { ovhOperator, OVH_URL } from '../../src/gateways/ovh/ovh-operator.ts';
import { smsmodeOperator } from '../../src/gateways/smsmode/smsmode-operator.ts';
import { twilioOperator } from '../../src/gateways/twilio/twilio-operator.ts';
import { aCall } from './sandbox/support.ts';

const INBOUND = 'https://sms.example.test/v1/inbound/x/secret';
const OPERATORS = {
  octopush: octopushOperator({ login: 'l', key: 'k' }),
  ovh: ovhOperator(
    { applicationKey: 'a', applicationSecret: 's', consumerKey: 'c', serviceName: 'sms-1' },
    OVH_URL,
  ),
  twilio: twilioOperator({ accountSid: 'AC1', authToken: 't', from: '36180' }, INBOUND),
  brevo: brevoOperator({ apiKey: 'k' }, INBOUND),
  smsmode: smsmodeOperator({ apiKey: 'k' }, INBOUND),
} as const;

const answer = (operator: keyof typeof OPERATORS, status: number, body: unknown) =>
  OPERATORS[operator].resultOf(aCall(), {
    kind: 'answered',
    status,
    headers: {},
    body: typeof body === 'string' ? body : JSON.stringify(body),
    firstByteAt: 1,
    answeredAt: 2,
  });

describe('a refusal that no page explains', () => {
  test.each([
    ['octopush', 400, { code: 199, message: 'This destination is not open on your account.' }, '199'],
    ['octopush', 403, { code: 199, message: 'Not open for this destination.' }, '199'],
    ['octopush', 404, { code: 998 }, '998'],
    ['twilio', 400, { code: 21408, message: 'Permission to send an SMS has not been enabled' }, '21408'],
    ['twilio', 403, { code: 21612, message: 'To and From cannot be combined' }, '21612'],
    ['brevo', 400, { code: 'invalid_parameter', message: 'Country is not allowed' }, 'invalid_parameter'],
    ['smsmode', 400, { errorCode: 42, title: 'Bad request', detail: 'Not allowed there' }, '42'],
    ['smsmode', 422, { title: 'Unprocessable' }, 'HTTP_422'],
    ['ovh', 400, { message: 'This destination is closed' }, 'HTTP_400'],
    ['ovh', 409, { errorCode: 'CONFLICT', message: 'Not now' }, 'CONFLICT'],
    ['brevo', 404, '<html>nothing here</html>', 'HTTP_404'],
    ['octopush', 418, '', 'HTTP_418'],
  ] as const)('of %s with %i concerns one person: %j', (operator, status, body, code) => {
    expect(answer(operator, status, body)).toMatchObject({ kind: 'REFUSED', errorClass: 'UNLISTED', code });
  });

  test.each([
    ['octopush', 401, { code: 101, message: 'Wrong credentials' }],
    ['octopush', 400, { code: 101, message: 'Wrong credentials' }],
    ['octopush', 403, '<html>forbidden</html>'],
    ['twilio', 401, { code: 20003, message: 'Authenticate' }],
    ['brevo', 403, { code: 'permission_denied', message: 'Not activated' }],
    ['smsmode', 401, { message: 'Unauthorized' }],
    ['ovh', 400, { errorCode: 'INVALID_SIGNATURE', message: 'Invalid signature' }],
    ['ovh', 403, { errorCode: 'NOT_GRANTED_CALL', message: 'This call has not been granted' }],
    ['ovh', 404, { message: 'The requested object (serviceName) does not exist' }],
  ] as const)('of %s with %i may concern the account', (operator, status, body) => {
    expect(answer(operator, status, body)).toMatchObject({ kind: 'REFUSED', errorClass: 'CONFIG' });
  });

  test.each(['octopush', 'ovh', 'twilio', 'brevo', 'smsmode'] as const)(
    'of %s with a server error proves nothing',
    (operator) => {
      for (const status of [408, 500, 503])
        expect(answer(operator, status, { code: 199, message: 'x' })).toMatchObject({ kind: 'UNKNOWN' });
    },
  );

  it('keeps the operator’s words without personal data', () => {
    const message =
      'The number +33 6 39 98 00 01 ("Anne Durand", anne@example.test) is not open: https://x.test/1';
    const said = answer('octopush', 400, { code: 199, message });

    expect(said).toMatchObject({ words: 'The number … (…, … is not open: …' });
    expect(answer('octopush', 400, { code: 199, message: { to: '+33639980001' } })).not.toHaveProperty(
      'words',
    );
  });
});

describe('words of an operator', () => {
  const digits = fc.constantFrom(
    '0',
    '1',
    '6',
    '9',
    ' ',
    '.',
    '-',
    '(',
    ')',
    '/',
    '+',
    'a',
    'é',
    '\n',
    '\0',
    '"',
  );

  it('hold 160 characters, no number or our text', () => {
    fc.assert(
      fc.property(fc.array(digits, { maxLength: 400 }), fc.string({ maxLength: 40 }), (units, text) => {
        const words = operatorWords(`${units.join('')} ${text} ${units.join('')}`, text) ?? '';

        expect(words).not.toMatch(/\d{4}/);
        expect(words.length).toBeLessThanOrEqual(160);
        expect(words).not.toMatch(/\p{C}/u);
        expect(text.trim().length > 8 && words.includes(text.trim())).toBe(false);
      }),
    );
  });

  test.each([
    [undefined, undefined],
    ['', undefined],
    ['  Not   allowed\nhere ', 'Not allowed here'],
    ['Error 42', 'Error 42'],
    ['Le numéro 06.39.98.00.01 n’est pas ouvert', 'Le numéro … n’est pas ouvert'],
    ['texte « RDV Dr Martin » refusé', 'texte … refusé'],
  ])('%j become %j', (written, words) => {
    expect(operatorWords(written, 'Bonjour')).toBe(words);
  });

  it('that are a code are short and plain', () => {
    expect(operatorCode('a b/é'.repeat(40))).toMatch(/^[A-Za-z0-9_.:-]{1,64}$/);
  });
});
