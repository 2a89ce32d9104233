import fc from 'fast-check';
import ovhLibrary from 'ovh';
import twilioLibrary from 'twilio';
import { describe, expect, it, test } from 'vitest';
import { asciiJson, ovhSignature } from '../../src/gateways/ovh/ovh-operator.ts';
import {
  isGenuineTwilioCall,
  isBodySigned,
  isSigned,
  twilioSignature,
} from '../../src/gateways/twilio/twilio-operator.ts';

const OVH_KEYS = {
  applicationKey: 'AK_test',
  applicationSecret: 'AS_test_secret',
  consumerKey: 'CK_test_consumer',
};
const JOBS = 'https://eu.api.ovh.com/1.0/sms/sms-ab12345-1/jobs';

describe('a request to OVHcloud', () => {
  const job = (message: string) => ({
    message,
    receivers: ['+33639980001'],
    noStopClause: false,
    sender: 'CABINET',
    tag: 'm-0001',
  });
  const library = ovhLibrary({
    endpoint: 'ovh-eu',
    appKey: OVH_KEYS.applicationKey,
    appSecret: OVH_KEYS.applicationSecret,
    consumerKey: OVH_KEYS.consumerKey,
  });

  test.each([
    ['RDV demain 10h. STOP au 36180', '$1$4d38bf236a571067240c1ccd732e1a6b0049400e'],
    ['Votre reçu est prêt', '$1$234ede7bac39a0064a01bffe74a16c4a3919afc7'],
  ])('"%s" is signed %s', (message, signature) => {
    const signed = {
      method: 'POST',
      url: JOBS,
      body: asciiJson(job(message)),
      seconds: 1_767_225_600,
    } as const;

    expect(ovhSignature(OVH_KEYS, signed)).toBe(signature);
  });

  it('is signed as its own library does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (message, seconds) => {
        const body = asciiJson(job(message));

        expect(Buffer.byteLength(body)).toBe(body.length);
        expect(JSON.parse(body)).toEqual(job(message));
        expect(ovhSignature(OVH_KEYS, { method: 'POST', url: JOBS, body, seconds })).toBe(
          library.signRequest('POST', JOBS, body, seconds),
        );
      }),
    );
  });
});

describe('a webhook of Twilio', () => {
  const token = 'test_auth_token_0123456789abcdef';
  const url = 'https://sms.example.test/hooks/twilio/status?tenant=t1';
  const fields = {
    AccountSid: `AC${'0'.repeat(32)}`,
    From: '+33757000000',
    MessageSid: `SM${'0'.repeat(31)}1`,
    MessageStatus: 'delivered',
    To: '+33639980001',
  };

  it('is signed over its address and fields', () => {
    expect(twilioSignature(token, { url, fields: Object.entries(fields) })).toBe(
      'j1cwUfPOPJNoT+0e2UXUl2U6SdU=',
    );
  });

  it('is signed as its own library expects', () => {
    const anything = fc.dictionary(fc.stringMatching(/^[A-Za-z]\w{0,9}$/), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(anything, (written) => {
        const signature = twilioSignature(token, { url, fields: Object.entries(written) });

        expect(signature).toBe(twilioLibrary.getExpectedTwilioSignature(token, url, written));
        expect(
          isSigned(token, signature, {
            urls: ['https://elsewhere.example.test/', url],
            fields: Object.entries(written),
          }),
        ).toBe(true);
      }),
    );
  });

  it.each([
    ['another field', { ...fields, MessageStatus: 'failed' }, url],
    ['one field less', { To: fields.To }, url],
    ['another address', fields, `${url}&more=1`],
  ])('is refused with %s', (_what, written, address) => {
    const signature = twilioSignature(token, { url, fields: Object.entries(fields) });

    expect(isSigned(token, signature, { urls: [address], fields: Object.entries(written) })).toBe(false);
  });

  it('in JSON is signed by its body’s digest', () => {
    const body = '{"MessageStatus":"delivered"}';
    const digest = twilioLibrary.getExpectedBodyHash(body);

    expect(isBodySigned(Buffer.from(body), digest)).toBe(true);
    expect(isBodySigned(Buffer.from(`${body} `), digest)).toBe(false);
    expect(isBodySigned(Buffer.from(body), '')).toBe(false);
  });

  it('with a repeated field matches its own library', () => {
    const twice = [
      ['Body', 'STOP'],
      ['Body', 'STOP'],
      ['Body', 'Bonjour'],
      ['From', '+33639980001'],
    ] as const;
    const theirs = twilioLibrary.getExpectedTwilioSignature(token, url, {
      Body: ['STOP', 'STOP', 'Bonjour'],
      From: '+33639980001',
    });
    expect(twilioSignature(token, { url, fields: twice })).toBe(theirs);
  });

  it('at an address ending in "?" is signed', () => {
    const inboundUrl = 'https://sms.example.test/v1/inbound/twilio/a-secret';
    const genuine = (signed: string, heard: string): boolean =>
      isGenuineTwilioCall(
        {
          method: 'POST',
          url: heard,
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            'x-twilio-signature': twilioLibrary.getExpectedTwilioSignature(token, signed, { Body: 'STOP' }),
          },
          body: Buffer.from('Body=STOP'),
        },
        { authToken: token, inboundUrl },
      );
    expect(genuine(`${inboundUrl}?`, `${inboundUrl}?`)).toBe(true);
    expect(genuine(inboundUrl, inboundUrl)).toBe(true);
    expect(genuine(inboundUrl, `${inboundUrl}?`)).toBe(false);
  });

  it('in JSON without a digest is not genuine', () => {
    const inboundUrl = 'https://sms.example.test/v1/inbound/twilio/a-secret';
    const isGenuine = (address: string, told: Buffer): boolean =>
      isGenuineTwilioCall(
        {
          method: 'POST',
          url: address,
          headers: {
            'content-type': 'application/json',
            'x-twilio-signature': twilioSignature('token', { url: address, fields: [] }),
          },
          body: told,
        },
        { authToken: 'token', inboundUrl },
      );
    const body = Buffer.from('{"From":"+33639980001","Body":"STOP"}');
    const digest = twilioLibrary.getExpectedBodyHash(body.toString());
    expect(isGenuine(inboundUrl, body)).toBe(false);
    expect(isGenuine(`${inboundUrl}?bodySHA256=${digest}`, body)).toBe(true);
    // The address was signed for another body.
    const altered = Buffer.from(body.toString().replace('80001', '80002'));
    expect(isGenuine(`${inboundUrl}?bodySHA256=${digest}`, altered)).toBe(false);
  });
});
