import { Client } from 'pg';
import { describe, expect, inject, it } from 'vitest';
import { aDatabase } from '../../support/database.ts';

const database = await aDatabase();

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('a database of a test file', () => {
  it.each([
    { who: 'the owner', url: database.ownerUrl, role: 'bonheure', bypasses: false },
    { who: 'the application', url: database.appUrl, role: 'bonheure_app', bypasses: false },
    { who: 'somebody who looks from outside', url: database.superUrl, role: 'postgres', bypasses: true },
  ])('opens to $who', async ({ url, role, bypasses }) => {
    const mine = `SELECT current_user AS role, rolbypassrls AS bypasses FROM pg_roles WHERE rolname = current_user`;
    expect(await ask(url, mine)).toEqual([{ role, bypasses }]);
  });

  it('was migrated', async () => {
    expect(await ask(database.superUrl, `SELECT to_regclass('message') IS NOT NULL AS there`)).toEqual([
      { there: true },
    ]);
  });

  it('runs beside a Temporal', () => {
    expect(inject('temporal').address).toMatch(/^127\.0\.0\.1:\d+$/);
  });
});
