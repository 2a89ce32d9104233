import { request } from 'node:http';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { aWay } from '../../../support/way.ts';
import { served } from '../../server/served.ts';

const way = await aWay();
const { ask, admin, url, database, tenantId } = await served({ through: way.folder });
const headers = { 'Content-Type': 'text/csv' };

const kept = async (): Promise<unknown[]> =>
  database.withTenant(tenantId, (tx) => tx.rows(sql`SELECT state FROM import WHERE state <> 'receiving'`));

describe('a list of people who left, brought while the database is away', () => {
  it('is refused, so that nobody relies on it', async () => {
    await ask('GET', '/v1/imports', { key: admin });
    await way.cut();
    const raw = 'telephone\n06 39 98 00 01\n';
    const { status, body } = await ask('POST', '/v1/imports?kind=suppressions', { key: admin, raw, headers });
    expect([status, body.code]).toEqual([503, 'DATABASE_UNAVAILABLE']);
    await way.mend();
    await expect.poll(kept).toEqual([]);
  });

  it('is refused when the database goes meanwhile', async () => {
    const status = await new Promise<number | 'cut'>((resolve) => {
      const call = request(`${url}/v1/imports?kind=suppressions`, {
        method: 'POST',
        headers: { ...headers, Authorization: `Bearer ${admin}`, Expect: '100-continue' },
      });
      call.on('response', (answer) => resolve(answer.statusCode ?? 0));
      call.on('error', () => resolve('cut'));
      call.write(`telephone\n${'06 39 98 00 01\n'.repeat(150_000)}`, () => {
        void way.cut().then(() => call.end('06 39 98 00 02\n'));
      });
    });
    expect([503, 'cut']).toContain(status);
    await way.mend();
    await expect.poll(kept).toEqual([]);
  });
});
