import { sql } from 'kysely';
import { col, computedRows, type Database } from '../../platform/index.ts';
import { SETTLES_MS } from './learned-limit.ts';
import type { LearnedLimitStore } from './learning.ts';

const LEARNED_COLUMNS = sql`learned_base AS base, (extract(epoch FROM learned_since) * 1000)::float8 AS since, learned_hits AS hits`;

const learnedRows = computedRows({
  base: col.of('gateway_account', 'learnedBase').known(),
  since: col.number(),
  hits: col.of('gateway_account', 'learnedHits').known(),
});

/** Stores estimates with the account, for every worker. */
export const learnedLimitStore = (database: Database): LearnedLimitStore => ({
  read: (accountId) =>
    database.outside((tx) =>
      tx.first(
        learnedRows.sql`SELECT ${LEARNED_COLUMNS} FROM gateway_account WHERE id = ${accountId}::uuid AND learned_base IS NOT NULL`,
      ),
    ),
  keep: (accountId, { base, since, hits }) =>
    database.outside(async (tx) => {
      await tx.run(sql`
        UPDATE gateway_account SET learned_base = ${base}, learned_since = to_timestamp(${since}::float8 / 1000), learned_hits = ${hits}
         WHERE id = ${accountId}::uuid AND (learned_since IS NULL OR learned_since <= to_timestamp(${since - SETTLES_MS}::float8 / 1000))`);
      return tx.first(
        learnedRows.sql`SELECT ${LEARNED_COLUMNS} FROM gateway_account WHERE id = ${accountId}::uuid`,
      );
    }),
});
