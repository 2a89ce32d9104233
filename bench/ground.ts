import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { Client } from 'pg';
import { instant, ProcessClock } from '../src/platform/clock.ts';
import { keyOf, newKeyBytes } from '../src/crypto/cipher.ts';
import { openDatabase, type Database } from '../src/platform/database/connection.ts';
import { KeyRing } from '../src/settings/key-ring.ts';
import { migrate } from '../src/settings/migrate.ts';
import { Vault } from '../src/platform/crypto/vault.ts';
import type { TenantKeys } from '../src/crypto/tenant-keys.ts';
import { startPostgres } from '../src/main/embedded/postgres.ts';

export const clock = new ProcessClock({ movable: false });

/** A durable PostgreSQL of its own, and one tenant in it. */
export interface Ground {
  readonly database: Database;
  readonly tenantId: string;
  readonly keys: TenantKeys;
  readonly vault: Vault;
  readonly ring: KeyRing;
  /** The only key of `ring`, for a process that opens its own. */
  readonly ringKey: Buffer;
  /** As api and worker reach it. */
  readonly url: string;
  /** The address of another database in it, for its owner. */
  readonly urlOf: (database: string) => string;
  /** Processor time of PostgreSQL so far, in milliseconds. */
  readonly serverMs: () => Promise<number>;
  /** Runs one statement as somebody who owns the machine. */
  readonly own: (text: string) => Promise<Record<string, unknown>[]>;
}

async function aTenant(
  database: Database,
): Promise<Pick<Ground, 'tenantId' | 'keys' | 'vault' | 'ring' | 'ringKey'>> {
  const tenantId = randomUUID();
  const at = instant(clock.machine()).toISO();
  const ringKey = newKeyBytes();
  const ring = new KeyRing([keyOf(1, ringKey)], 1);
  const vault = new Vault(ring);
  const keys = await database.withTenant(tenantId, async (tx) => {
    await tx.run(sql`INSERT INTO tenant (id, name, legal_name, territory, time_zone, settings, created_at, updated_at)
      VALUES (${tenantId}, 'Bench', 'Bench SAS', 'FR', 'Europe/Paris', '{}', ${at}, ${at})`);
    await vault.makeTenantKeys(tx, at);
    return vault.tenant(tx);
  });
  return { tenantId, keys, vault, ring, ringKey };
}

const TICK_MS = 10;

/** Linux tells of a process in hundredths of a second; its children that ended are in it. */
async function serverMs(pid: number): Promise<number> {
  let all = 0;
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'latin1').catch(() => '');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent, own, ended] = [fields[1], fields.slice(11, 13), fields.slice(13, 15)];
    if (Number(name) !== pid && parent !== pid) continue;
    for (const ticks of Number(name) === pid ? [...own, ...ended] : own) all += ticks * TICK_MS;
  }
  return all;
}

/** Runs a bench on a PostgreSQL as `npm start` embeds it; nothing of it stays. */
export async function onGround(work: (ground: Ground) => Promise<void>): Promise<void> {
  const root = await mkdtemp(path.join(tmpdir(), 'bonheure-bench-'));
  const postgres = await startPostgres({ folder: path.join(root, 'pg'), durable: true });
  try {
    await migrate(postgres.url('bonheure', 'bonheure'));
    const url = postgres.url('bonheure_app', 'bonheure');
    const database = await openDatabase({ url, connections: 4, name: 'bench' });
    const own = async (text: string): Promise<Record<string, unknown>[]> => {
      const client = new Client({ connectionString: postgres.url('postgres', 'bonheure') });
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(text)).rows;
      } finally {
        await client.end();
      }
    };
    await work({
      url,
      urlOf: (name) => postgres.url('postgres', name),
      database,
      ...(await aTenant(database)),
      serverMs: () => serverMs(postgres.pid),
      own,
    });
    await database.close();
  } finally {
    await postgres.stop();
    await rm(root, { recursive: true, force: true });
  }
}
