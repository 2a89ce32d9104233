import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';
import type { Vault } from './vault.ts';

/** Shorter than a silent process counts among those that run: what it last heard may be of before. */
const BELIEVED_MS = 5_000;

/** The name under which a stretch of a tenant's indexes is carried on while no transaction of it is open. */
export const stretchLock = (tenantId: string) => sql`hashtextextended(${`index|${tenantId}`}, 0)`;

/**
 * Keeps every transaction of a tenant on one side of a stretch that is carried to another index key.
 *
 * While indexes move, each transaction shares a lock with the others and reads how far they have come: what it
 * computes is then what stands in the tables until it ends. At rest it costs nothing.
 */
export class IndexGuard {
  readonly #vault: Vault;
  readonly #clock: { monotonic(): number };
  #moving = true;
  #heardAt = Number.NEGATIVE_INFINITY;

  constructor(vault: Vault, clock: { monotonic(): number }) {
    this.#vault = vault;
    this.#clock = clock;
  }

  /** Takes over whether indexes move; whoever has heard nothing for a while supposes that they do. */
  heard(moving: boolean): void {
    this.#moving = moving;
    this.#heardAt = this.#clock.monotonic();
  }

  readonly enter = async (tx: Transaction): Promise<void> => {
    if (!this.#moving && this.#clock.monotonic() - this.#heardAt < BELIEVED_MS) return;
    await tx.run(sql`SELECT pg_advisory_xact_lock_shared(${stretchLock(tx.tenantId)})`);
    await this.#vault.followIndex(tx);
  };
}
