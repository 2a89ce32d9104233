import { describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { freezeAudience } from '../../../../src/campaigns/audience/freeze.ts';
import { uuidV7 } from '../../../../src/base/random.ts';
import { aSalesDraft } from '../campaigns/sales-draft.ts';
import { served } from '../../server/served.ts';

const REAL = {
  name: 'octo',
  kind: 'octopush',
  baseUrl: 'https://api.octopush.test/v1/public',
  credentials: { login: 'someone', key: 'secret' },
  inboundSecret: 'a-secret-of-22-letters-or-more',
  default: true,
};
const { ask, admin, api, clock, database, tenantId, keyOf, anotherTenant } = await served({
  gateways: [REAL],
});
const patch = (body: object) => ask('PATCH', '/v1/tenant', { key: admin, body });

await patch({ legalName: 'Maison Lumière SAS', contact: { phone: '01 42 68 53 00' }, sender: 'LUMIERE' });
const { campaignId } = await aSalesDraft(
  { ask, admin, clock },
  { agreed: ['0639987801', '0639987802'], never: '0639987803' },
);
const campaign = `/v1/campaigns/${campaignId}`;
const report = async (key = admin) => (await ask('GET', '/v1/reports/shadow', { key })).body;

/** As the last look of a worker leaves them, all of one day, which is answered. */
async function looked(): Promise<string | null> {
  const at = clock.now();
  await database.withTenant(tenantId, async (tx) => {
    await tx.run(sql`UPDATE message SET state = 'excluded', reason = 'SHADOW', final_at = ${at.toISO()}::timestamptz
                      WHERE tenant_id = ${tenantId} AND state = 'ready'`);
    await tx.run(sql`UPDATE message SET final_at = ${at.toISO()}::timestamptz
                      WHERE tenant_id = ${tenantId} AND state = 'excluded'`);
  });
  return at.setZone('Europe/Paris').toISODate();
}

describe('a tenant in shadow', () => {
  it('launches through an unproven account', async () => {
    expect((await ask('POST', `${campaign}/launch`, { key: admin })).body.code).toBe('STOP_PATH_UNPROVEN');
    expect((await patch({ shadow: true })).body.shadow).toBe(true);
    expect((await ask('POST', `${campaign}/launch`, { key: admin })).status).toBe(202);
  });

  it('reports by day what would have left', async () => {
    const keys = (id: string) => database.withTenant(id, (tx) => api.vault.tenant(tx));
    const freezing = { database, clock, keysOf: keys, newId: () => uuidV7(Date.now()) };
    await freezeAudience(freezing, { tenantId, campaignId });
    const on = await looked();
    const { days, shadow } = await report();
    expect(shadow).toBe(true);
    expect(days).toEqual([
      {
        on,
        purpose: 'marketing',
        wouldHaveLeft: 2,
        refused: { NO_BASIS: 1 },
      },
    ]);
  });

  it('compares messages with another log, masked', async () => {
    const file = async (key: string, headers = {}) =>
      (await ask('GET', '/v1/reports/shadow/messages', { key, headers })).text.replace('\uFEFF', '');
    const [head, ...rows] = (await file(admin)).trim().split('\r\n');
    expect(head).toBe('at;phone;purpose;outcome;reason;territory;order;message;contactId');
    expect(rows.filter((row) => row.includes(';would-have-left;;FR;'))).toHaveLength(2);
    expect(rows.filter((row) => row.includes('+33639987803;marketing;refused;NO_BASIS;FR;'))).toHaveLength(1);
    const auditor = await keyOf('auditor');
    expect(await file(auditor)).not.toContain('6399878');
    expect(await file(auditor, { 'X-Reason': 'comparison with the old tool' })).toContain('+33639987801');
  });

  it('is hidden from others', async () => {
    const { key } = await anotherTenant();
    expect(await report(key)).toMatchObject({ shadow: false, days: [] });
    expect((await ask('GET', '/v1/reports/shadow/messages', { key })).text).not.toContain('6399878');
  });

  it('cannot end over an open campaign', async () => {
    const refused = await patch({ shadow: false });
    expect([refused.status, refused.body.code]).toEqual([409, 'SHADOW_CAMPAIGNS_OPEN']);
    await ask('POST', `${campaign}/cancel`, { key: admin });
    expect((await patch({ shadow: false })).body.shadow).toBe(false);
    const { items } = (await ask('GET', '/v1/audit?limit=500', { key: admin })).body;
    const said = items
      .filter(({ action }: { action: string }) => action === 'tenant.changed')
      .map(({ details }: { details: { shadow?: boolean } }) => details.shadow);
    expect(said.filter((one: unknown) => one !== undefined).toSorted()).toEqual([false, true]);
  });
});
