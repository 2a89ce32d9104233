import { randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { keyOf } from '../../src/crypto/cipher.ts';
import { openDatabase, type Database } from '../../src/platform/database/connection.ts';
import { openLog } from '../../src/platform/log.ts';
import { openTemporal, type Temporal } from '../../src/temporal/connection.ts';
import type { ConductDeps } from '../../src/temporal/dispatcher.ts';
import { PayloadSealer } from '../../src/temporal/payload-codec.ts';
import { aDatabase } from '../support/database.ts';
import { ShiftedClock } from '../support/law-clock.ts';
import { aNamespace } from '../workflows/stage.ts';
import { afterFile } from '../support/after-file.ts';

/** A migrated database beside an empty namespace, and rows to conduct. */
export interface World {
  readonly deps: ConductDeps;
  readonly database: Database;
  readonly appUrl: string;
  readonly clock: ShiftedClock;
  readonly tenantId: string;
  /** The same database beside another empty namespace: Temporal was deleted. */
  withEmptyTemporal(): Promise<ConductDeps>;
  /** Looks from outside, whatever the tenant. */
  look(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** A series whose moment comes in so many seconds; null for one that waits for a person. */
  series(dueInSeconds: number | null, state?: 'open' | 'paused'): Promise<string>;
  campaign(status: 'running' | 'cancelled', dueInSeconds: number | null): Promise<string>;
  shard(campaignId: string, index: number, dueInSeconds: number | null): Promise<string>;
  upload(): Promise<string>;
  owing(dueInSeconds: number): Promise<string>;
}

export const sealer = new PayloadSealer([keyOf(1, randomBytes(32))]);
export const log = openLog({ level: 'silent', process: 'test' });

/** Connects to a namespace as our processes do. */
export function connect(address: string, namespace: string): Promise<Temporal> {
  return openTemporal({ address, namespace, apiKey: undefined, tls: undefined }, sealer);
}

/** Builds a world; call it at the top of a file. */
export async function aWorld(): Promise<World> {
  const { appUrl, superUrl } = await aDatabase();
  const outside = new Client({ connectionString: superUrl });
  await outside.connect();
  const database = await openDatabase({ url: appUrl, connections: 5, name: 'test' });
  const clock = new ShiftedClock();
  const { address } = inject('temporal');
  const opened: Temporal[] = [];
  const anEmptyTemporal = async (): Promise<Temporal> => {
    const first = await connect(address, 'test');
    opened.push(first);
    const temporal = await connect(address, await aNamespace(first.connection));
    opened.push(temporal);
    return temporal;
  };
  const deps: ConductDeps = { database, temporal: await anEmptyTemporal(), clock, log };
  afterFile(async () => {
    await Promise.all(opened.map((temporal) => temporal.close()));
    await database.close();
    await outside.end();
  });

  const look = async (sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
    (await outside.query<Record<string, unknown>>(sql, values)).rows;
  const at = (seconds: number | null): string | null =>
    seconds === null ? null : clock.now().plus({ seconds }).toISO();
  const tenantId = randomUUID();
  const accountId = randomUUID();
  const now = clock.now().toISO();
  await look(
    `INSERT INTO tenant (id, name, legal_name, created_at, updated_at) VALUES ($1, 'T', 'T', $2, $2)`,
    [tenantId, now],
  );
  await look(
    `INSERT INTO gateway_account (id, name, kind, fake, updated_at) VALUES ($1, 'sandbox', 'sandbox', true, $2)`,
    [accountId, now],
  );
  return {
    deps,
    database,
    appUrl,
    clock,
    tenantId,
    look,
    withEmptyTemporal: async () => ({ ...deps, temporal: await anEmptyTemporal() }),
    series: (dueIn, state = 'open') => {
      const id = randomUUID();
      return row('reminder_series', {
        id,
        kind: 'appointment',
        purpose: 'appointment',
        external_index: Buffer.from(id),
        state,
        next_action_at: at(dueIn),
      });
    },
    campaign: (status, dueIn) =>
      row('campaign', {
        purpose: 'marketing',
        status,
        launched_at: now,
        ended_at: status === 'cancelled' ? now : null,
        next_action_at: at(dueIn),
      }),
    shard: (campaignId, index, dueIn) =>
      row('batch', { kind: 'campaign', campaign_id: campaignId, shard: index, next_action_at: at(dueIn) }),
    upload: () => row('import', { state: 'queued' }),
    owing: (dueIn) => row('batch', { kind: 'acknowledgements', next_action_at: at(dueIn) }),
  };

  /** Inserts a row; what it must have besides is filled with anything of its type. */
  async function row(table: string, values: Record<string, unknown>): Promise<string> {
    const given: Record<string, unknown> = {
      id: randomUUID(),
      tenant_id: tenantId,
      account_id: accountId,
      ...values,
    };
    const columns = await look(
      `SELECT column_name AS name, data_type AS type FROM information_schema.columns
        WHERE table_name = $1 AND (column_name = ANY ($2) OR (is_nullable = 'NO' AND column_default IS NULL))`,
      [table, Object.keys(given)],
    );
    const filled = columns.map(
      ({ name, type }) => given[String(name)] ?? (String(name) in given ? null : anything[String(type)]),
    );
    const names = columns.map(({ name }) => String(name));
    const places = names.map((_, index) => `$${index + 1}`);
    await look(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${places.join(', ')})`, filled);
    return String(given['id']);
  }
}

const anything: Readonly<Record<string, unknown>> = {
  text: '',
  uuid: randomUUID(),
  bytea: Buffer.alloc(1),
  jsonb: '{}',
  integer: 1,
  'timestamp with time zone': '2026-11-25T10:00:00Z',
};

/** Whether a workflow runs there. */
export async function runs({ temporal }: ConductDeps, workflowId: string): Promise<boolean> {
  return temporal.client.workflow
    .getHandle(workflowId)
    .describe()
    .then(
      ({ status }) => status.name === 'RUNNING',
      () => false,
    );
}

/** The signals that a workflow received. */
export async function signalsOf({ temporal }: ConductDeps, workflowId: string): Promise<string[]> {
  const { events } = await temporal.client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap((event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? []);
}
