import { Registry } from 'prom-client';
import { sql } from 'kysely';
import { noteCleaned, watchAttempts } from '../../../src/sending/batch/parking.repository.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { InstanceFigures } from '../../../src/web/health/instance-figures.ts';
import type { Conducting } from '../../../src/temporal/connection.ts';
import { instant, type Clock } from '../../../src/platform/clock.ts';
import type { Served } from './served.ts';

/** Samples of one look at /metrics. */
export interface Look {
  /** The values of a figure, under labels when they are given. */
  of(name: string, labels?: Readonly<Record<string, string>>): number[];
}

/** What a new process tells of this instance, at an instant of the law clock. */
export async function lookAt(
  { database, clock, api }: Served,
  { conducting, lawAt }: { readonly conducting: Conducting; readonly lawAt?: string },
): Promise<Look> {
  const registry = new Registry();
  const then: Clock = {
    revision: clock.revision,
    offsetMs: clock.offsetMs,
    now: () => (lawAt === undefined ? clock.now() : instant(Date.parse(lawAt))),
    machine: () => clock.machine(),
    monotonic: () => clock.monotonic(),
    doubt: () => clock.doubt(),
  };
  const premises = {
    database,
    clock: then,
    temporal: () => Promise.resolve(),
    conducting: () => Promise.resolve(conducting),
    journal: () => undefined,
    journalFault: () => undefined,
  };
  await new InstanceFigures(premises, registry).refresh();
  const heard = await api.metrics.registry.getSingleMetricAsString('bonheure_stop_effect_seconds');
  const text = `${await registry.metrics()}\n${heard}`;
  const samples = [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)];
  return {
    of: (name, labels = {}) =>
      samples.flatMap(([, named, carried = '', value]) =>
        named === name && Object.entries(labels).every(([label, is]) => carried.includes(`${label}="${is}"`))
          ? [Number(value)]
          : [],
      ),
  };
}

/** Brings about in the ledger what each alarm is for. */
export async function trouble({ database, clock, tenantId }: Served): Promise<void> {
  const at = clock.now().toISO();
  const [campaignId, batchId] = [uuidV7(clock.machine()), uuidV7(clock.machine())];
  await database.withTenant(tenantId, async (tx) => {
    await tx.run(sql`
      INSERT INTO campaign (id, tenant_id, account_id, name, purpose, profile, status, sender, sealed, audience, source, created_at, updated_at, launched_at, forecast_late)
      SELECT ${campaignId}, ${tenantId}, id, 'Soldes', 'marketing', 'fr-seed-strict', 'running', 'LUMIERE', '', '{"all":true}', 'default', ${at}, ${at}, ${at}, true
        FROM gateway_account`);
    await tx.run(sql`
      INSERT INTO batch (id, tenant_id, kind, campaign_id, shard, account_id, purpose, territory, time_zone, created_at)
      SELECT ${batchId}, ${tenantId}, 'campaign', ${campaignId}, 0, id, 'marketing', 'FR', 'Europe/Paris', ${at} FROM gateway_account`);
    await tx.run(sql`
      INSERT INTO tally (tenant_id, batch_id, state, delta) VALUES (${tenantId}, ${batchId}, 'ready', 40), (${tenantId}, ${batchId}, 'uncertain', 60)`);
    await tx.run(sql`
      INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, marked_at, body_digest)
      SELECT ${uuidV7(clock.machine() - 600_000)}, ${tenantId}, id, ${batchId}, 1, 'k', 1, clock_timestamp() - interval '10 minutes', 'x' FROM gateway_account`);
    await tx.run(sql`
      INSERT INTO intent (id, tenant_id, class, verb, workflow, workflow_id, input, created_at, not_before)
      VALUES (${uuidV7(clock.machine())}, ${tenantId}, 3, 'start', 'campaign', ${`campaign/${campaignId}`}, '{}', clock_timestamp() - interval '2 minutes', clock_timestamp())`);
  });
  await database.outside(async (tx) => {
    await tx.run(sql`UPDATE gateway_account SET credit = 4.5`);
    await tx.run(sql`UPDATE instance SET attempts_seen_at = clock_timestamp() - interval '20 minutes'`);
    await watchAttempts(tx, instant(clock.machine()).toISO());
    await noteCleaned(tx, instant(clock.machine() - 3 * 86_400_000).toISO());
  });
}

/** What an alarm asks, looked at before and after. */
type Fires = (now: Look, before: Look) => boolean;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const most = (values: readonly number[]): number => Math.max(Number.NEGATIVE_INFINITY, ...values);

/** The condition of a rule of one figure and one bound, as it is written. */
export function plainly(expr: string): Fires {
  const [, side, name = '', comparison, bound = ''] =
    /^(max|min)(?: by \([\w, ]+\))? ?\((?:abs\()?(bonheure_\w+)\)?\) ([<>]) ([\d.* ]+)$/.exec(expr) ?? [];
  const limit = bound.split('*').reduce((product, factor) => product * Number(factor), 1);
  if (side === undefined) throw new Error(`not a rule of one figure: ${expr}`);
  return (now) => {
    const values = now.of(name);
    return values.some((value) => (comparison === '>' ? value > limit : value < limit));
  };
}

/** The conditions of the rules that compare, each with the part of its expression that it stands for. */
export const composite: Readonly<Record<string, { readonly says: string; readonly fires: Fires }>> = {
  BonheureStuck: {
    says: '{reason="NOTHING"})) > 0 and on () max(bonheure_gate_open) == 1 and on () sum(increase(',
    fires: (now, before) =>
      sum(now.of('bonheure_messages_waiting', { reason: 'NOTHING' })) > 0 &&
      most(now.of('bonheure_gate_open')) === 1 &&
      sum(now.of('bonheure_submissions_total')) === sum(before.of('bonheure_submissions_total')),
  },
  BonheureAttemptOutsideWindow: {
    says: 'offset 1d) or vector(0)) > 0',
    fires: (now, before) =>
      most(now.of('bonheure_attempts_outside_window_total')) >
      most(before.of('bonheure_attempts_outside_window_total')),
  },
  BonheureStopSlow: {
    says: 'histogram_quantile(0.99, sum by (le) (rate(bonheure_stop_effect_seconds_bucket[15m]))) > 1',
    fires: (now, before) => {
      const since = (le: string) =>
        sum(now.of('bonheure_stop_effect_seconds_bucket', { le })) -
        sum(before.of('bonheure_stop_effect_seconds_bucket', { le }));
      return since('1') < 0.99 * since('+Inf');
    },
  },
  BonheureUncertainGrows: {
    says: 'offset 15m)) > 50',
    fires: (now, before) =>
      sum(now.of('bonheure_messages_uncertain')) - sum(before.of('bonheure_messages_uncertain')) > 50,
  },
  BonheureQueueUnattended: {
    says: 'max by (queue) (bonheure_queue_backlog) > 0 and max by (queue) (bonheure_queue_pollers) == 0',
    fires: (now) =>
      most(now.of('bonheure_queue_backlog', { queue: 'sms-bulk' })) > 0 &&
      most(now.of('bonheure_queue_pollers', { queue: 'sms-bulk' })) === 0,
  },
};
