import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transcribed } from '../../../src/gateways/doctor/trial-calls.ts';
import type { OperatorCall } from '../../../src/sending/gateway/gateway.ts';
import { CALLERS, readerOf, samplesOf } from '../samples/sample.ts';

const PHONE = '+33612345678';
const SECRETS = ['canary-key-of-an-account', 'canary+secret/of=address&22'];
const SENDER = '+33937004242';
const VEIL = { phone: PHONE, secrets: SECRETS, numbers: [SENDER] };

const call = (body: string, target = ''): OperatorCall => ({
  method: 'POST',
  target,
  contentType: 'application/json',
  contentEncoding: '',
  body: Buffer.from(body),
});
const transcript = (given: OperatorCall, caller: (typeof CALLERS)[number] = 'octopush') =>
  transcribed(given, VEIL, { source: 'a trial', read: readerOf(caller).read });

describe('a transcript', () => {
  it.each([
    ['E.164', '+33612345678', '+33639980001'],
    ['digits', '33612345678', '33639980001'],
    ['an exit code', '0033612345678', '0033639980001'],
    ['a national number', '0612345678', '0639980001'],
    ['a number of pairs', '06 12 34 56 78', '0639980001'],
    ['dots', '06.12.34.56.78', '0639980001'],
  ])('writes another number instead of %s', (_form, written, instead) => {
    const shown = transcript(call(JSON.stringify({ message_id: 'sms_1', number: written, text: 'STOP' })));
    expect(shown?.call.body).toContain(`"${instead}"`);
  });

  it('writes one for anybody else, too', () => {
    const shown = transcript(
      call('{"number":"+33612345678","text":"Non","cc":"+33698765432","b":"0698765432"}'),
    );
    expect(shown?.call.body).toBe(
      '{"number":"+33639980001","text":"Non","cc":"+33639980002","b":"0639980002"}',
    );
  });

  it('keeps ids and dates as they came', () => {
    const body =
      '{"messageId":1511882900176220,"date":"20260112090007","number":"+33612345678","text":"STOP"}';
    expect(transcript(call(body))?.call.body).toBe(body.replace('+33612345678', '+33639980001'));
  });

  it('writes a mask instead of a secret', () => {
    const body = `{"number":"+33612345678","text":"STOP","key":"${SECRETS[0]}"}`;
    const mask = 'x'.repeat(SECRETS[0]?.length ?? 0);
    expect(transcript(call(body))?.call.body).toBe(`{"number":"+33639980001","text":"STOP","key":"${mask}"}`);
  });

  it('omits what would still show the number', () => {
    const hidden = Array.from('+33612345678')
      .map((sign) => `\\u00${sign.charCodeAt(0).toString(16)}`)
      .join('');
    expect(transcript(call(`{"number":"${hidden}","text":"STOP"}`))).toBeUndefined();
  });

  it('never holds a number or secret', () => {
    const written = fc.constantFrom(
      PHONE,
      PHONE.slice(1),
      '0612345678',
      '06 12 34 56 78',
      '0033612345678',
      '+336 12 34 56 78',
      SENDER,
      ...SECRETS,
      ...SECRETS.map((secret) => Buffer.from(secret).toString('base64')),
    );
    const canary = /612345678|937004242|canary|Y2FuYXJ5/;
    const field = fc.oneof(written, fc.string(), fc.integer().map(String));
    const form = fc.dictionary(fc.constantFrom('number', 'text', 'id', 'a'), field);
    const bodies = fc.oneof(
      form.map((fields) => call(JSON.stringify(fields))),
      form.map((fields) => call(new URLSearchParams(fields).toString())),
      form.map((fields) => call('', `?${new URLSearchParams(fields).toString()}`)),
      fc.array(field).map((fields) => call(fields.join(''))),
    );
    fc.assert(
      fc.property(bodies, fc.constantFrom(...CALLERS), (given, caller) => {
        const shown = JSON.stringify(transcript(given, caller) ?? '');
        expect(shown.replaceAll(/%20|[\s+.()-]/g, '')).not.toMatch(canary);
      }),
    );
  });
});

describe.each(CALLERS)('a transcript of %s', (caller) => {
  it.each(samplesOf(caller).map((sample) => [sample.name, sample] as const))(
    'replays %s',
    (_name, sample) => {
      const { read } = readerOf(caller);
      const mine = { phone: '+33639980001', secrets: ['nothing-of-this'] };
      const shown = transcribed(sample.call, mine, { source: 'a trial', read });
      expect(shown).toMatchObject({ events: sample.events, unread: sample.unread });
    },
  );
});
