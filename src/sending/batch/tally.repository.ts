import {
  BEFORE_ALL,
  col,
  computedRows,
  rowsOf,
  instant,
  type RowOf,
  type Transaction,
  type Clock,
  type Database,
  type Log,
} from '../../platform/index.ts';

const talliedBatchRows = computedRows({ tenantId: col.text(), batchId: col.text() });

type TalliedBatch = RowOf<typeof talliedBatchRows>;

/** Lists batches whose tally changed since an instant of the machine clock, in order of their ids; `most` at a time. */
async function talliedSince(
  tx: Transaction,
  since: string,
  page: { readonly after: string; readonly most: number },
): Promise<readonly TalliedBatch[]> {
  return tx.rows(talliedBatchRows.sql`
    SELECT tenant_id AS "tenantId", batch_id AS "batchId" FROM tallied_since(${since}, ${page.after}, ${page.most})`);
}

const tallyDifferenceRows = rowsOf('message', ['state', 'reason']).with({
  tallied: col.number(),
  counted: col.number(),
});

/** Lists the states and reasons for which tally and messages differ; one statement reads both as of one instant. */
async function recount(tx: Transaction, batchId: string) {
  return tx.rows(tallyDifferenceRows.sql`
    SELECT state, reason, sum(tallied)::int AS tallied, sum(counted)::int AS counted
      FROM (SELECT state::text, reason, delta AS tallied, 0 AS counted FROM tally WHERE batch_id = ${batchId}::uuid
            UNION ALL
            SELECT state::text, reason, 0, 1 FROM message WHERE batch_id = ${batchId}::uuid) both_of_them
     GROUP BY 1, 2 HAVING sum(tallied) <> sum(counted) ORDER BY 1, 2`);
}

/** Fewer deltas of one batch are read as fast unfolded. */
const WORTH_FOLDING = 50;

const foldedRows = computedRows({ folded: col.number() });

/** Folds the deltas of a batch into one for each state and reason; returns the former number. */
async function foldTally(tx: Transaction, batchId: string): Promise<number> {
  const row = await tx.first(foldedRows.sql`
    WITH gone AS (
      DELETE FROM tally WHERE batch_id = ${batchId}::uuid
         AND (SELECT count(*) FROM tally t WHERE t.batch_id = ${batchId}::uuid) > ${WORTH_FOLDING}
      RETURNING tenant_id, state, reason, delta, noted_at),
    kept AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta, noted_at)
      SELECT tenant_id, ${batchId}::uuid, state, reason, sum(delta), max(noted_at) FROM gone
       GROUP BY tenant_id, state, reason HAVING sum(delta) <> 0)
    SELECT count(*)::int AS folded FROM gone`);
  return row?.folded ?? 0;
}

const PAGE = 200;

/** Each turn begins so long before the last one: a transaction that was open then may have committed since. */
const OVERLAP_MS = 120_000;

/**
 * Each folding begins so long before the last one; changes that commit later after they were noted are left to
 * `turn`.
 */
const MOMENT_MS = 2_000;

interface RecountingDeps {
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
    for (let after = BEFORE_ALL; ;) {
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
