import { randomUUID } from 'node:crypto';

/** Runs a statement from outside, whatever the tenant. */
type Look = (sql: string, values?: unknown[]) => Promise<Record<string, unknown>[]>;

/** Rows of several tenants, written at once. */
export interface TenantBacklogs {
  readonly tenants: (count: number) => Promise<string[]>;
  /** Intents of a class, a millisecond apart, the first of them due since so many seconds. */
  readonly intents: (
    tenantId: string,
    count: number,
    what?: { readonly class?: number; readonly dueSinceS?: number },
  ) => Promise<void>;
  /** Series of an appointment, as many, due since a second. */
  readonly series: (tenantId: string, count: number) => Promise<void>;
}

/** Returns writers of rows that look from outside, whatever the tenant. */
export function tenantBacklogs(look: Look, now: () => string): TenantBacklogs {
  return {
    tenants: async (count) => {
      const ids = Array.from({ length: count }, () => randomUUID());
      await look(
        `INSERT INTO tenant (id, name, legal_name, created_at, updated_at) SELECT id, 'T', 'T', $2, $2 FROM unnest($1::uuid[]) id`,
        [ids, now()],
      );
      return ids;
    },
    intents: async (tenantId, count, what = {}) => {
      await look(
        `INSERT INTO intent (id, tenant_id, class, verb, workflow, workflow_id, signal, input, created_at, not_before)
         SELECT uuidv7(), $1, $3, 'signal', 'reminderSeries', 'series/' || gen_random_uuid(), 'changed', '{}', $4, at
           FROM generate_series(1, $2::int) n, LATERAL (SELECT $4::timestamptz - make_interval(secs => $5 - n / 1000.0) AS at) due`,
        [tenantId, count, what.class ?? 2, now(), what.dueSinceS ?? 600],
      );
    },
    series: async (tenantId, count) => {
      await look(
        `WITH one AS MATERIALIZED (SELECT uuidv7() AS id, n, $3::timestamptz AS now FROM generate_series(1, $2::int) n)
         INSERT INTO reminder_series (id, tenant_id, kind, purpose, source, external_index, contact_id, account_id, batch_id, sender, sealed,
                                      territory, time_zone, event_at, event_wall, event_zone, plan, facts, revised_at, state, next_action_at,
                                      created_at, updated_at)
         SELECT id, $1, 'appointment', 'appointment', '', uuid_send(id), id, id, id, '', '', '', '', now, '', '', '{}', '', now, 'open',
                now - make_interval(secs => 1 + n / 1000.0), now, now
           FROM one`,
        [tenantId, count, now()],
      );
    },
  };
}
