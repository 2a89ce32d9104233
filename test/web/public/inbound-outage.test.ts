import { sql } from 'kysely';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { PATIENT } from '../../../src/platform/database/statements.ts';
import { IS_LONG } from '../../support/cases.ts';
import { aWay } from '../../support/way.ts';
import { inboundServed, SECRET } from './inbound-served.ts';

const way = await aWay();
/** By day answers of a host that vanished are given up after some six seconds, at night after the 35 of an instance. */
const patience = IS_LONG ? PATIENT : { statementMs: 5_000, onItsWayMs: 1_000 };
const { api, at, ask, database, origin } = await inboundServed({ through: way.folder, patience });

const ready = async () => (await ask('GET', '/readyz')).status;
const tell = async (body: object) =>
  (await fetch(`${origin}/octopush/${SECRET}`, { method: 'POST', body: JSON.stringify(body) })).status;
const count = async (query: ReturnType<typeof sql>): Promise<number> => {
  const [row] = await database.outside((tx) => tx.rows(query as ReturnType<typeof sql<{ n: number }>>));
  return row?.n ?? 0;
};
const unread = () => count(sql`SELECT count(*)::int AS n FROM unread_delivery WHERE state = 'unread'`);
const stops = () => count(sql`SELECT count(*)::int AS n FROM inbound WHERE reading = 'stop'`);

describe('an operator’s call during a database outage', () => {
  it('is journaled, except for receipts, which are repeated', async () => {
    const [left, silenced] = [await unread(), await stops()];
    await way.cut();
    expect(await tell({ number: '+33639980401', text: 'STOP', reception_date: 'x' })).toBe(204);
    expect(await tell({ nobody: 'knows', these: 'fields' })).toBe(202);
    expect(
      await tell({ message_id: 'sms_1', number: '+33639980401', status: 'DELIVERED', delivery_date: 'x' }),
    ).toBe(503);
    await way.mend();
    await expect.poll(ready).toBe(200);
    expect([await unread(), await stops()]).toEqual([left + 1, silenced + 1]);
  });
});

describe('a database host that vanishes', () => {
  it('delays no STOP, which the journal keeps', async () => {
    const silenced = await stops();
    way.silence();
    expect(await tell({ number: '+33639980403', text: 'STOP', reception_date: 'x' })).toBe(204);
    way.speak();
    // Statements of the silence are given up in time, and some come after one another.
    await expect.poll(ready, { timeout: 150_000 }).toBe(200);
    await expect.poll(stops).toBe(silenced + 1);
  }, 200_000);
});

describe('a table that is locked', () => {
  it('delays no STOP, which the journal keeps', async () => {
    const [left, silenced] = [await unread(), await stops()];
    await database.outside(async (tx) => {
      await tx.run(sql`LOCK TABLE unread_delivery IN ACCESS EXCLUSIVE MODE`);
      expect(await tell({ number: '+33639980402', text: 'STOP', reception_date: 'x' })).toBe(204);
      expect(await tell({ nobody: 'knows', these: 'either' })).toBe(202);
    });
    await expect.poll(ready).toBe(200);
    await expect.poll(unread).toBe(left + 1);
    expect(await stops()).toBe(silenced + 1);
  });
});

describe('a table that refuses every call', () => {
  it('loses no STOP, which the journal keeps', async () => {
    const [left, silenced] = [await unread(), await stops()];
    const owner = new Client({ connectionString: at.superUrl });
    await owner.connect();
    await owner.query('ALTER TABLE unread_delivery ADD CONSTRAINT refuses CHECK (false) NOT VALID');
    const told = [
      await tell({ number: '+33639980404', text: 'STOP', reception_date: 'x' }),
      await tell({ nobody: 'knows', these: 'neither' }),
    ];
    await owner.query('ALTER TABLE unread_delivery DROP CONSTRAINT refuses');
    await owner.end();
    expect(told).toEqual([204, 202]);
    await expect.poll(stops).toBe(silenced + 1);
    await expect.poll(unread).toBe(left + 1);
  });
});

describe('a call that takes longer to keep than its operator waits', () => {
  const told = async (outcome: string): Promise<number> => {
    const found = await api.metrics.registry.getSingleMetric('bonheure_inbound_calls_total')?.get();
    const own = found?.values.filter(({ labels }) => labels['gateway'] === 'octopush') ?? [];
    return own.find(({ labels }) => labels['outcome'] === outcome)?.value ?? 0;
  };

  it('is counted unread once, then as repeated', async () => {
    const left = await unread();
    const [was, wasAgain] = [await told('unread'), await told('repeated')];
    const slow = new Client({ connectionString: at.superUrl });
    await slow.connect();
    await slow.query(
      `CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.7); RETURN NEW; END'`,
    );
    await slow.query(
      'CREATE TRIGGER slowly BEFORE INSERT ON unread_delivery FOR EACH ROW EXECUTE FUNCTION slowly()',
    );
    for (let times = 0; times < 2; times += 1) {
      expect([202, 204]).toContain(await tell({ nobody: 'knows', these: 'slow ones' }));
      await expect.poll(unread).toBe(left + 1);
    }
    await slow.query('DROP TRIGGER slowly ON unread_delivery');
    await slow.end();
    await expect
      .poll(async () => [await told('unread'), await told('repeated')])
      .toEqual([was + 1, wasAgain + 1]);
  });

  it('is counted once though journaled twice', async () => {
    const counted = async () => [await told('unread'), await told('repeated'), await unread()];
    const [was = 0, wasAgain = 0, left = 0] = await counted();
    const statuses = await database.outside(async (tx) => {
      await tx.run(sql`LOCK TABLE unread_delivery IN ACCESS EXCLUSIVE MODE`);
      // Answered while nobody knows where they will be kept.
      return Promise.all([1, 2].map(() => tell({ nobody: 'knows', these: 'twins' })));
    });
    expect(statuses).toEqual([202, 202]);
    await expect.poll(counted).toEqual([was + 1, wasAgain + 1, left + 1]);
  });
});
