import { sql } from 'kysely';
import type { Transaction } from './connection.ts';

/** One process of the instance, and when it was last seen, by the machine clock. */
export interface Seen {
  readonly id: string;
  readonly kind: 'api' | 'worker';
  /** ISO instants. */
  readonly startedAt: string;
  readonly at: string;
}

/** A process without a journal to drain is forgotten an hour after it was last seen. */
const FORGOTTEN_AFTER = '1 hour';

/** Registers a process, or says that it still runs. */
export async function noteProcess(tx: Transaction, { id, kind, startedAt, at }: Seen): Promise<void> {
  await tx.run(sql`
    INSERT INTO process (id, kind, started_at, seen_at) VALUES (${id}, ${kind}, ${startedAt}, ${at})
    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`);
}

/** Forgets processes that were killed and left nothing behind. */
export async function forgetDeadProcesses(tx: Transaction, at: string): Promise<void> {
  await tx.run(sql`
    DELETE FROM process WHERE drained_at IS NULL AND seen_at < ${at}::timestamptz - ${FORGOTTEN_AFTER}::interval`);
}

/** A process ends in good order. */
export async function removeProcess(tx: Transaction, id: string): Promise<void> {
  await tx.run(sql`DELETE FROM process WHERE id = ${id}::uuid`);
}
