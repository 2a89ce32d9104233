import { once } from 'node:events';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Postgres, startPostgres } from '../../../src/main/embedded/postgres.ts';
import { until } from '../../../src/base/promises.ts';
import { runs, standIn } from './stand-in-process.ts';
import { NIGHT } from '../../support/cases.ts';
import { aQuickFolder } from '../../support/quick-folder.ts';

let folder = '';
let started: Postgres[] = [];

beforeEach(async () => {
  folder = await aQuickFolder('pg');
});
afterEach(async () => {
  await Promise.all(started.map((one) => one.stop()));
  started = [];
  await rm(folder, { recursive: true });
});

async function start(name = 'data'): Promise<Postgres> {
  const postgres = await startPostgres({ folder: path.join(folder, name), durable: true });
  started.push(postgres);
  return postgres;
}

async function ask(
  postgres: Postgres,
  sql: string,
  role: 'postgres' | 'bonheure' | 'bonheure_app' = 'bonheure',
): Promise<unknown[]> {
  const client = new Client({ connectionString: postgres.url(role, 'bonheure') });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded PostgreSQL', () => {
  it('keeps committed data across a stop', NIGHT, async () => {
    const first = await start();
    await ask(first, 'CREATE TABLE kept AS SELECT 1 AS one');
    await first.stop();
    expect(await ask(await start(), 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  });

  it('keeps committed data across a kill', async () => {
    const first = await start();
    await ask(first, 'CREATE TABLE kept AS SELECT 1 AS one');
    process.kill(first.pid, 'SIGKILL');
    expect((await first.ended).signal).toBe('SIGKILL');
    expect(await ask(await start(), 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  });

  it('dies with its parent, and starts again', NIGHT, async () => {
    const { child, said } = await standIn(['postgres', path.join(folder, 'data')]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const postgres = await start();
    expect(postgres.pid).not.toBe(said['pid']);
    expect(await runs(Number(said['pid']))).toBe(false);
  });

  it('starts over files of a dead server', NIGHT, async () => {
    await (await start()).stop();
    const data = path.join(folder, 'data');
    await writeFile(path.join(data, 'postmaster.pid'), `${process.pid}\n${data}\n1\n5432\n.\n\n0 0\n`);
    await writeFile(path.join(data, '.s.PGSQL.5432.lock'), `${process.pid}\n`);
    expect(await ask(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('starts afresh after a half-killed first start', NIGHT, async () => {
    await mkdir(path.join(folder, 'data.new', 'base'), { recursive: true });
    expect(await ask(await start(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('has a socket however long its path', NIGHT, async () => {
    const postgres = await start('x'.repeat(120));
    expect(Buffer.byteLength(path.join(postgres.socketFolder, '.s.PGSQL.5432'))).toBeLessThan(108);
    expect(await ask(postgres, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('lives in a folder closed to others', NIGHT, async () => {
    await mkdir(path.join(folder, 'closed'), { mode: 0o700 });
    expect(await ask(await start('closed/data'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await stat(path.join(folder, 'closed'))).mode & 0o777).toBe(0o700);
  });

  it('listens on no network, and checks its pages', async () => {
    const postgres = await start();
    expect(
      await ask(
        postgres,
        `SELECT current_setting('listen_addresses') AS network, current_setting('data_checksums') AS checksums,
                current_setting('fsync') AS fsync`,
      ),
    ).toEqual([{ network: '', checksums: 'on', fsync: 'on' }]);
  });

  it('gives the application an unprivileged role', async () => {
    expect(
      await ask(
        await start(),
        `SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, pg_get_userbyid(datdba) AS owner
         FROM pg_roles, pg_database WHERE rolname = current_user AND datname = 'bonheure'`,
        'bonheure_app',
      ),
    ).toEqual([
      {
        rolname: 'bonheure_app',
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        owner: 'bonheure',
      },
    ]);
  });

  it('leaves no process behind once stopped', NIGHT, async () => {
    const postgres = await start();
    await postgres.stop();
    expect(await until(async () => !(await runs(postgres.pid)), 1000)).toBe(true);
  });
});
