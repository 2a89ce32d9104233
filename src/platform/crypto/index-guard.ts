import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';
import type { Vault } from './vault.ts';

/** Shorter than the time for which a silent process counts as running, since its last news may predate a change. */
const BELIEVED_MS = 5_000;

/** Names the lock under which a stretch of a tenant's indexes is moved while no transaction of it is open. */
export const stretchLock = (tenantId: string) => sql`hashtextextended(${`index|${tenantId}`}, 0)`;

/**
 * Keeps every transaction of a tenant on one side of a stretch of indexes that is moved to another key. While
 * indexes move, each transaction shares a lock with the others and reads the progress: its computed indexes match
 * the tables until it ends. At rest it costs nothing.
 */
export class IndexGuard {
  readonly #vault: Vault;
  readonly #clock: { monotonic(): number };
  #moving = true;
  #noticedAt = Number.NEGATIVE_INFINITY;

  constructor(vault: Vault, clock: { monotonic(): number }) {
    this.#vault = vault;
    this.#clock = clock;
  }

  /** Records whether indexes are moving; without recent news the guard assumes that they are. */
  notice(moving: boolean): void {
    this.#moving = moving;
    this.#noticedAt = this.#clock.monotonic();
  }

  readonly enter = async (tx: Transaction): Promise<void> => {
    if (!this.#moving && this.#clock.monotonic() - this.#noticedAt < BELIEVED_MS) return;
    await tx.run(sql`SELECT pg_advisory_xact_lock_shared(${stretchLock(tx.tenantId)})`);
    await this.#vault.followIndex(tx);
  };
}
