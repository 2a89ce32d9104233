import { describe, expect, it } from 'vitest';
import { allRoutes } from '../../../src/web/server/routes.ts';
import { served } from './served.ts';

const { admin, instanceKey, ask, keyOf } = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const keys = {
  a: admin,
  m: await keyOf('marketer'),
  s: await keyOf('scheduler'),
  o: await keyOf('operator'),
  u: await keyOf('auditor'),
  i: instanceKey,
};
const id = '018f0000-0000-7000-8000-000000000000';

/** Who may: a admin, m marketer, s scheduler, o operator, u auditor, i the instance. */
const table: readonly [string, string, string][] = [
  ['POST', '/v1/tenants', 'i'],
  ['PUT', '/v1/tenants/x', 'i'],
  ['GET', '/v1/tenants', 'i'],
  ['GET', '/v1/tenant', 'amsou'],
  ['PATCH', '/v1/tenant', 'a'],
  ['POST', '/v1/tenant/preview', 'a'],
  ['POST', '/v1/keys', 'a'],
  ['GET', '/v1/keys', 'a'],
  ['DELETE', `/v1/keys/${id}`, 'a'],
  ['PUT', '/v1/gateways/nobody/transfer', 'a'],
  ['GET', '/v1/routes', 'amsou'],
  ['PUT', '/v1/routes', 'a'],
  ['GET', '/v1/senders', 'amsou'],
  ['PUT', '/v1/senders', 'a'],
  ['GET', '/v1/brands', 'amsou'],
  ['PUT', '/v1/brands/x', 'a'],
  ['GET', '/v1/practices', 'asou'],
  ['GET', '/v1/practices/x', 'asou'],
  ['PUT', '/v1/practices/x', 'as'],
  ['POST', '/v1/contacts', 'ams'],
  ['GET', '/v1/contacts', 'amsou'],
  ['POST', '/v1/contacts/search', 'amsou'],
  ['GET', `/v1/contacts/${id}`, 'amsou'],
  ['PATCH', `/v1/contacts/${id}`, 'ams'],
  ['PUT', `/v1/contacts/${id}/phone`, 'ams'],
  ['POST', `/v1/contacts/${id}/interactions`, 'ams'],
  ['GET', `/v1/contacts/${id}/evidence`, 'au'],
  ['GET', `/v1/contacts/${id}/opt-out-link`, 'amsou'],
  ['GET', '/v1/contacts/stale', 'amu'],
  ['GET', '/v1/contacts/export', 'au'],
  ['DELETE', `/v1/contacts/${id}`, 'a'],
  ['POST', `/v1/contacts/${id}/erasure`, 'a'],
  ['GET', `/v1/contacts/${id}/export`, 'au'],
  ['POST', `/v1/contacts/${id}/export`, 'a'],
  ['POST', '/v1/retention/rehearsals', 'au'],
  ['POST', '/v1/retention/cleanings', 'a'],
  ['GET', '/v1/retention/runs', 'au'],
  ['GET', `/v1/retention/runs/${id}`, 'au'],
  ['GET', '/v1/retention/contacts', 'amu'],
  ['PUT', `/v1/contacts/${id}/hold`, 'a'],
  ['DELETE', `/v1/contacts/${id}/hold`, 'a'],
  ['GET', '/v1/register', 'au'],
  ['GET', '/v1/register/dpia', 'au'],
  ['GET', '/v1/reports/compliance', 'aou'],
  ['GET', '/v1/reports/sends', 'amou'],
  // A marketer reads the costs of advertising alone, and asks for them.
  ['GET', '/v1/reports/costs', 'aou'],
  ['GET', `/v1/campaigns/${id}/examples`, 'am'],
  ['GET', `/v1/imports/${id}/funnel`, 'amsou'],
  ['GET', `/v1/imports/${id}/not-sendable`, 'amou'],
  ['GET', '/v1/reports/shadow', 'aou'],
  ['GET', '/v1/reports/shadow/messages', 'au'],
  ['POST', `/v1/campaigns/${id}/rehearsal`, 'am'],
  ['POST', `/v1/campaigns/${id}/test`, 'am'],
  ['GET', `/v1/campaigns/${id}/export`, 'au'],
  ['GET', `/v1/campaigns/${id}/rehearsal`, 'amsou'],
  ['GET', `/v1/campaigns/${id}/cost`, 'amsou'],
  ['GET', '/v1/erasures', 'au'],
  ['GET', `/v1/erasures/${id}`, 'au'],
  ['POST', '/v1/wordings', 'am'],
  ['GET', '/v1/wordings', 'amsou'],
  ['GET', `/v1/wordings/${id}`, 'amsou'],
  ['POST', '/v1/forms', 'am'],
  ['GET', '/v1/forms', 'amsou'],
  ['GET', `/v1/forms/${id}`, 'amsou'],
  ['GET', `/v1/forms/${id}/versions`, 'amsou'],
  ['PATCH', `/v1/forms/${id}`, 'am'],
  ['POST', `/v1/forms/${id}/closing`, 'am'],
  ['POST', `/v1/forms/${id}/sheets`, 'am'],
  ['POST', '/v1/consents', 'ams'],
  ['POST', '/v1/consents/withdrawals', 'amsou'],
  ['POST', '/v1/consents/refusals', 'amsou'],
  ['POST', '/v1/suppressions', 'am'],
  ['GET', '/v1/suppressions', 'amsou'],
  ['POST', '/v1/law/decisions', 'amsoui'],
  ['GET', '/v1/law/windows', 'amsoui'],
  ['GET', '/v1/law/holidays', 'amsoui'],
  ['GET', '/v1/law/rules', 'amsoui'],
  ['POST', '/v1/texts/check', 'amsoui'],
  ['GET', `/v1/contacts/${id}/consents`, 'amsou'],
  ['GET', `/v1/campaigns/${id}/reconfirmation`, 'amsou'],
  ['GET', `/v1/campaigns/${id}/events`, 'amsou'],
  ['GET', `/v1/imports/${id}/events`, 'amsou'],
  ['GET', '/v1/timeline', 'amsou'],
  ['POST', '/v1/imports', 'am'],
  ['DELETE', `/v1/imports/${id}`, 'ams'],
  ['GET', '/v1/imports', 'amsou'],
  ['GET', `/v1/imports/${id}`, 'amsou'],
  ['GET', `/v1/imports/${id}/rejected`, 'amsu'],
  ['POST', '/v1/appointments/bulk', 'as'],
  ['POST', '/v1/appointments/closures', 'as'],
  ['POST', '/v1/appointments/closures/preview', 'as'],
  ['POST', '/v1/practices/x/preview', 'as'],
  ['PUT', '/v1/appointments/x', 'as'],
  ['GET', '/v1/appointments', 'asou'],
  ['GET', '/v1/appointments/x', 'asou'],
  ['DELETE', '/v1/appointments/x', 'as'],
  ['POST', '/v1/appointments/x/confirmation', 'as'],
  ['POST', '/v1/appointments/x/no-show', 'as'],
  ['POST', '/v1/subscriptions/bulk', 'as'],
  ['PUT', '/v1/subscriptions/x', 'as'],
  ['GET', '/v1/subscriptions', 'asou'],
  ['GET', '/v1/subscriptions/x', 'asou'],
  ['DELETE', '/v1/subscriptions/x', 'as'],
  ['POST', '/v1/payment-plans/bulk', 'as'],
  ['PUT', '/v1/payment-plans/x', 'as'],
  ['GET', '/v1/payment-plans', 'asou'],
  ['GET', '/v1/payment-plans/x', 'asou'],
  ['DELETE', '/v1/payment-plans/x', 'as'],
  ['POST', '/v1/payment-plans/x/instalments/1/paid', 'as'],
  ['GET', '/v1/reminders/unreached', 'aso'],
  ['GET', '/v1/reminder-series', 'asou'],
  ['GET', `/v1/reminder-series/${id}`, 'asou'],
  ['POST', `/v1/reminder-series/${id}/pause`, 'aso'],
  ['POST', `/v1/reminder-series/${id}/resume`, 'aso'],
  ['POST', `/v1/reminder-series/${id}/cancel`, 'as'],
  ['POST', '/v1/campaigns', 'am'],
  ['GET', '/v1/campaigns', 'amsou'],
  ['GET', `/v1/campaigns/${id}`, 'amsou'],
  ['PATCH', `/v1/campaigns/${id}`, 'am'],
  ['GET', `/v1/campaigns/${id}/messages`, 'amsou'],
  ['GET', `/v1/campaigns/${id}/occurrences`, 'amsou'],
  ['POST', `/v1/campaigns/${id}/launch`, 'am'],
  ['POST', `/v1/campaigns/${id}/approval`, 'am'],
  ['GET', '/v1/approvals', 'am'],
  ['POST', `/v1/campaigns/${id}/pause`, 'amo'],
  ['POST', `/v1/campaigns/${id}/resume`, 'amo'],
  ['POST', `/v1/campaigns/${id}/cancel`, 'am'],
  ['GET', '/v1/gateways', 'amsoui'],
  ['GET', '/v1/gateways/nobody/trial', 'amsou'],
  ['POST', '/v1/gateways/nobody/trials', 'ao'],
  ['POST', `/v1/gateways/nobody/trials/${id}/answer`, 'ao'],
  ['GET', `/v1/messages/msg_${id}_1`, 'amsou'],
  ['GET', '/v1/uncertain', 'amsou'],
  ['POST', `/v1/messages/msg_${id}_1/resolution`, 'amso'],
  ['POST', '/v1/uncertain/resolution', 'amso'],
  ['GET', '/v1/replies', 'asou'],
  ['GET', `/v1/replies/${id}`, 'asou'],
  ['POST', `/v1/replies/${id}/decision`, 'ao'],
  ['DELETE', `/v1/replies/${id}/decision`, 'ao'],
  ['GET', '/v1/rights-requests', 'aou'],
  ['GET', `/v1/rights-requests/${id}`, 'aou'],
  ['POST', `/v1/rights-requests/${id}/answer`, 'a'],
  ['GET', '/v1/halt', 'amsou'],
  ['PUT', '/v1/halt', 'ao'],
  ['PUT', '/v1/gateways/nobody/halt', 'aoi'],
  ['GET', '/v1/journal', 'ai'],
  ['POST', '/v1/journal/opening', 'ai'],
  ['POST', '/v1/seal/opening', 'ai'],
  ['POST', '/v1/webhooks', 'a'],
  ['GET', '/v1/webhooks', 'a'],
  ['GET', `/v1/webhooks/${id}`, 'a'],
  ['PATCH', `/v1/webhooks/${id}`, 'a'],
  ['DELETE', `/v1/webhooks/${id}`, 'a'],
  ['GET', `/v1/webhooks/${id}/deliveries`, 'a'],
  ['POST', `/v1/webhooks/${id}/deliveries/nothing/replay`, 'a'],
  ['POST', `/v1/webhooks/${id}/test`, 'a'],
  ['GET', '/v1/audit', 'au'],
  ['GET', '/v1/audit/verification', 'au'],
];

