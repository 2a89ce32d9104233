import { Writable } from 'node:stream';
import { sql } from 'kysely';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../src/platform/database/connection.ts';
import { CopyRows } from '../../../src/platform/database/copy-rows.ts';
import { inOneWrite } from '../../../src/platform/database/statements.ts';
import { aDatabase, anOpenDatabase } from '../../support/database.ts';
import { aShop } from '../../people/import/shop.ts';

const test = await aDatabase();
const { appUrl, superUrl } = test;
const urgent = await anOpenDatabase({ url: appUrl, connections: 1, name: 'urgent', urgent: true });
const ahead = await anOpenDatabase({ url: appUrl, connections: 1, name: 'ahead', ahead: true });
const plain = await anOpenDatabase({ url: appUrl, connections: 2, name: 'plain' });
const [one, other] = [await aShop(plain, test), await aShop(plain, test)];

const names = sql<{ name: string }>`SELECT name FROM tenant`;
const renamed = (name: string) => sql`UPDATE tenant SET name = ${name}`;

/** Counts what reaches the kernel by one call. */
class Wire extends Writable {
  readonly calls: number[] = [];

  override _write(_piece: unknown, _encoding: string, done: () => void): void {
    this.calls.push(1);
    done();
  }

  override _writev(pieces: readonly unknown[], done: () => void): void {
    this.calls.push(pieces.length);
    done();
  }
}

describe('what is asked in one turn', () => {
  it('leaves in one write per turn', async () => {
    const stream = new Wire();
    const client = new Client(superUrl);
    Object.assign(client, { connection: { stream } });
    for (const statements of [3, 2]) {
      inOneWrite(client);
      inOneWrite(client);
      for (let turn = 0; turn < statements; turn += 1) stream.write(`statement ${turn}`);
      await new Promise((next) => setImmediate(next));
    }
    expect(stream.calls).toEqual([3, 2]);
  });
});

describe('a transaction that asks ahead', () => {
  it('is planned as any other, each time', async () => {
    const prepared = await ahead.withTenant(one.id, async (tx) => {
      await tx.run(renamed('Maison Lumière'));
      return [
        await tx.rows(names),
        await tx.rows(sql`SELECT name FROM pg_prepared_statements`),
        await tx.first(sql`SHOW plan_cache_mode`),
      ];
    });
    expect(prepared).toEqual([[{ name: 'Maison Lumière' }], [], { plan_cache_mode: 'auto' }]);
  });

  it('continues from a savepoint as if nothing failed', async () => {
    const seen = await ahead.withTenant(one.id, async (tx) => {
      await tx.run(sql`SAVEPOINT here`);
      const failed = await tx.run(sql`SELECT 1 / 0`).catch((cause: unknown) => String(cause));
      await tx.run(sql`ROLLBACK TO SAVEPOINT here`);
      await tx.run(renamed('Après'));
      return failed;
    });
    expect(seen).toContain('division by zero');
    expect(await plain.withTenant(one.id, (tx) => tx.rows(names))).toEqual([{ name: 'Après' }]);
    await plain.withTenant(one.id, (tx) => tx.run(renamed('Maison Lumière')));
  });

  it('is not committed after an ignored failure', async () => {
    const passedOver = ahead.withTenant(one.id, async (tx) => {
      await tx.run(renamed('Perdu'));
      await tx.run(sql`SELECT 1 / 0`).catch(() => undefined);
    });
    await expect(passedOver).rejects.toThrow('division by zero');
    expect(await plain.withTenant(one.id, (tx) => tx.rows(names))).toEqual([{ name: 'Maison Lumière' }]);
  });
});

