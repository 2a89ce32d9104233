import { globSync, readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { root } from '../../../documents/root.ts';
import { socketUrl } from '../../../src/main/embedded/postgres.ts';
import { digestOfSchema, SCHEMA_KINDS, schemaOf, seedsOf, type SchemaKind } from '../../support/schema.ts';

/**
 * Digests of what the 99 migrations before the first one made, taken from a database that had run them.
 *
 * Whoever changes the first migration changes nothing in a database that has run it: write another one.
 */
const BEFORE: Readonly<Record<Exclude<SchemaKind, 'roles'>, string>> = {
  types: 'b9f0b40254a197d0',
  tables: '73a0a9f246e7e197',
  columns: '0f740c230ef09e73',
  constraints: 'ded89f879c2797ee',
  indexes: 'ec57e713f18b6828',
  sequences: 'e3b0c44298fc1c14',
  functions: '1d834dd6cf7a7684',
  triggers: 'a482b85aec3fc274',
  policies: 'bf598815eb5cadce',
  rights: '6fa354c10e5a7a0d',
  others: '9901243e18bbfef2',
};
const SEEDS = 'd7b50695651cbb59';

const name = `t_first_migration_${randomBytes(4).toString('hex')}`;
const { superUrl, socketFolder } = inject('postgres');
let client: Client;

async function connected(url: string): Promise<Client> {
  const one = new Client({ connectionString: url });
  await one.connect();
  return one;
}

async function administer(sql: string): Promise<void> {
  const one = await connected(superUrl);
  await one.query(sql);
  await one.end();
}

beforeAll(async () => {
  await administer(`CREATE DATABASE ${name} OWNER bonheure`);
  client = await connected(socketUrl(socketFolder, 'bonheure', name));
  await client.query('CREATE TABLE migration (id serial PRIMARY KEY, name text, executed_at timestamptz)');
  await client.query('BEGIN; SET LOCAL check_function_bodies = off');
  const parts = globSync('migrations/first-*.sql', { cwd: root }).toSorted();
  for (const part of parts) await client.query(readFileSync(new URL(part, root), 'utf8'));
  await client.query('COMMIT');
});

afterAll(async () => {
  await client.end();
  await administer(`DROP DATABASE ${name}`);
});

describe('the first migration', () => {
  it.each(SCHEMA_KINDS.filter((kind) => kind !== 'roles'))('makes the same %s as before', async (kind) => {
    expect(digestOfSchema(await schemaOf(client, kind))).toBe(BEFORE[kind]);
  });

  it('leaves the same rows', async () => {
    expect(digestOfSchema(await seedsOf(client))).toBe(SEEDS);
  });

  it('gives the owner the role of lookups', async () => {
    const roles = await schemaOf(client, 'roles');
    expect(roles.filter((line) => line.startsWith('bonheure: '))).toEqual([
      expect.stringContaining('member of bonheure_lookup'),
    ]);
  });
});
