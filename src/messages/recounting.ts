import { instant, type Clock } from '../clock.ts';
import type { Database } from '../database/connection.ts';
import type { Log } from '../log.ts';
import { foldTally, recount, talliedSince, type TalliedBatch } from './tally.repository.ts';

const PAGE = 200;
/** A transaction that was open at the last turn may have committed since. */
const OVERLAP_MS = 120_000;
const FIRST = '00000000-0000-0000-0000-000000000000';

/** What accounts are recounted with. */
export interface RecountingDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}

/** Compares the tally of batches that changed with their messages; a difference is told, never repaired. */
export class Recounting {
  readonly #deps: RecountingDeps;
  readonly #differing = new Map<string, TalliedBatch>();
  #since = 0;

  constructor(deps: RecountingDeps) {
    this.#deps = deps;
  }

  /** Recounts what changed since the turn before, at first everything; answers how many batches differ. */
  async turn(): Promise<number> {
    const startedAt = this.#deps.clock.machine();
    for (const batch of this.#differing.values()) await this.#compare(batch);
    for (let after = FIRST; ;) {
      const page = await this.#page(after);
      for (const batch of page) await this.#compare(batch);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) break;
      after = last.batchId;
    }
    this.#since = startedAt - OVERLAP_MS;
    return this.#differing.size;
  }

  #page(after: string): Promise<readonly TalliedBatch[]> {
    const since = instant(this.#since).toISO();
    return this.#deps.database.outside((tx) => talliedSince(tx, since, { after, most: PAGE }));
  }

  async #compare(batch: TalliedBatch): Promise<void> {
    const { tenantId, batchId } = batch;
    const differences = await this.#deps.database.withTenant(tenantId, async (tx) => {
      await foldTally(tx, batchId);
      return recount(tx, batchId);
    });
    if (differences.length === 0) this.#differing.delete(batchId);
    else {
      if (!this.#differing.has(batchId))
        this.#deps.log.error(
          { tenant: tenantId, batch: batchId, differences },
          'the accounts of a batch differ',
        );
      this.#differing.set(batchId, batch);
    }
  }
}
