import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { uuidV7 } from '../../../../src/base/random.ts';
import { served } from '../../server/served.ts';

const { ask, admin, api, database, tenantId, keyOf } = await served({ lawAt: '2026-11-24T10:00:00+01:00' });
const get = (path: string, headers: Record<string, string> = {}) => ask('GET', path, { key: admin, headers });

await ask('PATCH', '/v1/tenant', { key: admin, body: { sector: 'health', legalName: 'SCM des Tilleuls' } });
await ask('PUT', '/v1/appointments/RDV-1', {
  key: admin,
  body: {
    contact: { phone: '0639987001' },
    startsAt: '2027-06-10T10:00:00+02:00',
    practice: 'Cabinet des Tilleuls',
    consent: {
      method: 'oral',
      grantedAt: '2026-11-01T10:00:00+01:00',
      wording: 'Rappels par SMS du cabinet.',
    },
  },
});

/** A message handed to the sandbox at an instant. */
async function handedOver(at: string): Promise<void> {
  await database.withTenant(tenantId, async (tx) => {
    const batch = await tx.first(sql<{ id: string; account: string }>`
      SELECT id, account_id AS account FROM batch WHERE kind = 'series' LIMIT 1`);
    await tx.run(sql`
      INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, marked_at, body_digest)
      VALUES (${uuidV7(api.clock.machine())}, ${tenantId}, ${batch?.account}, ${batch?.id}, 1, 'k', 3, ${at}::timestamptz, '')`);
  });
}
await handedOver('2026-11-10T10:00:00Z');
await handedOver('2025-06-10T10:00:00Z');

describe('the register of processing', () => {
  it('names real purposes, reasons and operators', async () => {
    const { status, body } = await get('/v1/register?from=2026-11-01&to=2026-12-01');
    expect(status).toBe(200);
    expect(body.controller).toMatchObject({ legalName: 'SCM des Tilleuls', dataProtectionOfficer: null });
    expect(body.activities).toMatchObject([
      {
        purpose: 'appointment',
        bases: [{ basis: 'consent', people: 1 }],
        recipients: ['sandbox'],
        internalRecipients: null,
      },
    ]);
    expect(body.operators).toMatchObject([
      { account: 'sandbox', fake: true, purpose: 'appointment', messages: 3, contract: null },
    ]);
  });

  it('separates the operators of each period', async () => {
    const messages = async (period: string) =>
      (await get(`/v1/register?${period}`)).body.operators.map((one: { messages: number }) => one.messages);
    expect(await messages('from=2025-01-01&to=2026-01-01')).toEqual([3]);
    expect(await messages('from=2025-01-01&to=2027-01-01')).toEqual([6]);
    expect(await messages('from=2024-01-01&to=2025-01-01')).toEqual([]);
    expect((await get('/v1/register?from=2026-12-01&to=2026-11-01')).body.code).toBe('DATE_INVALID');
  });

  it('calls itself a draft with blanks', async () => {
    const { body } = await get('/v1/register', { 'Accept-Language': 'fr' });
    expect(body.notice).toContain('Brouillon');
    expect(body.blanks.length).toBeGreaterThan(3);
    const page = await get('/v1/register', { Accept: 'text/html', 'Accept-Language': 'fr' });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.text).toContain('Brouillon');
    expect(page.text).not.toMatch(/conforme|garantit/i);
  });

  it('holds no number or name', async () => {
    const { text } = await get('/v1/register');
    expect(text).not.toContain('639987001');
  });
});

describe('the start of an impact assessment', () => {
  it('draws its criteria from what the instance does', async () => {
    const { body } = await get('/v1/register/dpia', { 'Accept-Language': 'fr' });
    const met = body.criteria.map(({ met: isMet }: { met: boolean }) => isMet);
    expect(met).toEqual([true, false, true, false]);
    expect(body.suggested).toBe(true);
    expect(body.risks.every(({ severity }: { severity: null }) => severity === null)).toBe(true);
    const refused = await ask('GET', '/v1/register/dpia', { key: await keyOf('marketer') });
    expect(refused.body.code).toBe('ROLE_NOT_ALLOWED');
  });
});
