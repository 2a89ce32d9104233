import { sql } from 'kysely';
import { col, computedRows } from './row-type.ts';
import type { Transaction } from './connection.ts';

/** A worker's report, twice a second. */
export interface WorkerPace {
  readonly id: string;
  /** Milliseconds PostgreSQL takes to answer it; null while it could not work, however fast that is. */
  readonly roundTripMs: number | null;
  /** Queues whose tasks it polls. */
  readonly queues: readonly string[];
}

/** Longer than a busy worker is silent; one that is frozen or gone has no precedence. */
const BELIEVED_FOR = '3 seconds';

const queueAndMsRows = computedRows({ queue: col.text(), ms: col.number() });

/** Returns, by queue, the fastest round trip of another healthy worker that polls it. */
export async function otherPaces(tx: Transaction, id: string): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.rows(queueAndMsRows.sql`
    SELECT q.queue, min(p.round_trip_ms) AS ms FROM process p CROSS JOIN unnest(p.queues) AS q (queue)
     WHERE p.kind = 'worker' AND p.id <> ${id}::uuid AND p.round_trip_ms IS NOT NULL
       AND p.paced_at > clock_timestamp() - ${BELIEVED_FOR}::interval GROUP BY q.queue`);
  return new Map(rows.map(({ queue, ms }) => [queue, ms]));
}

/** Stores a worker's report; ignored for one that is not registered. */
export async function tellPace(tx: Transaction, { id, roundTripMs, queues }: WorkerPace): Promise<void> {
  await tx.run(sql`
    UPDATE process SET round_trip_ms = ${roundTripMs}::float8, queues = ${[...queues]}::text[], paced_at = clock_timestamp()
     WHERE id = ${id}::uuid`);
}
