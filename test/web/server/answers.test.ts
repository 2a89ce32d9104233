import { describe, expect, it } from 'vitest';
import { served } from './served.ts';

const inboundSecret = 'a-secret-of-22-or-more-characters';
const deaf = {
  name: 'octo',
  kind: 'octopush',
  baseUrl: 'http://127.0.0.1:9/v1/public',
  credentials: { login: 'cabinet@example.test', key: 'k' },
  inboundSecret,
  processor: { name: 'Octopush', country: 'FR' },
};
const twilio = (name: string, credentials: object) => ({
  name,
  kind: 'twilio',
  baseUrl: 'http://127.0.0.1:9',
  credentials: { accountSid: 'AC00', authToken: 't', ...credentials },
  inboundSecret,
  stopCode: '36180',
  processor: { name: 'Twilio', country: 'FR' },
});
const sandbox = { name: 'sandbox', kind: 'sandbox', default: true, stopCode: '36180' };

const { ask, anotherTenant } = await served({
  gateways: [
    sandbox,
    deaf,
    twilio('number', { from: '+33937000000' }),
    twilio('service', { messagingServiceSid: 'MG00' }),
    twilio('letters', { from: 'CABINET' }),
  ],
});

const TEXT = 'Cabinet : rendez-vous {weekday} {date} à {time}. {answers} {stop}';
const ASKING = { texts: { appointment: TEXT }, reason: 'people answer' };

async function aTenant(): Promise<string> {
  const { key } = await anotherTenant();
  const contact = { phone: '0140000000' };
  const body = { legalName: 'Cabinet SARL', brand: 'Cabinet', contact, sender: 'CABINET' };
  await ask('PATCH', '/v1/tenant', { key, body });
  return key;
}

const booking = (more: object) => ({
  contact: { phone: '06 39 98 71 01' },
  startsAt: '2031-04-16T10:30',
  practice: 'Cabinet',
  ...more,
});

describe('a text that asks for an answer', () => {
  it.each([
    ['sandbox', true],
    ['number', true],
    ['service', true],
    ['octo', false],
    ['letters', false],
  ] as const)('is taken for the account %s: %s', async (gateway, isTaken) => {
    const key = await aTenant();
    const put = await ask('PUT', '/v1/appointments/A-1', { key, body: booking({ gateway, text: TEXT }) });
    expect(put.body.code).toBe(isTaken ? undefined : 'ANSWERS_IMPOSSIBLE');
    const checked = await ask('POST', '/v1/texts/check', {
      key,
      body: { text: TEXT, purpose: 'appointment', gateway },
    });
    const codes = checked.body.findings.map(({ code }: { code: string }) => code);
    expect(codes.includes('ANSWERS_IMPOSSIBLE')).toBe(!isTaken);
    await ask('PUT', '/v1/routes', { key, body: { appointment: gateway } });
    const patched = await ask('PATCH', '/v1/tenant', { key, body: ASKING });
    expect(patched.body.code).toBe(isTaken ? undefined : 'ANSWERS_IMPOSSIBLE');
  });

  it('keeps its company off accounts without replies', async () => {
    const key = await aTenant();
    expect((await ask('PATCH', '/v1/tenant', { key, body: ASKING })).status).toBe(200);
    const put = (body: object) => ask('PUT', '/v1/routes', { key, body });
    for (const routes of [
      { appointment: 'octo' },
      { default: 'letters' },
      { appointment: ['sandbox', 'octo'] },
      { byTerritory: { RE: { appointment: 'octo' } } },
    ])
      expect((await put(routes)).body).toMatchObject({ code: 'ANSWERS_IMPOSSIBLE', status: 422 });
    for (const routes of [{ marketing: 'octo' }, { appointment: 'number', default: 'octo' }])
      expect((await put(routes)).status).toBe(200);
    const named = await ask('PUT', '/v1/appointments/A-2', { key, body: booking({ gateway: 'octo' }) });
    expect(named.body.code).toBe('ANSWERS_IMPOSSIBLE');
    const own = booking({ gateway: 'octo', text: TEXT.replace('{answers} ', '') });
    expect((await ask('PUT', '/v1/appointments/A-2', { key, body: own })).status).toBe(201);
  });

  it('is refused in a notice', async () => {
    const key = await aTenant();
    const audience = { series: { kind: 'appointment', eventFrom: '2031-04-16', eventTo: '2031-04-16' } };
    const body = {
      name: 'x',
      purpose: 'appointment',
      text: TEXT,
      audience,
      expireAt: '2031-04-15T20:00:00+02:00',
    };
    expect((await ask('POST', '/v1/campaigns', { key, body })).body.code).toBe('TEXT_CANNOT_RENDER');
  });

  it('lets company and booking choose NON’s effect', async () => {
    const key = await aTenant();
    expect((await ask('GET', '/v1/tenant', { key })).body.onDecline).toBe('nothing');
    const changed = await ask('PATCH', '/v1/tenant', { key, body: { onDecline: 'cancel' } });
    expect(changed.body.onDecline).toBe('cancel');
    const put = (onDecline: string) =>
      ask('PUT', '/v1/appointments/A-3', { key, body: booking({ onDecline }) });
    expect((await put('nothing')).status).toBe(201);
    expect((await put('perhaps')).status).toBe(400);
  });
});
