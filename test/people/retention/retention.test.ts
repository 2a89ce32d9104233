import { describe, expect, it } from 'vitest';
import { cleanTenant, rehearseRetention } from '../../../src/people/retention/retention.ts';
import { planned, type Planned } from '../../campaigns/run/planned.ts';
import { aShop, type Shop } from '../import/shop.ts';
import { openBase } from '../../support/database.ts';

/** What other tenants keep in the same database. */
const OTHERS = { people: 20_000, gone: 10_000 };

interface Kept {
  readonly who: string;
  readonly count: number;
  readonly recordedAt: string;
  /** Whether their contact still exists. */
  readonly isKnown: boolean;
}

/** Inserts one objection with its proof for each of `count` people. */
const proofs = (shop: Shop, { who, count, recordedAt, isKnown }: Kept) =>
  shop.tamper(
    `WITH acted AS MATERIALIZED (SELECT uuidv7() AS id, uuidv7() AS contact_id, sha256(($2 || n)::bytea) AS digest FROM generate_series(1, $3::int) n),
          met AS (
       INSERT INTO contact (id, tenant_id, phone_index, sealed, territory, time_zone, place_from, line_type, created_at, updated_at)
       SELECT contact_id, $1, digest, '\\x00', 'FR', 'Europe/Paris', 'address', 'mobile', $4, $4 FROM acted WHERE $5::boolean),
          appended AS (
       INSERT INTO consent_event (id, tenant_id, contact_id, purpose, kind, basis, proof, occurred_at, recorded_at, actor, digest)
       SELECT id, $1, contact_id, 'marketing', 'objected', 'consent', 'held', $4, $4, $2, digest FROM acted)
     INSERT INTO consent_proof (event_id, tenant_id, contact_id, salt, sealed)
     SELECT id, $1, contact_id, '\\x00', '\\x00' FROM acted`,
    [shop.id, who, count, recordedAt, isKnown],
  );

const { test, database } = await openBase();
const [ours, theirs] = [await aShop(database, test), await aShop(database, test)];
await proofs(theirs, {
  who: 'their people',
  count: OTHERS.people,
  recordedAt: '2021-01-01',
  isKnown: true,
});
await proofs(theirs, { who: 'their lost', count: OTHERS.gone, recordedAt: '2021-01-01', isKnown: false });
await ours.tamper('ANALYZE');
const asked: Planned = planned(database);

const clean = (shop: Shop) =>
  cleanTenant(
    { database: asked.database, clock: shop.clock, keysOf: () => Promise.resolve(shop.deps.keys) },
    { tenantId: shop.id, actor: 'system' },
  );
const rehearsed = (shop: Shop) =>
  asked.database.withTenant(shop.id, (tx) => rehearseRetention(tx, { clock: shop.clock, actor: 'key:test' }));
const stillProved = async (shop: Shop) =>
  (
    await shop.tamper(
      `SELECT DISTINCT e.actor FROM consent_event e JOIN consent_proof p ON p.event_id = e.id WHERE e.tenant_id = $1 ORDER BY 1`,
      [shop.id],
    )
  ).map(({ actor }) => actor);

// The law clock stands at 25 November 2026.
describe('a proof of consent (RET-03)', () => {
  it('goes five years after an erased person’s agreement', async () => {
    await proofs(ours, { who: 'gone long ago', count: 3, recordedAt: '2021-11-24', isKnown: false });
    await proofs(ours, { who: 'gone lately', count: 1, recordedAt: '2021-11-26', isKnown: false });
    await proofs(ours, { who: 'still known', count: 1, recordedAt: '2018-01-01', isKnown: true });
    await proofs(ours, { who: 'retired', count: 1, recordedAt: '2018-01-02', isKnown: true });
    await proofs(ours, { who: 'a number alone', count: 1, recordedAt: '2021-11-24', isKnown: false });
    await ours.tamper(`UPDATE contact SET retired_at = '2020-01-01' WHERE created_at = '2018-01-02'`);
    // Events about a number without a contact name no contact.
    for (const table of ['consent_event', 'consent_proof'])
      await ours.tamper(
        `UPDATE ${table} SET contact_id = NULL WHERE ${table === 'consent_event' ? 'id' : 'event_id'} IN (SELECT id FROM consent_event WHERE actor = 'a number alone')`,
      );
    expect((await rehearsed(ours)).lines).toMatchObject({ proofs: 4 });
    await clean(ours);
    expect(await stillProved(ours)).toEqual(['gone lately', 'retired', 'still known']);
    expect((await rehearsed(ours)).lines).not.toHaveProperty('proofs');
    expect(await ours.tamper(`SELECT 1 FROM consent_event WHERE tenant_id = $1`, [ours.id])).toHaveLength(7);
    expect(await stillProved(theirs)).toEqual(['their lost', 'their people']);
  });

  it('is found without scanning other controllers’ proofs', async () => {
    await proofs(ours, { who: 'gone since', count: 5, recordedAt: '2021-11-24', isKnown: false });
    await ours.tamper('ANALYZE');
    asked.taken();
    await rehearsed(ours);
    await clean(ours);
    const plans = asked.taken().filter(({ statement }) => statement.includes('consent_proof'));
    expect(plans).toHaveLength(3);
    for (const { plan } of plans) expect(plan).not.toMatch(/Seq Scan on consent_/);
    expect(plans.map(({ plan }) => plan).join('\n')).toContain('Index');
  });
});

describe('a rehearsed cleaning', () => {
  it('is over at once, as its run says', async () => {
    const { kind, startedAt, endedAt } = await rehearsed(ours);
    expect([kind, endedAt]).toEqual(['rehearsal', startedAt]);
  });
});

describe('a cleaning that removed something', () => {
  it('says when it ended', async () => {
    await proofs(ours, { who: 'gone at last', count: 1, recordedAt: '2021-11-24', isKnown: false });
    await clean(ours);
    const cleanings = await ours.tamper(
      `SELECT ended_at IS NOT NULL AS "isOver" FROM retention_run WHERE tenant_id = $1 AND kind = 'cleaning'`,
      [ours.id],
    );
    expect(new Set(cleanings.map(({ isOver }) => isOver))).toEqual(new Set([true]));
  });
});

describe('a cancellation that came before its booking (RET-04)', () => {
  it('goes after twelve months, and is certified', async () => {
    for (const [source, day] of [
      ['old', '2025-11-24'],
      ['recent', '2025-11-26'],
    ])
      await ours.tamper(
        `INSERT INTO cancelled_booking (tenant_id, kind, source, external_index, cancelled_at) VALUES ($1, 'appointment', $2, '\\x00', $3)`,
        [ours.id, source, day],
      );
    expect((await rehearsed(ours)).lines).toMatchObject({ cancellations: 1 });
    await clean(ours);
    expect(await ours.tamper(`SELECT source FROM cancelled_booking WHERE tenant_id = $1`, [ours.id])).toEqual(
      [{ source: 'recent' }],
    );
  });
});
