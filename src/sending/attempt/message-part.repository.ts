import { sql } from 'kysely';
import {
  col,
  computedRows,
  plainArray,
  type Statement,
  textArray,
  type Transaction,
} from '../../platform/index.ts';
import type { Outcome, OutcomePlace } from './outcome.ts';
import { HELD, type ReceiptEffect } from '../receipts/receipt-effects.repository.ts';

/** The placeholders for unknown ids of the last part, and of the others: an operator's own id never begins so. */
export const unknownPartId = (key: string, at: number, of: number): string =>
  at === of ? `key:${key}` : `key:${key}/${at}`;

/** Stores the ids of parts; the id of an accepted message's last part is kept with its acceptance. */
export function recordParts(where: OutcomePlace, outcomes: readonly Outcome[]): Statement {
  const rows = outcomes.flatMap(({ kind, seq, submissionId, partIds = [] }) =>
    partIds.flatMap((gatewayId, place) => {
      const [part, parts] = [place + 1, partIds.length];
      return kind === 'accepted' && part === parts ? [] : [{ seq, submissionId, gatewayId, part, parts }];
    }),
  );
  return {
    name: 'record_parts',
    text: `
    INSERT INTO acceptance (account_id, gateway_id, recipient, tenant_id, batch_id, seq, submission_id, answered_at, part, parts)
    SELECT $6::uuid, a.gateway_id, '', $7::uuid, $8::uuid, a.seq, a.submission_id, clock_timestamp(), a.part, a.parts
      FROM unnest($1::int[], $2::uuid[], $3::text[], $4::smallint[], $5::smallint[]) AS a(seq, submission_id, gateway_id, part, parts)
    ON CONFLICT DO NOTHING`,
    values: [
      plainArray(rows.map(({ seq }) => seq)),
      plainArray(rows.map(({ submissionId }) => submissionId)),
      textArray(rows.map(({ gatewayId }) => gatewayId)),
      plainArray(rows.map(({ part }) => part)),
      plainArray(rows.map(({ parts }) => parts)),
      where.accountId,
      where.tenantId,
      where.batchId,
    ],
  };
}

/** A final receipt of one part of a message. */
export interface PartEffect extends ReceiptEffect {
  readonly parts: number;
}

/** `whole`: every part is delivered; `part`: others are awaited; `foreign`: not of that account, or that number. */
export type PartApplied = 'whole' | 'part' | 'foreign';

const nthAndWholeRows = computedRows({ nth: col.number(), whole: col.flag() });

const nthAndOursRows = computedRows({ nth: col.number(), ours: col.flag() });

/**
 * Stores the results of parts, at most one of a message; returns the effect on each message, in order. Each message
 * is locked before its parts are counted: of two receipts for the last two parts, one finds them all.
 */
export async function noteParts(
  tx: Transaction,
  effects: readonly PartEffect[],
): Promise<readonly PartApplied[]> {
  if (effects.length === 0) return [];
  const statement = sql`
    SELECT * FROM unnest(${effects.map(({ batchId }) => batchId)}::uuid[], ${effects.map(({ seq }) => seq)}::int[],
                         ${effects.map(({ accountId }) => accountId)}::uuid[], ${effects.map(({ state }) => state)}::text[],
                         ${effects.map(({ phoneIndex }) => phoneIndex)}::bytea[], ${effects.map(({ gatewayId }) => gatewayId)}::text[],
                         ${effects.map(({ parts }) => parts)}::smallint[])
      WITH ORDINALITY AS t(batch_id, seq, account_id, state, phone_index, gateway_id, parts, nth)`;
  const held = await tx.rows(nthAndOursRows.sql`
    WITH told AS MATERIALIZED (${statement})
    SELECT t.nth::int AS nth, ${HELD.ours} IS TRUE AS ours FROM told t ${HELD.of} ORDER BY m.batch_id, m.seq FOR UPDATE OF m`);
  const ours = held.filter((one) => one.ours).map(({ nth }) => nth);
  await nameParts(tx, { statement, ours });
  const ended = await tx.rows(nthAndWholeRows.sql`
    WITH told AS MATERIALIZED (SELECT * FROM (${statement}) t WHERE nth = ANY (${ours}::int[])),
    noted AS (
      UPDATE acceptance a SET told = t.state FROM told t
       WHERE a.account_id = t.account_id AND a.gateway_id = t.gateway_id AND a.recipient = ''
         AND a.batch_id = t.batch_id AND a.seq = t.seq AND a.parts > 1)
    SELECT t.nth::int AS nth,
           count(a.part) FILTER (WHERE coalesce(CASE WHEN a.gateway_id = t.gateway_id THEN t.state END, a.told) = 'delivered') = max(a.parts) AS whole
      FROM told t JOIN message m ON m.batch_id = t.batch_id AND m.seq = t.seq
      JOIN acceptance a ON a.batch_id = m.batch_id AND a.seq = m.seq AND a.submission_id = m.submission_id AND a.parts > 1
     GROUP BY t.nth`);
  const whole = new Map(ended.map((one) => [one.nth, one.whole]));
  return effects.map((_, place) => {
    if (!ours.includes(place + 1)) return 'foreign';
    return whole.get(place + 1) === true ? 'whole' : 'part';
  });
}

/** A part whose answer was lost takes the id of its receipt. */
async function nameParts(
  tx: Transaction,
  { statement, ours }: { readonly statement: ReturnType<typeof sql>; readonly ours: readonly number[] },
): Promise<void> {
  // A process that died before an answer came kept no part of it.
  await tx.run(sql`
    INSERT INTO acceptance (account_id, gateway_id, recipient, tenant_id, batch_id, seq, submission_id, answered_at, part, parts)
    SELECT t.account_id, 'key:' || s.key || CASE WHEN n < t.parts THEN '/' || n ELSE '' END, '', ${tx.tenantId}::uuid, t.batch_id, t.seq, s.id, clock_timestamp(), n, t.parts
      FROM (${statement}) t JOIN message m ON m.batch_id = t.batch_id AND m.seq = t.seq JOIN submission s ON s.id = m.submission_id
     CROSS JOIN generate_series(1, t.parts) n
     WHERE t.nth = ANY (${ours}::int[]) AND NOT EXISTS (
             SELECT FROM acceptance a WHERE a.batch_id = t.batch_id AND a.seq = t.seq AND a.submission_id = s.id AND a.parts > 1)
    ON CONFLICT DO NOTHING`);
  await tx.run(sql`
    UPDATE acceptance a SET gateway_id = t.gateway_id
      FROM (${statement}) t JOIN message m ON m.batch_id = t.batch_id AND m.seq = t.seq
     WHERE t.nth = ANY (${ours}::int[]) AND t.gateway_id IS NOT NULL AND a.batch_id = t.batch_id AND a.seq = t.seq AND a.part = (
             SELECT min(q.part) FROM acceptance q
              WHERE q.batch_id = t.batch_id AND q.seq = t.seq AND q.submission_id = m.submission_id AND q.parts > 1
                AND q.told IS NULL AND starts_with(q.gateway_id, 'key:'))
       AND a.submission_id = m.submission_id AND a.parts > 1
       AND NOT EXISTS (SELECT FROM acceptance k WHERE k.account_id = t.account_id AND k.gateway_id = t.gateway_id)`);
}
