import { Client } from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { Ledger, type Statement } from '../../../src/platform/database/ledger.ts';
import { aScriptedWorld } from '../pace/scripted-world.ts';
import { refused, taken } from '../gateway/scripted-gateway.ts';

const MANY = 100_000;

/** Notes every statement of the send path, as it is sent. */
class NotingLedger extends Ledger {
  readonly noted = new Map<string, Statement>();

  #note(statements: readonly Statement[]): void {
    for (const statement of statements) this.noted.set(statement.name, statement);
  }

  override mark(...asked: Parameters<Ledger['mark']>): ReturnType<Ledger['mark']> {
    this.#note(asked[1]);
    return super.mark(...asked);
  }

  override record(...asked: Parameters<Ledger['record']>): ReturnType<Ledger['record']> {
    this.#note(asked[1]);
    return super.record(...asked);
  }

  override read(...asked: Parameters<Ledger['read']>): ReturnType<Ledger['read']> {
    this.#note(asked[1]);
    return super.read(...asked);
  }
}

const s = await aScriptedWorld({ freeSlots: 10, budget: { amount: '1000', price: '0.05' } });
await s.calm();
const ledger = new NotingLedger({ url: s.world.appUrl, name: 'noting' });
const batchId = await s.world.shard(40);
const answers = [taken, () => refused('RETRYABLE', 1), () => refused('OPTED_OUT')];
let calls = 0;
s.gateway.script = (call) => {
  calls += 1;
  if (calls % 4 === 3) return { kind: 'NOT_WRITTEN', reason: 'too-late' };
  return (answers[calls % 4] ?? taken)(call);
};
await s.send(batchId, { deps: { ...s.world.deps, ledger } });
await s.world.query(
  `INSERT INTO brand (id, tenant_id, external_id, name, created_at) SELECT gen_random_uuid(), $1, n, n, now() FROM unnest('{one,other}'::text[]) n`,
  [s.world.tenantId],
);
await s.send(await s.world.shard(1), { deps: { ...s.world.deps, ledger } });
// A large base of which this campaign is a small part, and as many refusals.
await s.world.query(
  `INSERT INTO contact (id, tenant_id, phone_index, sealed, territory, time_zone, place_from, line_type, created_at, updated_at)
   SELECT gen_random_uuid(), $1, sha256(n::text::bytea), '\\x00', 'FR', 'Europe/Paris', 'address', 'mobile', '2026-01-01', '2026-01-01' FROM generate_series(1, $2::int) n`,
  [s.world.tenantId, MANY],
);
await s.world.query(
  `INSERT INTO suppression (id, tenant_id, phone_index, scope, since, source, recorded_at)
   SELECT gen_random_uuid(), $1, sha256(n::text::bytea), 'marketing', '2026-01-01', 'sms', '2026-01-01' FROM generate_series(1, $2::int) n`,
  [s.world.tenantId, MANY],
);
await s.world.query(
  `INSERT INTO consent (contact_id, purpose, tenant_id, sendable, basis, since, event_id)
   SELECT id, 'marketing', tenant_id, true, 'consent', '2026-01-01', id FROM contact ON CONFLICT DO NOTHING`,
);
await s.world.query(
  `INSERT INTO message (batch_id, seq, tenant_id, contact_id, state)
   SELECT $1, 1000 + row_number() OVER (), tenant_id, id, 'ready' FROM contact LIMIT 50000`,
  [batchId],
);
await s.world.query('ANALYZE');
const [first] = await s.world.query('SELECT tableoid::regclass::text AS name FROM message LIMIT 1');
const partition = String(first?.['name']);
const app = new Client({
  connectionString: s.world.appUrl,
  options:
    '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off ' +
    '-c enable_bitmapscan=off -c enable_memoize=off -c max_parallel_workers_per_gather=0 -c jit=off',
});
await app.connect();
await app.query(`SELECT set_config('bonheure.tenant', $1, false)`, [s.world.tenantId]);

afterAll(async () => {
  await app.end();
  await ledger.close();
});

async function planOf(name: string): Promise<string> {
  const statement = ledger.noted.get(name);
  if (statement === undefined)
    throw new Error(`${name} was never sent: ${[...ledger.noted.keys()].join(', ')}`);
  const { rows } = await app.query<Record<string, string>>(`EXPLAIN (GENERIC_PLAN) ${statement.text}`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

describe('the send path, with a large base', () => {
  it.each([
    'own_lock',
    'own_epoch',
    'own_park',
    'read_page',
    'read_remaining',
    'mark_lock',
    'mark_budget',
    'mark_campaign',
    'mark_campaign_brands',
    'record_accepted',
    'record_others',
    'record_forget',
    'record_judge',
  ])('finds every row of %s by its key', async (name) => {
    const plan = await planOf(name);
    expect(plan).not.toMatch(
      /Seq Scan on (message|contact|contact_key|consent|suppression|submission|acceptance|tally|batch)/,
    );
    expect(plan).not.toMatch(/Hash Join|Hash Cond|Memoize|Gather|hashed SubPlan|Merge Join|Bitmap/);
    // Partitions without a row are pruned when it runs, whatever is planned for them.
    const indexes = [...plan.matchAll(/using (message_\w+)/g)].map(([, index]) => index ?? '');
    for (const index of indexes.filter((one) => one.startsWith(`${partition}_`))) {
      expect(index).toBe(`${partition}_pkey`);
    }
  });

  it.each(['mark_campaign', 'mark_campaign_brands', 'record_accepted', 'record_others', 'record_forget'])(
    'visits in %s only the messages it names',
    async (name) => {
      const plan = await planOf(name);
      const conditions = plan.split('\n').filter((line, n, all) => {
        const above = all.slice(0, n).findLast((other) => /Scan/.test(other)) ?? '';
        return /Index Cond/.test(line) && /message_\w+_pkey/.test(above);
      });
      expect(conditions.length).toBeGreaterThan(0);
      for (const condition of conditions) expect(condition).toMatch(/seq = /);
    },
  );
});
