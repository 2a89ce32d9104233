import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import { Pool } from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { openDatabase, type DatabaseOptions } from '../../../src/platform/database/connection.ts';
import { SILENT_MS } from '../../../src/platform/database/statements.ts';
import { until } from '../../../src/base/promises.ts';
import { NIGHT } from '../../support/cases.ts';
import { aDatabase } from '../../support/database.ts';

const { appUrl, superUrl } = await aDatabase();
const outside = new Pool({ connectionString: superUrl });
// A pool ends before its connections have closed: the database may be dropped under one of them.
outside.on('error', () => undefined);
afterAll(() => outside.end());

const CONNECTIONS = 3;

const KINDS: readonly [string, Pick<DatabaseOptions, 'ahead' | 'urgent'>][] = [
  ['asks one statement after the other', {}],
  ['asks ahead', { ahead: true }],
  ['is urgent', { urgent: true }],
];

/** Most connections are such ones; the other kinds are left to the night. */
const OF_THE_DAY = 'asks ahead';
const when = (name: string): Partial<typeof NIGHT> => (name === OF_THE_DAY ? {} : NIGHT);

describe.each(KINDS)('a pool that %s', (which, kind) => {
  it('survives the server ending transactions repeatedly', when(which), async () => {
    const database = await openDatabase({ url: appUrl, connections: CONNECTIONS, name: 'ended', ...kind });
    const unhandled: unknown[] = [];
    const told = (cause: unknown): void => void unhandled.push(cause);
    process.on('unhandledRejection', told).on('uncaughtException', told);
    for (let turn = 0; turn < 4 * CONNECTIONS; turn += 1) {
      const lost = database.outside(async (tx) => {
        const { pid } = (await tx.first(sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`)) ?? { pid: 0 };
        await outside.query(`SELECT pg_terminate_backend($1, 5000)`, [pid]);
        // Half of them learn of it by a statement of theirs, half by the one that ends the transaction.
        if (turn % 2 === 0) await tx.first(sql`SELECT 1`);
      });
      await expect(lost).rejects.toBeInstanceOf(Error);
    }
    const all = Array.from({ length: CONNECTIONS }, () =>
      database.outside((tx) => tx.first(sql<{ one: number }>`SELECT 1 AS one, pg_sleep(0.05)`)),
    );
    expect(await Promise.all(all)).toHaveLength(CONNECTIONS);
    expect(await until(() => database.connections().busy === 0, 5_000)).toBe(true);
    expect(database.connections().waiting).toBe(0);
    await database.close();
    process.off('unhandledRejection', told).off('uncaughtException', told);
    expect(unhandled).toEqual([]);
  });
});

// Each waits for longer than a silence may last: all kinds beside each other.
describe.concurrent.each(KINDS)('a pool that %s', (name, kind) => {
  it('keeps a transaction that waits for something else', when(name), async () => {
    const database = await openDatabase({ url: appUrl, connections: 1, name, ...kind });
    const kept = database.outside(async (tx) => {
      await tx.first(sql`SELECT 1`);
      await until(async () => (await silentFor(name)) >= 1.5 * SILENT_MS, 4 * SILENT_MS);
      return tx.first(sql`SELECT 2 AS two`);
    });
    expect(await kept).toEqual({ two: 2 });
    await database.close();
  });

  it('drops a frozen process’s transaction and locks', when(name), async () => {
    const frozen = `${name}, frozen`;
    const args = [
      'test/platform/database/frozen-holder.ts',
      appUrl,
      JSON.stringify({ name: frozen, ...kind }),
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('held');
    child.kill('SIGSTOP');
    expect(await until(async () => (await openOf(frozen)) === 1, SILENT_MS)).toBe(true);
    expect(await until(async () => (await openOf(frozen)) === 0, 4 * SILENT_MS)).toBe(true);
    child.kill('SIGCONT');
    expect((await lines.next()).value).toBe('refused');
    expect((await lines.next()).value).toBe('served');
    await once(child, 'exit');
  });
});

/** Connections of that name that are in a transaction. */
async function openOf(name: string): Promise<number> {
  const { rows } = await outside.query(
    `SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND state LIKE 'idle in transaction%'`,
    [name],
  );
  return rows.length;
}

/** For how long its transaction has been open. */
async function silentFor(name: string): Promise<number> {
  const { rows } = await outside.query<{ ms: number }>(
    `SELECT extract(epoch FROM clock_timestamp() - xact_start)::float8 * 1000 AS ms
       FROM pg_stat_activity WHERE application_name = $1 AND xact_start IS NOT NULL`,
    [name],
  );
  return rows[0]?.ms ?? Number.POSITIVE_INFINITY;
}
