import { describe, expect, it } from 'vitest';
import { served } from './served.ts';

const { admin, ask, anotherTenant } = await served();
const stranger = (await anotherTenant()).key;
const unknown = '018f0000-0000-7000-8000-000000000000';

const contact = await ask('POST', '/v1/contacts', { key: admin, body: { phone: '0639980001' } });
const wording = await ask('POST', '/v1/wordings', {
  key: admin,
  body: { purpose: 'marketing', text: 'J’accepte de recevoir les offres de Ma société par SMS.' },
});
const campaign = await ask('POST', '/v1/campaigns', {
  key: admin,
  body: {
    name: 'x',
    purpose: 'marketing',
    text: 'Ma société : -10 % samedi. {stop}',
    audience: { all: true },
  },
});
await ask('PUT', '/v1/practices/cabinet', { key: admin, body: { name: 'Cabinet' } });
const keys = (await ask('GET', '/v1/keys', { key: admin })).body.items;

describe('I6: another tenant’s things', () => {
  it('are there to begin with', () => {
    expect([contact.status, wording.status, campaign.status]).toEqual([201, 201, 201]);
  });

  const paths: readonly [string, string][] = [
    ['GET', `/v1/contacts/${contact.body.id}`],
    ['PATCH', `/v1/contacts/${contact.body.id}`],
    ['GET', `/v1/wordings/${wording.body.id}`],
    ['GET', `/v1/campaigns/${campaign.body.id}`],
    ['GET', `/v1/campaigns/${campaign.body.id}/messages`],
    ['POST', `/v1/campaigns/${campaign.body.id}/launch`],
    ['POST', `/v1/campaigns/${campaign.body.id}/cancel`],
    ['DELETE', `/v1/keys/${keys[0].id}`],
    ['GET', '/v1/practices/cabinet'],
  ];
  it.each(paths)('%s %s answers like an unknown id', async (method, path) => {
    const given = method === 'PATCH' ? { body: {} } : {};
    const nobody = path.replace(/[0-9a-f-]{36}|cabinet/, (id) => (id === 'cabinet' ? 'nobody' : unknown));
    const malformed = path.replace(/[0-9a-f-]{36}/, 'nothing');
    const answers = await Promise.all(
      [path, nobody, malformed].map((one) => ask(method, one, { key: stranger, ...given })),
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(answers[0]?.text).toBe(answers[1]?.text);
  });

  const bodies: readonly [string, string, object, string][] = [
    [
      'a contact',
      '/v1/law/decisions',
      { purpose: 'marketing', contactId: contact.body.id },
      'CONTACT_NOT_FOUND',
    ],
    [
      'a wording',
      '/v1/consents',
      {
        phone: '0639980002',
        purpose: 'marketing',
        method: 'paper',
        wordingId: wording.body.id,
        grantedAt: '2026-01-05T10:00:00+01:00',
        evidence: { documentRef: 'b1' },
      },
      'WORDING_NOT_FOUND',
    ],
    [
      'a contact to agree',
      '/v1/consents',
      { contactId: contact.body.id, purpose: 'marketing', grantedAt: '2026-01-05T10:00:00+01:00' },
      'CONTACT_NOT_FOUND',
    ],
    [
      'a contact to leave',
      '/v1/consents/withdrawals',
      { contactId: contact.body.id, purpose: 'all', channel: 'phone' },
      'CONTACT_NOT_FOUND',
    ],
    [
      'an audience',
      '/v1/campaigns',
      {
        name: 'x',
        purpose: 'marketing',
        text: 'Autre : -10 %. {stop}',
        audience: { contactIds: [contact.body.id] },
      },
      'CONTACT_NOT_FOUND',
    ],
    [
      'a campaign',
      '/v1/campaigns',
      {
        name: 'x',
        purpose: 'marketing',
        text: 'Autre : -10 %. {stop}',
        audience: { notServedBy: campaign.body.id },
      },
      'CAMPAIGN_NOT_FOUND',
    ],
  ];
  it.each(bodies)('%s in a body is not found', async (...[, path, body, code]) => {
    const text = JSON.stringify(body);
    const nobody = text.replaceAll(
      new RegExp([contact, wording, campaign].map((one) => one.body.id).join('|'), 'g'),
      unknown,
    );
    const [foreign, absent] = await Promise.all(
      [text, nobody].map((raw) => ask('POST', path, { key: stranger, raw })),
    );
    expect([foreign?.status, foreign?.body.code]).toEqual([422, code]);
    expect(foreign?.text).toBe(absent?.text);
  });

  it('never stand in a list', async () => {
    for (const path of ['/v1/contacts', '/v1/wordings', '/v1/campaigns', '/v1/practices', '/v1/suppressions'])
      expect((await ask('GET', path, { key: stranger })).body.items).toEqual([]);
    expect((await ask('GET', '/v1/keys', { key: stranger })).body.items).toHaveLength(1);
  });

  it('do not move when a stranger halts everything', async () => {
    await ask('PUT', '/v1/halt', { key: stranger, body: { halted: true, reason: 'drill' } });
    await ask('PUT', '/v1/gateways/sandbox/halt', { key: stranger, body: { halted: true, reason: 'drill' } });
    expect((await ask('GET', '/v1/tenant', { key: admin })).body.halted).toBe(false);
    expect((await ask('GET', '/v1/gateways', { key: admin })).body[0].halted).toBe(false);
    expect((await ask('GET', '/v1/gateways', { key: stranger })).body[0].halted).toBe(true);
  });
});
