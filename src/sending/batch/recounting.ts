import { instant, type Clock, type Database, type Log } from '../../platform/index.ts';
import { foldTally, recount, talliedSince, type TalliedBatch } from './tally.repository.ts';

const PAGE = 200;
/** A transaction that was open at the last turn may have committed since. */
const OVERLAP_MS = 120_000;
/** Changes that commit more than this many milliseconds after they were noted are counted the next time. */
const MOMENT_MS = 2_000;
const FIRST = '00000000-0000-0000-0000-000000000000';

/** The dependencies of recounting. */
export interface RecountingDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}

/** Compares the tally of changed batches with their messages; a difference is logged, never repaired. */
export class Recounting {
  readonly #deps: RecountingDeps;
  readonly #differing = new Map<string, TalliedBatch>();
  #since = 0;
  #foldedSince = 0;

  constructor(deps: RecountingDeps) {
    this.#deps = deps;
  }

  /** Recounts the batches changed since the last turn, at first all; returns the number that differ. */
  async turn(): Promise<number> {
    const startedAt = this.#deps.clock.machine();
    for (const batch of this.#differing.values()) await this.#compare(batch);
    for await (const batch of this.#talliedSince(this.#since)) await this.#compare(batch);
    this.#since = startedAt - OVERLAP_MS;
    this.#foldedSince = Math.max(this.#foldedSince, startedAt - MOMENT_MS);
    return this.#differing.size;
  }

  /** Folds the latest changes, so that a look at a running campaign reads few rows. */
  async fold(): Promise<void> {
    const { clock, database } = this.#deps;
    const startedAt = clock.machine();
    for await (const { tenantId, batchId } of this.#talliedSince(this.#foldedSince))
      await database.withTenant(tenantId, (tx) => foldTally(tx, batchId));
    this.#foldedSince = startedAt - MOMENT_MS;
  }

  async *#talliedSince(machineMs: number): AsyncGenerator<TalliedBatch> {
    const since = instant(machineMs).toISO();
    for (let after = FIRST; ;) {
      const page = await this.#deps.database.outside((tx) => talliedSince(tx, since, { after, most: PAGE }));
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = last.batchId;
    }
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
