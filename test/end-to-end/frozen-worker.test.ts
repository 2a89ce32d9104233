import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signedOnPaper } from '../support/flash-sale.ts';
import { holdTable, type HeldTable } from '../support/held-table.ts';
import { NIGHT } from '../support/cases.ts';
import { anInstance, until, type Instance } from '../support/instance.ts';
import { aSecondWorker, SECOND, type SecondWorker } from '../support/second-worker.ts';

const PEOPLE = 3_000;
const CALLED = 40;
const GATEWAYS = [{ name: 'sandbox', kind: 'sandbox', stopCode: '36180', ratePerSecond: 60 }];
let instance: Instance;
let second: SecondWorker | undefined;
let held: HeldTable | undefined;
let looking: Client;
let tenantId = '';
let frozen = 0;

beforeAll(async () => {
  instance = await anInstance({ gateways: GATEWAYS });
  await instance.moveClock('2027-03-30T14:30:00+02:00');
  tenantId = String((await instance.call('GET', '/v1/tenant')).body['id']);
  looking = new Client({ connectionString: (await instance.run()).databaseUrl });
  await looking.connect();
  await looking.query(`SELECT set_config('bonheure.tenant', $1, false)`, [tenantId]);
  second = await aSecondWorker(instance, GATEWAYS);
}, 240_000);

const letGo = async (): Promise<void> => {
  await held?.letGo();
  held = undefined;
};

afterEach(async () => {
  thaw();
  await letGo();
});

afterAll(async () => {
  await second?.stop();
  await looking.end();
  await instance.stop();
});

const count = async (text: string, values: readonly unknown[] = []): Promise<number> =>
  (await looking.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${text}`, [...values])).rows[0]?.n ?? 0;

interface Waiting {
  readonly pids: readonly number[];
  readonly isSecond: boolean;
}

/** Connections of a worker that wait for a table in the middle of a transaction. */
async function waitingFor(table: string): Promise<Waiting | undefined> {
  const { rows } = await looking.query<{ pid: number; name: string }>(
    `SELECT l.pid, a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
      WHERE l.relation = $1::regclass AND NOT l.granted`,
    [table],
  );
  const isSecond = rows[0]?.name === SECOND;
  const pids = rows.filter(({ name }) => (name === SECOND) === isSecond).map(({ pid }) => pid);
  return pids.length === 0 ? undefined : { pids, isSecond };
}

/** Transactions of those connections that nobody carries on. */
const abandoned = (pids: readonly number[]) =>
  count(`pg_stat_activity WHERE pid = ANY ($1::int[]) AND state = 'idle in transaction'`, [pids]);

/** Freezes the worker that waits for a table in the middle of a transaction; answers once that is nobody's. */
async function freezeInside(table: string): Promise<void> {
  const inside = await until(
    () => waitingFor(table),
    (waiting) => waiting !== undefined,
  );
  const { processes } = await instance.run();
  const first = processes.find(({ name }) => name === 'worker')?.pid;
  frozen = (inside?.isSecond === true ? second?.child.pid : first) ?? 0;
  process.kill(frozen, 'SIGSTOP');
  await letGo();
  const open = await until(
    () => abandoned(inside?.pids ?? []),
    (left) => left > 0,
  );
  expect(open).toBeGreaterThan(0);
}

function thaw(): void {
  if (frozen !== 0) process.kill(frozen, 'SIGCONT');
  frozen = 0;
}

const told = (what: string, since: number): void => {
  process.stdout.write(`frozen in ${what}: the other goes on after ${Date.now() - since} ms\n`);
};

const phones = Array.from({ length: PEOPLE }, (_, turn) => `0639${98_0000 + turn}`);

describe('a worker that is frozen beside one that works', { timeout: 240_000, ...NIGHT }, () => {
  it('inside a merge is replaced, without double rows', async () => {
    held = await holdTable((await instance.run()).databaseUrl, 'consent');
    const { body } = await instance.call('POST', '/v1/imports?kind=contacts', signedOnPaper(phones), {
      'content-type': 'text/csv',
    });
    const importId = String(body['id']);
    await freezeInside('consent');
    const since = Date.now();
    await until(
      () => count('import_row WHERE import_id = $1', [importId]),
      (rows) => rows > 0,
    );
    told('a merge', since);
    thaw();
    const { body: read } = await until(
      () => instance.call('GET', `/v1/imports/${importId}`),
      (answer) => answer.body['state'] === 'finished',
    );
    expect(read).toMatchObject({ rows: PEOPLE, rejected: 0 });
    expect(await count('import_row WHERE import_id = $1', [importId])).toBe(PEOPLE);
    for (const table of ['contact', 'consent', 'consent_event']) expect(await count(table)).toBe(PEOPLE);
  });

  it('inside a plan is replaced, without double messages', async () => {
    const { rows } = await looking.query<{ id: string }>(
      `SELECT id FROM contact ORDER BY id LIMIT ${CALLED}`,
    );
    const { body } = await instance.call('POST', '/v1/campaigns', {
      name: 'Vente flash',
      purpose: 'marketing',
      sender: 'LUMIERE',
      text: 'Maison Lumière : -30 % en boutique. {stop}',
      audience: { contactIds: rows.map(({ id }) => id) },
      startAt: '2027-03-30T15:30:00+02:00',
    });
    const id = String(body['id']);
    await instance.call('POST', `/v1/campaigns/${id}/launch`, {});
    await until(
      () => count('campaign WHERE id = $1 AND next_action_at IS NOT NULL', [id]),
      (planned) => planned === 1,
    );
    // A plan reads whether the campaign comes again once it holds the campaign.
    held = await holdTable((await instance.run()).databaseUrl, 'recurrence', 'ACCESS EXCLUSIVE');
    await instance.moveClock('2027-03-30T15:30:05+02:00');
    await freezeInside('recurrence');
    const since = Date.now();
    await until(
      () => count(`campaign WHERE id = $1 AND status = 'running'`, [id]),
      (running) => running === 1,
    );
    told('a plan', since);
    const leaving = async () => (await instance.log()).filter(({ reference }) => reference !== '').length;
    await until(leaving, (sent) => sent > 0);
    told('a plan, up to the first message', since);
    thaw();
    const { body: ended } = await until(
      () => instance.call('GET', `/v1/campaigns/${id}`),
      (answer) => answer.body['status'] === 'finished',
    );
    expect(ended['accounts']).toMatchObject({ audience: CALLED, accepted: CALLED, uncertain: 0, pending: 0 });
    const sent = (await instance.log()).map(({ to }) => to);
    expect(sent).toHaveLength(CALLED);
    expect(new Set(sent).size).toBe(CALLED);
    expect(await count(`audit_entry WHERE subject = $1 AND action = 'campaign.started'`, [id])).toBe(1);
  });
});