describe('a transaction that must not wait', () => {
  it('accesses one tenant until it speaks for another', async () => {
    const seen = await urgent.withTenant(one.id, async (tx) => {
      const changed = await tx.run(renamed('Urgence'));
      const within = await tx.as(other.id);
      return [changed, await within.rows(names)];
    });
    expect(seen).toEqual([1, [{ name: 'Maison Lumière' }]]);
    expect(await plain.withTenant(one.id, (tx) => tx.rows(names))).toEqual([{ name: 'Urgence' }]);
    expect(await urgent.outside((tx) => tx.rows(names))).toEqual([]);
  });

  it('reads and writes values as every other does', async () => {
    const statement = sql<Record<string, unknown>>`
      SELECT ${'2026-11-25T10:00:00Z'}::timestamptz AS at, ${Buffer.from('00ff', 'hex')}::bytea AS bytes,
             ${['a', 'b']}::text[] AS list, ${'{"a":1}'}::jsonb AS json, 12.50::numeric AS money, 1::bigint AS big, '2026-11-25'::date AS day`;
    const ask = (database: typeof urgent) => database.outside((tx) => tx.first(statement));
    expect(await ask(urgent)).toEqual(await ask(plain));
    expect(await ask(urgent)).toEqual(await ask(plain));
  });

  it('receives answers in the order of its questions', async () => {
    const asked = Array.from({ length: 50 }, (_, turn) => turn);
    const heard = await urgent.outside((tx) =>
      Promise.all(
        asked.map(async (turn) => (await tx.first(sql<{ n: number }>`SELECT ${turn}::int AS n`))?.n),
      ),
    );
    expect(heard).toEqual(asked);
  });

  it('finds uncertain messages by key in small tables', async () => {
    const inDoubt = sql<Record<string, string>>`
      EXPLAIN SELECT m.seq, s.key, c.sealed FROM message m JOIN submission s ON s.id = m.submission_id
        LEFT JOIN contact c ON c.id = m.contact_id WHERE m.batch_id = ${one.id}::uuid AND m.state = 'uncertain'`;
    const planOf = async (database: typeof urgent): Promise<string> =>
      JSON.stringify(await database.withTenant(one.id, (tx) => tx.rows(inDoubt)));
    expect(await planOf(urgent)).not.toMatch(/Seq Scan|Hash|Bitmap|Merge/);
    expect(await planOf(plain)).toMatch(/Seq Scan|Hash|Bitmap|Merge/);
  });

  it('finds a page’s people by id before analysis', async () => {
    const outside = new Client({ connectionString: superUrl });
    await outside.connect();
    await outside.query(
      `INSERT INTO contact (id, tenant_id, phone_index, sealed, territory, time_zone, place_from, line_type, created_at, updated_at)
       SELECT uuidv7(), $1, sha256(n::text::bytea), '\\x00', 'FR', 'Europe/Paris', 'address', 'mobile', now(), now() FROM generate_series(1, 3000) n`,
      [one.id],
    );
    await outside.end();
    const page = sql<Record<string, string>>`
      EXPLAIN WITH due AS MATERIALIZED (SELECT seq, contact_id FROM message WHERE batch_id = ${one.id}::uuid ORDER BY seq LIMIT 500)
        SELECT due.seq, c.sealed FROM due LEFT JOIN contact c ON c.id = due.contact_id`;
    const plan = JSON.stringify(await urgent.withTenant(one.id, (tx) => tx.rows(page)));
    expect(plan).not.toMatch(/Materialize|Join Filter/);
    expect(plan).toContain('id = due.contact_id');
  });

  it('rolls back when a statement fails, naming it', async () => {
    const failing = urgent.withTenant(one.id, (tx) =>
      Promise.all([tx.run(renamed('Perdu')), tx.run(sql`SELECT 1 / 0`), tx.run(renamed('Perdu aussi'))]),
    );
    await expect(failing).rejects.toThrow('division by zero');
    expect(await urgent.withTenant(one.id, (tx) => tx.rows(names))).toEqual([{ name: 'Urgence' }]);
  });

  it('is not committed after an ignored failure', async () => {
    const passedOver = urgent.withTenant(one.id, async (tx) => {
      await tx.run(renamed('Perdu'));
      await tx.run(sql`SELECT 1 / 0`).catch(() => undefined);
    });
    await expect(passedOver).rejects.toThrow('division by zero');
    expect(await urgent.withTenant(one.id, (tx) => tx.rows(names))).toEqual([{ name: 'Urgence' }]);
  });

  it('is not committed when its work throws', async () => {
    const given = urgent.withTenant(one.id, async (tx) => {
      await tx.run(renamed('Perdu'));
      throw new RangeError('given up');
    });
    await expect(given).rejects.toThrow(RangeError);
    expect(await urgent.withTenant(one.id, (tx) => tx.rows(names))).toEqual([{ name: 'Urgence' }]);
  });

  it('refuses queries after its end', async () => {
    const rows = new CopyRows(1);
    const kept = await urgent.withTenant(one.id, (tx) =>
      Promise.resolve({
        ask: () => tx.rows(names),
        enter: () => tx.as(other.id),
        copy: () => tx.copy('nothing', rows),
      }),
    );
    await expect(kept.ask()).rejects.toThrow('has ended');
    await expect(kept.enter()).rejects.toThrow('has ended');
    await expect(kept.copy()).rejects.toThrow('has ended');
  });

  it('is lost with its connection, then replaced', async () => {
    const outside = new Client({ connectionString: superUrl });
    await outside.connect();
    const lost = urgent.withTenant(one.id, async (tx) => {
      const row = await tx.first(sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`);
      await outside.query('SELECT pg_terminate_backend($1)', [row?.pid]);
      await tx.run(renamed('Perdu'));
    });
    await expect(lost).rejects.toThrow(/terminat|connection/i);
    await outside.end();
    expect(await urgent.withTenant(one.id, (tx) => tx.rows(names))).toEqual([{ name: 'Urgence' }]);
  });

  it('lets its guard speak first', async () => {
    const heard: string[] = [];
    const guarded = await openDatabase({
      url: appUrl,
      connections: 1,
      name: 'guarded',
      urgent: true,
      guard: async (tx) => {
        heard.push(...(await tx.rows(names)).map(({ name }) => name));
      },
    });
    await guarded.outside(async (tx) => (await tx.as(one.id)).rows(names));
    await guarded.close();
    expect(heard).toEqual(['Urgence']);
  });
});
