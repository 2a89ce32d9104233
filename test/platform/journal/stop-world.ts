import { randomUUID } from 'node:crypto';
import express from 'express';
import { sql } from 'kysely';
import { openApiJournal } from '../../../src/main/journals.ts';
import { keyOf } from '../../../src/crypto/cipher.ts';
import type { Database } from '../../../src/platform/database/connection.ts';
import { KeyRing } from '../../../src/settings/key-ring.ts';
import { journalDoubt } from '../../../src/platform/database/process.repository.ts';
import { Vault } from '../../../src/platform/crypto/vault.ts';
import { readGateways } from '../../../src/settings/gateway-account.ts';
import { answerErrors } from '../../../src/web/server/answer.ts';
import { inboundPort } from '../../../src/web/public/inbound-port.ts';
import { inboundRouter } from '../../../src/web/public/inbound.ts';
import type { OptOutJournal } from '../../../src/web/server/journalled.ts';
import { Metrics } from '../../../src/web/health/metrics.ts';
import { RING_KEY, silent } from '../../pure/platform/journal/journal-on-disk.ts';
import { anOpenDatabase, type TestDatabase } from '../../support/database.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld, type SendWorld } from '../../support/send-world.ts';
import { afterFile, listen } from '../../support/after-file.ts';

/** An api that receives calls of an operator by HTTP, with its journal, beside a worker that sends. */
export interface StopWorld {
  readonly clock: ShiftedClock;
  readonly world: SendWorld;
  readonly vault: Vault;
  readonly database: Database;
  readonly journal: OptOutJournal;
  /** Somebody says STOP; the status that the operator is given. */
  readonly say: (from: string) => Promise<number>;
  readonly phoneOf: (batchId: string, seq: number) => Promise<string>;
  /** Why nothing may be marked, as the database has it. */
  readonly holds: () => Promise<string | undefined>;
  /** Every table that it had a lock on when a transaction of it ended, while something was done. */
  readonly touchedBy: (work: () => Promise<unknown>) => Promise<readonly string[]>;
  /** How many things are left alone for a number. */
  readonly bars: (phone: string) => Promise<number>;
}

/** Notes the tables that each transaction holds as it ends. */
const watched = (database: Database, touched: () => Set<string> | undefined): Database => ({
  ...database,
  outside: (work) =>
    database.outside(async (tx) => {
      const made = await work(tx);
      const tables = touched();
      if (tables === undefined) return made;
      const rows = await tx.rows(sql<{ name: string }>`
        SELECT DISTINCT c.relname AS name FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
         WHERE l.pid = pg_backend_pid() AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
           AND NOT c.relispartition`);
      for (const { name } of rows) tables.add(name);
      return made;
    }),
});

/** Opens one, closed after the file's tests. */
export async function aStopWorld(test: TestDatabase, journalFolder: string): Promise<StopWorld> {
  const clock = new ShiftedClock();
  const operator = await anOperator(clock);
  const world = await aSendWorld(operator, clock, { on: test });
  const { vault } = world;
  const database = await anOpenDatabase({ url: test.appUrl, connections: 8, name: 'test-api', ahead: true });
  const reserved = await anOpenDatabase({
    url: test.appUrl,
    connections: 2,
    name: 'test-stop',
    urgent: true,
  });
  const metrics = new Metrics();
  const journal = await openApiJournal({
    config: { journalFolder, journalDays: 35, gateways: [] },
    databaseUrl: test.appUrl,
    processId: randomUUID(),
    ring: new KeyRing([keyOf(1, RING_KEY)], 1),
    log: silent,
    clock,
    vault,
    database,
    metrics,
  });
  let touched: Set<string> | undefined;
  const parts = {
    vault,
    clock,
    database: watched(database, () => touched),
    reserved: watched(reserved, () => touched),
    metrics,
    journal: journal.optOuts,
    effective: () => undefined,
  };
  afterFile(() => journal.close());
  const url = await callsOf(parts, world.accountId);
  return {
    clock,
    world,
    vault,
    database,
    journal: journal.optOuts,
    say: (from) => sayStop(url, from),
    phoneOf: async (batchId, seq) => (await world.phones(batchId))[seq] ?? '',
    holds: () => world.database.outside(journalDoubt),
    touchedBy: async (work) => {
      const tables = new Set<string>();
      touched = tables;
      await work();
      touched = undefined;
      return [...tables];
    },
    bars: async (phone) => {
      const index = world.keys.phoneIndex(phone);
      const [row] = await world.query('SELECT count(*)::int AS n FROM suppression WHERE phone_index = $1', [
        index,
      ]);
      return Number(row?.['n']);
    },
  };
}

/** Serves the address at which the sandbox calls; returns it. */
async function callsOf(parts: Parameters<typeof inboundPort>[0], accountId: string): Promise<string> {
  const [account] = readGateways(undefined, { env: {}, used: () => undefined });
  if (account === undefined) throw new Error('no sandbox is configured');
  const port = inboundPort(parts, [{ id: accountId, secret: 'secret', account, inboundUrl: '' }]);
  const app = express().use('/v1/inbound', inboundRouter(port)).use(answerErrors(silent));
  return `${await listen(app)}/v1/inbound/${account.name}/secret`;
}

async function sayStop(url: string, from: string): Promise<number> {
  const event = {
    kind: 'reply',
    id: randomUUID(),
    at: '2026-11-24T10:00:00Z',
    from,
    to: '36180',
    text: 'STOP',
  };
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ events: [event] }),
  });
  return answer.status;
}
