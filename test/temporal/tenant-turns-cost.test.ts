import { describe, expect, it } from 'vitest';
import { aDatabase, aClient } from '../support/database.ts';
import { tenantBacklogs } from './tenant-backlogs.ts';

const MANY = 100_000;
const TENANTS = 500;

const { appUrl, superUrl } = await aDatabase();
const outside = await aClient(superUrl);
const app = await aClient(appUrl);
const look = async (sql: string, values: unknown[] = []) =>
  (await outside.query<Record<string, unknown>>(sql, values)).rows;
const write = tenantBacklogs(look, () => new Date().toISOString());

/** Counts the pages that a call reads, and the rows that it returns. */
async function costOf(call: string): Promise<{ pages: number; rows: number }> {
  const { rows } = await app.query<Record<string, string>>(
    `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) SELECT * FROM ${call}`,
  );
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  const count = (what: RegExp): number => Number(what.exec(plan)?.[1] ?? 0);
  return {
    pages: count(/shared hit=(\d+)/) + count(/read=(\d+)/),
    rows: count(/actual rows=(\d+)/),
  };
}

const CALLS = [
  { table: 'intent', call: 'due_intents(now(), 128)', most: 128 },
  { table: 'reminder_series', call: 'due_work(now(), 200)', most: 200 },
] as const;

describe('a turn over a large backlog', () => {
  it.each(CALLS)('of $table reads keys alone', async ({ table, call, most }) => {
    const fill = table === 'intent' ? write.intents : write.series;
    await look(`VACUUM ANALYZE ${table}`);
    // Plans are kept for a session: those made for an empty table too.
    for (let time = 0; time < 10; time += 1) await costOf(call);
    const [first = '', ...others] = await write.tenants(TENANTS);
    await fill(first, MANY);
    for (const other of others) await fill(other, 3);
    const before = await costOf(call);
    await look(`VACUUM ANALYZE ${table}`);
    const after = await costOf(call);
    expect([before.rows, after.rows]).toEqual([most, most]);
    // A few pages for each tenant and each row that is taken, whatever the backlog.
    expect(Math.max(before.pages, after.pages)).toBeLessThan(25 * (TENANTS + most));
  });
});
