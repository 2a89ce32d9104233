import { describe, expect, test } from 'vitest';
import { brevoOperator } from '../../../src/gateways/brevo/brevo-operator.ts';
import { BREVO_CREDENTIALS } from '../fakes/brevo.ts';
import { aCall } from '../sandbox/support.ts';

const operator = brevoOperator(BREVO_CREDENTIALS, 'https://sms.example.test/v1/inbound/brevo/secret');

const refusedWith = (message: string) =>
  operator.resultOf(aCall(), {
    kind: 'answered',
    status: 400,
    headers: {},
    body: JSON.stringify({ code: 'invalid_parameter', message }),
    firstByteAt: 1,
    answeredAt: 2,
  });

describe('a refusal of Brevo', () => {
  test.each([
    ['Invalid telephone number', 'PERMANENT_RECIPIENT'],
    ['recipient is not valid', 'PERMANENT_RECIPIENT'],
    ['sender is not valid: letters or a phone number', 'PERMANENT_CONTENT'],
    ['content is missing', 'PERMANENT_CONTENT'],
    ['number of requests of your plan', 'UNLISTED'],
    ['verify your phone first', 'UNLISTED'],
  ])('"%s" is %s', (message, errorClass) => {
    expect(refusedWith(message)).toMatchObject({ kind: 'REFUSED', errorClass });
  });
});
