import { sql } from 'kysely';
import { col, computedRows } from './row-type.ts';
import type { Transaction } from './connection.ts';

/** What a worker says of itself twice a second. */
export interface Pace {
  readonly id: string;
  /** How long PostgreSQL takes to answer it; null while it could not work, however fast that is. */
  readonly roundTripMs: number | null;
  /** Queues whose tasks it asks for. */
  readonly queues: readonly string[];
}

/** Longer than a busy worker says nothing; whoever is frozen or gone is nobody to step back for. */
const BELIEVED_FOR = '3 seconds';

const queueAndMsRows = computedRows({ queue: col.text(), ms: col.number() });

/** By queue: the fastest round trip of another worker that is healthy and asks for its tasks. */
export async function otherPaces(tx: Transaction, id: string): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.rows(queueAndMsRows.sql`
    SELECT q.queue, min(p.round_trip_ms) AS ms FROM process p CROSS JOIN unnest(p.queues) AS q (queue)
     WHERE p.kind = 'worker' AND p.id <> ${id}::uuid AND p.round_trip_ms IS NOT NULL
       AND p.paced_at > clock_timestamp() - ${BELIEVED_FOR}::interval GROUP BY q.queue`);
  return new Map(rows.map(({ queue, ms }) => [queue, ms]));
}

/** Keeps what a worker says; nothing of one that is not registered. */
export async function tellPace(tx: Transaction, { id, roundTripMs, queues }: Pace): Promise<void> {
  await tx.run(sql`
    UPDATE process SET round_trip_ms = ${roundTripMs}::float8, queues = ${[...queues]}::text[], paced_at = clock_timestamp()
     WHERE id = ${id}::uuid`);
}
