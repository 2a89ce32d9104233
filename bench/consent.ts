import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { Client } from 'pg';
import { instant, ProcessClock } from '../src/clock.ts';
import { addAnchor } from '../src/contacts/anchor.repository.ts';
import { linkChain } from '../src/contacts/chain.ts';
import { readHead } from '../src/contacts/chain.repository.ts';
import { treeRoot } from '../src/contacts/chain-tree.ts';
import { leavesOf, rememberBlocks } from '../src/contacts/chain-tree.repository.ts';
import { evidenceKey } from '../src/contacts/evidence-key.ts';
import { evidenceOf } from '../src/contacts/evidence.ts';
import { recordConsents } from '../src/contacts/record-consents.ts';
import { upsertContacts } from '../src/contacts/upsert-contacts.ts';
import { walkChain } from '../src/contacts/verify-chain.ts';
import { addWording } from '../src/contacts/wording.ts';
import { keyOf, newKeyBytes } from '../src/database/cipher.ts';
import { openDatabase, type Database } from '../src/database/connection.ts';
import { KeyRing } from '../src/database/key-ring.ts';
import { migrate } from '../src/database/migrate.ts';
import { Vault, type TenantKeys } from '../src/database/vault.ts';
import { startPostgres } from '../src/embedded/postgres.ts';
import { readPhone } from '../src/sms/phone-number.ts';
import { machine } from './machine.ts';

const SLICE = 2_000;
const clock = new ProcessClock({ movable: false });

interface Ground {
  readonly database: Database;
  readonly tenantId: string;
  readonly keys: TenantKeys;
}

async function aTenant(database: Database): Promise<Ground> {
  const tenantId = randomUUID();
  const at = instant(clock.machine()).toISO();
  const vault = new Vault(new KeyRing([keyOf(1, newKeyBytes())], 1));
  const keys = await database.withTenant(tenantId, async (tx) => {
    await tx.run(sql`INSERT INTO tenant (id, name, legal_name, territory, time_zone, settings, created_at, updated_at)
      VALUES (${tenantId}, 'Bench', 'Bench SAS', 'FR', 'Europe/Paris', '{}', ${at}, ${at})`);
    await vault.makeTenantKeys(tx, at);
    return vault.tenant(tx);
  });
  return { database, tenantId, keys };
}

/** People who agreed on paper, as an import records them; answers their ids. */
async function agreed({ database, tenantId, keys }: Ground, count: number): Promise<string[]> {
  const deps = { keys, clock };
  const wording = await database.withTenant(tenantId, (tx) =>
    addWording(tx, deps, { text: 'Offres de Bench par SMS. STOP.', purposes: ['marketing'] }),
  );
  const ids: string[] = [];
  for (let first = 0; first < count; first += SLICE) {
    const size = Math.min(SLICE, count - first);
    const lines = Array.from({ length: size }, (_, turn) =>
      readPhone(`+336${String(10_000_000 + first + turn)}`),
    );
    const people = await database.withTenant(tenantId, async (tx) => {
      const told = lines.flatMap((line) => (line.kind === 'mobile' ? [{ line }] : []));
      const made = await upsertContacts(tx, deps, told);
      await recordConsents(
        tx,
        deps,
        made.map(({ id }) => ({
          contactId: id,
          purpose: 'marketing' as const,
          wordingId: wording.id,
          method: 'paper' as const,
          evidence: { documentRef: `B-${id}` },
          grantedAt: '2026-03-01T10:00:00Z',
          actor: 'key:bench',
        })),
      );
      return made;
    });
    ids.push(...people.map(({ id }) => id));
  }
  return ids;
}

const figure = (value: number): string => Math.round(value).toLocaleString('en');

async function timed<T>(work: () => Promise<T>): Promise<{ readonly made: T; readonly ms: number }> {
  const began = performance.now();
  const made = await work();
  return { made, ms: performance.now() - began };
}

async function linkAll({ database, tenantId }: Ground): Promise<number> {
  for (let all = 0; ;) {
    const linked = await database.withTenant(tenantId, (tx) => linkChain(tx, 'consent'));
    all += linked;
    if (linked === 0) return all;
  }
}

