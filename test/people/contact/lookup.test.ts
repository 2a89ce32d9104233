import { sql, type RawBuilder } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { readRecord } from '../../../src/people/consent/consent.repository.ts';
import type { Transaction } from '../../../src/platform/database/connection.ts';
import { acquaintance } from '../../../src/sending/replies/inbound.repository.ts';
import { aLedger } from '../evidence/ledger.ts';

const MANY = 20_000;
const { shop, somebody, stop } = await aLedger();
let person: { id: string; phone: string };

/** A large base, in which one person says STOP. */
beforeAll(async () => {
  person = await somebody();
  await stop(person.phone);
  await shop.tamper(
    `INSERT INTO contact (id, tenant_id, phone_index, sealed, territory, time_zone, place_from, line_type, created_at, updated_at)
     SELECT gen_random_uuid(), $1, sha256(n::text::bytea), '\\x00', 'FR', 'Europe/Paris', 'address', 'mobile', '2026-01-01', '2026-01-01' FROM generate_series(1, $2::int) n`,
    [shop.id, MANY],
  );
  await shop.tamper(
    `INSERT INTO suppression (id, tenant_id, phone_index, scope, since, source, recorded_at)
     SELECT gen_random_uuid(), $1, sha256(n::text::bytea), 'marketing', '2026-01-01', 'sms', '2026-01-01' FROM generate_series(1, $2::int) n`,
    [shop.id, MANY],
  );
  await shop.tamper(
    `INSERT INTO consent_event (id, tenant_id, contact_id, purpose, kind, basis, proof, occurred_at, recorded_at, actor, digest, simulated)
     SELECT gen_random_uuid(), tenant_id, id, 'marketing', 'expired', 'consent', 'none', '2026-01-01', '2026-01-01', 'system', sha256(''), false
       FROM contact WHERE tenant_id = $1`,
    [shop.id],
  );
  await shop.tamper(
    `INSERT INTO consent (contact_id, purpose, tenant_id, sendable, basis, since, event_id)
     SELECT id, 'marketing', tenant_id, true, 'consent', '2026-01-01', id FROM contact WHERE tenant_id = $1 ON CONFLICT DO NOTHING`,
    [shop.id],
  );
  await shop.tamper('ANALYZE contact, suppression, consent_event, consent');
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** Returns the tables that a lookup would scan sequentially, by the plans of its statements. */
async function readWhole(look: (tx: Transaction) => Promise<unknown>): Promise<string[]> {
  const found: Plan[] = [];
  await shop.within(async (tx) => {
    const explained = async (statement: RawBuilder<unknown>): Promise<undefined> => {
      const row = await tx.first(sql<{ 'QUERY PLAN': { Plan: Plan }[] }>`EXPLAIN (FORMAT JSON) ${statement}`);
      found.push(...(row?.['QUERY PLAN'] ?? []).flatMap(({ Plan: plan }) => nodesOf(plan)));
      return undefined;
    };
    await look({ ...tx, first: explained });
  });
  expect(found.length).toBeGreaterThan(3);
  return found.flatMap((node) => (node['Node Type'] === 'Seq Scan' ? (node['Relation Name'] ?? []) : []));
}

/** Tables that stay small however much is sent. */
const SMALL = new Set(['batch', 'campaign', 'reminder_series', 'consent_proof']);

describe('somebody who says STOP, in a large base', () => {
  it('is found without reading anybody else', async () => {
    const index = shop.deps.keys.phoneIndex(person.phone);
    const account = '01900000-0000-7000-8000-000000000000';
    const read = await readWhole((tx) => acquaintance(tx, account, { phoneIndex: index, answered: [] }));
    expect(read.filter((table) => !SMALL.has(table))).toEqual([]);
  });

  it('is read without anybody else’s acts', async () => {
    const index = shop.deps.keys.phoneIndex(person.phone);
    const read = await readWhole((tx) => readRecord(tx, { contactIds: [person.id], indexes: [index] }));
    expect(read.filter((table) => !SMALL.has(table))).toEqual([]);
  });
});
