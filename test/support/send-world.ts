import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { keyOf, newKeyBytes } from '../../src/crypto/cipher.ts';
import type { Database } from '../../src/platform/database/connection.ts';
import { KeyRing } from '../../src/settings/key-ring.ts';
import { newPersonKey, type TenantKeys } from '../../src/crypto/tenant-keys.ts';
import { uuidV7 } from '../../src/base/random.ts';
import { Vault } from '../../src/platform/crypto/vault.ts';
import type { Gateway } from '../../src/sending/gateway/gateway.ts';
import type { Account, PartPrice } from '../../src/sending/accounts/account.ts';
import type { ChunkDeps } from '../../src/sending/batch/fail-over.ts';
import type { RefusedRecipients } from '../../src/sending/attempt/outcome-of-answer.ts';
import { afterFile } from './after-file.ts';
import { aClient, aDatabase, anOpenDatabase, type TestDatabase } from './database.ts';
import type { ShiftedClock } from './law-clock.ts';
import { aSendWorker, TEXT } from './send-worker.ts';

const CREATED = '2026-01-01T00:00:00Z';

/** One tenant with a campaign that runs, ready to send and to take what its operator calls in with. */
export interface SendWorld {
  readonly tenantId: string;
  readonly accountId: string;
  readonly campaignId: string;
  readonly ringKey: Buffer;
  readonly appUrl: string;
  readonly superUrl: string;
  readonly ring: KeyRing;
  readonly vault: Vault;
  readonly keys: TenantKeys;
  readonly database: Database;
  readonly clock: ShiftedClock;
  readonly newId: () => string;
  readonly deps: ChunkDeps;
  readonly received: RefusedRecipients[];
  /** A shard of so many people who said yes, all in one place. */
  shard(size: number, place?: Place): Promise<string>;
  /** One more account that its workers know; batches take it only by their route. */
  account(about: Omit<Account, 'id' | 'ratePerSecond'>): Promise<string>;
  /** A second worker on the same database. */
  worker(): ChunkDeps;
  states(batchId: string): Promise<Record<string, number>>;
  /** The numbers of a batch, in the order of its messages. */
  phones(batchId: string): Promise<string[]>;
  query(text: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
}

/** What a world may differ in. */
export interface WorldOptions {
  /** Another world, whose database it shares. */
  readonly on?: Pick<TestDatabase, 'appUrl' | 'superUrl'>;
  readonly at?: string;
  readonly ratePerSecond?: number;
  readonly budget?: { amount: string; price: string };
  /** What a part costs at its account, besides that of a budget. */
  readonly price?: PartPrice;
}

/** Builds a world, which ends with the file. */
export async function aSendWorld(
  operator: { readonly gateway: Gateway },
  clock: ShiftedClock,
  options: WorldOptions = {},
): Promise<SendWorld> {
  clock.startAt(options.at ?? '2026-11-24T10:00:00+01:00');
  const test = options.on ?? (await aDatabase());
  const database = await anOpenDatabase({ url: test.appUrl, connections: 6, name: 'test' });
  const ringKey = newKeyBytes();
  const ring = new KeyRing([keyOf(1, ringKey)], 1);
  const vault = new Vault(ring);
  const [tenantId, campaignId] = [randomUUID(), randomUUID()];
  let accountId = uuidV7(Date.now());
  const keys = await database.withTenant(tenantId, async (tx) => {
    await tx.run(
      sql`INSERT INTO tenant (id, name, legal_name, created_at, updated_at) VALUES (${tenantId}, 'Maison Lumière', 'Maison Lumière SAS', ${CREATED}, ${CREATED})`,
    );
    await vault.makeTenantKeys(tx, CREATED);
    return vault.tenant(tx);
  });
  await database.withTenant(tenantId, async (tx) => {
    const row = await tx.first(sql<{
      id: string;
    }>`INSERT INTO gateway_account (id, name, kind, fake, updated_at) VALUES (${accountId}, 'sandbox', 'sandbox', true, ${CREATED})
      ON CONFLICT (name) DO UPDATE SET updated_at = excluded.updated_at RETURNING id`);
    accountId = row?.id ?? accountId;
    const sealed = keys.seal({ table: 'campaign', column: 'sealed', row: campaignId }, TEXT);
    await tx.run(sql`INSERT INTO campaign (id, tenant_id, account_id, name, purpose, profile, status, sender, sealed, audience, source, created_at, updated_at, launched_at, budget, price)
      VALUES (${campaignId}, ${tenantId}, ${accountId}, 'Soldes', 'marketing', 'fr-seed-strict', 'running', 'LUMIERE', ${sealed}, '{"all":true}', 'default', ${CREATED}, ${CREATED}, ${CREATED},
        ${options.budget?.amount ?? null}, ${options.budget?.price ?? null})`);
  });
  const heard: RefusedRecipients[] = [];
  const others: Account[] = [];
  const worker = (): ChunkDeps => {
    const made = aSendWorker({
      appUrl: test.appUrl,
      database,
      keys,
      clock,
      accountId,
      gateway: operator.gateway,
      others,
      received: heard,
      ratePerSecond: options.ratePerSecond ?? null,
      price: options.price ?? (options.budget && { perPart: options.budget.price, currency: 'EUR' }),
    });
    afterFile(() => made.close());
    return made.deps;
  };
  const client = await aClient(test.superUrl);
  const query = async (text: string, values: unknown[] = []) =>
    (await client.query<Record<string, unknown>>(text, values)).rows;
  let shards = 0;
  return {
    tenantId,
    accountId,
    campaignId,
    ringKey,
    appUrl: test.appUrl,
    superUrl: test.superUrl,
    ring,
    vault,
    keys,
    database,
    clock,
    newId: () => uuidV7(Date.now()),
    received: heard,
    deps: worker(),
    account: async (about) => {
      const id = uuidV7(Date.now());
      const { name, kind } = about.gateway;
      await query(
        `INSERT INTO gateway_account (id, name, kind, fake, updated_at) VALUES ($1, $2, $3, true, $4)`,
        [id, name, kind, CREATED],
      );
      others.push({ ...about, id, ratePerSecond: null });
      return id;
    },
    worker,
    query,
    shard: async (size, place: Place = { territory: 'FR', timeZone: 'Europe/Paris' }) => {
      const batchId = uuidV7(Date.now());
      shards += 1;
      await seedShard(
        { database, keys, tenantId, accountId, campaignId },
        { batchId, shard: shards, size, place },
      );
      return batchId;
    },
    states: async (batchId) => {
      const rows = await query(
        'SELECT state::text, count(*)::int AS n FROM message WHERE batch_id = $1 GROUP BY 1',
        [batchId],
      );
      return Object.fromEntries(rows.map((row) => [String(row['state']), Number(row['n'])]));
    },
    phones: async (batchId) => {
      const rows = await query(
        `SELECT c.id, c.sealed, y.wrapped FROM message m JOIN contact c ON c.id = m.contact_id JOIN contact_key y ON y.contact_id = c.id
          WHERE m.batch_id = $1 ORDER BY m.seq`,
        [batchId],
      );
      return rows.map((row) => {
        const sealed = { sealed: row['sealed'] as Buffer, wrapped: row['wrapped'] as Buffer };
        return (keys.openPerson(String(row['id']), sealed) as { phone: string }).phone;
      });
    },
  };
}

interface Seed {
  readonly database: Database;
  readonly keys: TenantKeys;
  readonly tenantId: string;
  readonly accountId: string;
  readonly campaignId: string;
}

let people = 0;

/** The number of the nth person, by where it is charged. */
const NUMBERS = {
  FR: (n: number) => `+336${10_000_000 + n}`,
  RE: (n: number) => `+262692${100_000 + n}`,
};

/** Where people live, and where their numbers are in turn: in metropolitan France unless told otherwise. */
interface Place {
  readonly territory: string;
  readonly timeZone: string;
  readonly numbersOf?: readonly (keyof typeof NUMBERS)[];
}

/** People of one place with a consent in force, and one ready message each. */
async function seedShard(
  { database, keys, tenantId, accountId, campaignId }: Seed,
  { batchId, shard, size, place }: { batchId: string; shard: number; size: number; place: Place },
): Promise<void> {
  const rows = Array.from({ length: size }, (_, seq) => {
    const id = randomUUID();
    people += 1;
    const { numbersOf = ['FR'] } = place;
    const phone = NUMBERS[numbersOf[seq % numbersOf.length] ?? 'FR'](people);
    const { key, wrapped, version } = newPersonKey(keys, id);
    const sealed = key.sealPerson({ phone, firstName: 'Dominique' });
    return {
      id,
      seq,
      index: keys.phoneIndex(phone).toString('hex'),
      sealed: sealed.toString('hex'),
      wrapped: wrapped.toString('hex'),
      version,
    };
  });
  await database.withTenant(tenantId, async (tx) => {
    await tx.run(sql`INSERT INTO batch (id, tenant_id, kind, account_id, purpose, campaign_id, shard, territory, time_zone, size, created_at)
      VALUES (${batchId}, ${tenantId}, 'campaign', ${accountId}, 'marketing', ${campaignId}, ${shard}, ${place.territory}, ${place.timeZone}, ${size}, ${CREATED})`);
    const given = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, seq int, index text, sealed text, wrapped text, version int)`;
    await tx.run(sql`INSERT INTO contact (id, tenant_id, phone_index, sealed, territory, time_zone, place_from, line_type, created_at, updated_at)
      SELECT id, ${tenantId}, decode(index, 'hex'), decode(sealed, 'hex'), ${place.territory}, ${place.timeZone}, 'address', 'mobile', ${CREATED}, ${CREATED} FROM ${given}`);
    await tx.run(
      sql`INSERT INTO contact_key (contact_id, tenant_id, wrapped, key_version) SELECT id, ${tenantId}, decode(wrapped, 'hex'), version FROM ${given}`,
    );
    await tx.run(sql`INSERT INTO consent (contact_id, purpose, tenant_id, sendable, basis, since, event_id)
      SELECT id, 'marketing', ${tenantId}, true, 'consent', ${CREATED}, id FROM ${given}`);
    await tx.run(
      sql`INSERT INTO message (batch_id, seq, tenant_id, contact_id, state) SELECT ${batchId}, seq, ${tenantId}, id, 'ready' FROM ${given}`,
    );
    await tx.run(
      sql`INSERT INTO tally (tenant_id, batch_id, state, delta) VALUES (${tenantId}, ${batchId}, 'ready', ${size})`,
    );
  });
}