/** An anchor without an authority: what a file costs does not depend on who stamped. */
async function anchorHead({ database, tenantId }: Ground): Promise<void> {
  await database.withTenant(tenantId, async (tx) => {
    const head = await readHead(tx, 'consent');
    if (head === undefined) return;
    await rememberBlocks(tx, 'consent', head.position);
    const root = (await treeRoot(await leavesOf(tx, 'consent'), head.position)).toString('hex');
    const token = Buffer.alloc(0);
    const stampedAt = instant(clock.machine()).toISO();
    await addAnchor(tx, {
      chain: 'consent',
      position: head.position,
      head: head.hash,
      root,
      statement: '{}',
      token,
      stampedAt,
    });
  });
}

async function evidenceTimes(
  { database, tenantId, keys }: Ground,
  ids: readonly string[],
): Promise<number[]> {
  const signing = evidenceKey(keyOf(1, newKeyBytes()).key, tenantId);
  const took: number[] = [];
  for (let turn = 0; turn < 50; turn += 1) {
    const contactId = ids[Math.floor((ids.length * turn) / 50)] ?? '';
    const madeAt = instant(clock.machine()).toISO();
    const { ms } = await timed(() =>
      database.withTenant(tenantId, (tx) =>
        evidenceOf(tx, { keys, clock, signing }, { contactId, clear: true, madeAt }),
      ),
    );
    took.push(ms);
  }
  return took.toSorted((one, other) => one - other);
}

const TICK_MS = 10;

/** Processor time of a process so far, in milliseconds; Linux tells it in hundredths. */
async function spent(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  const [user = '0', system = '0'] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) * TICK_MS;
}

/** Walks along the chain; answers the processor time that program and server took, in milliseconds. */
function walked({ database, tenantId }: Ground): Promise<number> {
  return database.withTenant(tenantId, async (tx) => {
    const row = await tx.first(sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`);
    const all = async () => (await spent(row?.pid ?? 0)) + (await spent(process.pid));
    const before = await all();
    await walkChain(tx, 'consent');
    return (await all()) - before;
  });
}

/** What the server does by itself within a minute. */
async function tidy(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('VACUUM ANALYZE');
  await client.end();
}

async function measure(
  ground: Ground,
  { count, tidied }: { readonly count: number; readonly tidied: () => Promise<void> },
): Promise<void> {
  const say = (text: string) => process.stdout.write(`${text}\n`);
  const { made: ids, ms: recording } = await timed(() => agreed(ground, count));
  say(`recorded: ${figure(ids.length)} consents, ${figure((ids.length * 1_000) / recording)}/s`);
  const { made: linked, ms: linking } = await timed(() => linkAll(ground));
  say(`chained: ${figure(linked)} events in ${figure(linking)} ms, ${figure((linked * 1_000) / linking)}/s`);
  await tidied();
  const anchoring = await timed(() => anchorHead(ground));
  say(`rooted for a time stamp: ${figure(anchoring.ms)} ms`);
  const walk = await timed(() => walked(ground));
  say(
    `verified: ${figure((linked * 1_000) / walk.ms)} events/s; ${figure((linked * 1_000) / walk.made)} per second of processor time`,
  );
  const took = await evidenceTimes(ground, ids);
  const at = (part: number): string => (took[Math.floor((took.length - 1) * part)] ?? 0).toFixed(1);
  say(
    `evidence of one person among ${figure(ids.length)}: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(1)} ms`,
  );
}

/** How fast consents are chained and verified, and one person's evidence is made; `npm run bench -- consent 1000000`. */
export async function bench(): Promise<void> {
  const count = Number(process.argv[3] ?? 100_000);
  const root = await mkdtemp(path.join(tmpdir(), 'bonheure-bench-'));
  process.stdout.write(`${machine('@mikro-orm/core')}\n`);
  const postgres = await startPostgres({ folder: path.join(root, 'pg'), durable: true });
  try {
    await migrate(postgres.url('bonheure', 'bonheure'));
    const database = await openDatabase({
      url: postgres.url('bonheure_app', 'bonheure'),
      connections: 4,
      name: 'bench',
    });
    await measure(await aTenant(database), {
      count,
      tidied: () => tidy(postgres.url('postgres', 'bonheure')),
    });
    await database.close();
  } finally {
    await postgres.stop();
    await rm(root, { recursive: true, force: true });
  }
}