const template = (path: string): string =>
  path
    .replace('/x', '/{externalId}')
    .replace('/nobody', '/{name}')
    .replace('/nothing/', '/{deliveryId}/')
    .replace('/instalments/1/', '/instalments/{number}/');

describe('a key of each role', () => {
  it('is judged here for every endpoint', () => {
    const written = table.map(([method, path]) => `${method} ${path.replace(/msg_[^/]+|018f[^/]+/, '{id}')}`);
    const known = allRoutes.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(written.map(template).toSorted()).toEqual(known.toSorted());
  });

  it.each(table)('%s %s is for %s alone', async (method, path, allowed) => {
    // The role is judged before the body: `null` is wrong for every route, and changes nothing.
    const raw = method === 'GET' || method === 'DELETE' ? {} : { raw: 'null' };
    const seen = await Promise.all(
      Object.entries(keys).map(async ([letter, key]) => {
        const { status, body } = await ask(method, path, { key, ...raw });
        expect(status).not.toBe(401);
        return status === 403 && body.code === 'ROLE_NOT_ALLOWED' ? '' : letter;
      }),
    );
    expect(seen.join('')).toBe(allowed);
  });

  it('shows numbers masked, or clear to allowed roles', async () => {
    const made = await ask('POST', '/v1/contacts', { key: keys.a, body: { phone: '0639980001' } });
    const path = `/v1/contacts/${made.body.id}`;
    const clear = `${path}?clear=true`;
    expect((await ask('GET', path, { key: keys.a })).body.phone).not.toContain('639980001');
    expect((await ask('GET', clear, { key: keys.a })).body.phone).toBe('+33639980001');
    expect((await ask('GET', clear, { key: keys.u })).body.code).toBe('REASON_NEEDED');
    const reason = { 'X-Reason': 'complaint 12' };
    expect((await ask('GET', clear, { key: keys.u, headers: reason })).body.phone).toBe('+33639980001');
    for (const key of [keys.m, keys.s, keys.o])
      expect((await ask('GET', clear, { key })).body.code).toBe('ROLE_NOT_ALLOWED');
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: keys.u })).body;
    const reads = items.filter((entry: { action: string }) => entry.action === 'contact.number-read');
    expect(reads).toHaveLength(2);
    expect(reads[1].details).toEqual({ reason: 'complaint 12' });
  });

  it('shows the number only to its booking scheduler', async () => {
    const key = async (source: string): Promise<string> =>
      (await ask('POST', '/v1/keys', { key: keys.a, body: { role: 'scheduler', source } })).body.key;
    const [own, other] = [await key('agenda'), await key('ailleurs')];
    const booked = await ask('PUT', '/v1/appointments/RDV-9', {
      key: own,
      body: {
        contact: { phone: '0639980002' },
        startsAt: '2027-06-10T10:00:00+02:00',
        practice: 'Cabinet des Tilleuls',
        consent: {
          method: 'oral',
          grantedAt: '2026-11-01T10:00:00+01:00',
          wording: 'Oui aux rappels par SMS.',
        },
      },
    });
    expect(booked.status).toBe(201);
    const found = await ask('POST', '/v1/contacts/search', { key: own, body: { phone: '0639980002' } });
    const clear = `/v1/contacts/${found.body.items[0].id}?clear=true`;
    expect((await ask('GET', clear, { key: own })).body.phone).toBe('+33639980002');
    expect((await ask('GET', clear, { key: other })).body.code).toBe('ROLE_NOT_ALLOWED');
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: keys.u })).body;
    expect(items.at(-1).action).toBe('contact.number-read');
  });
});
