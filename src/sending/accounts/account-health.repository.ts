import { sql, type RawBuilder } from 'kysely';
import { col, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';

/** How an account was found. */
export interface AccountHealth {
  /** `up`, or why it is not. */
  readonly state: string;
  /** Decimal; undefined when the operator says nothing of it. */
  readonly credit?: string | undefined;
  /** ISO instant of the machine clock. */
  readonly at: string;
}

const accountTurnRows = rowsOf('gateway_account', ['name']).with({
  was: col.text(),
  is: col.text(),
  /** Decimals; null while the operator says nothing of it. */
  had: col.text().orNull(),
  has: col.text().orNull(),
});

/** An account as it was found before, and as it is now. */
export type AccountTurn = RowOf<typeof accountTurnRows>;

/** Less than this, in the money of the account, and a small campaign would be parked on its way. */
export const CREDIT_ENOUGH = 10;

/**
 * Notes how an account was found, for everybody to see; nothing when there is no such one.
 *
 * One that was refused for want of credit answers all the same, or not for a minute: it stays without until its
 * operator tells of more credit than it had, or of enough; until it took a message since; or until somebody lets it
 * be tried again.
 */
export const noteHealth = (
  tx: Transaction,
  accountId: string,
  health: AccountHealth,
): Promise<AccountTurn | undefined> =>
  tx.first(accountTurnRows.sql`
    WITH asked AS (
      SELECT a.id, a.state = 'credit' AND ${health.state} NOT IN ('credit', 'config')
                   AND NOT ${creditCame(health)} AND NOT coalesce(t.calls > a.calls_then, false) AS stays, t.calls
        FROM gateway_account a CROSS JOIN LATERAL (${callsTaken}) t WHERE a.id = ${accountId})
    UPDATE gateway_account g SET state = CASE WHEN stays THEN state ELSE ${health.state} END,
           calls_then = CASE WHEN stays THEN coalesce(calls_then, asked.calls) END,
           credit = coalesce(${health.credit ?? null}::numeric, credit), updated_at = ${health.at}
      FROM asked WHERE g.id = asked.id
    RETURNING g.name, OLD.state AS was, NEW.state AS "is", OLD.credit::text AS had, NEW.credit::text AS has`);

const creditCame = ({ credit }: AccountHealth): RawBuilder<boolean> => sql`
  coalesce(${credit ?? null}::numeric >= ${CREDIT_ENOUGH} OR ${credit ?? null}::numeric > coalesce(a.credit, 0), false)`;

/** Of an account `a`, as far as its workers have told: the first count after a refusal holds what was on its way. */
const callsTaken = sql`
  SELECT coalesce(sum(s.calls), 0)::bigint AS calls FROM submission_count s WHERE s.account_id = a.id AND s.outcome = 'accepted'`;

/** Notes that the operator's list of people who said STOP was read: what is said there is known here. */
export const noteListPulled = (tx: Transaction, accountId: string, at: string): Promise<number> =>
  tx.run(sql`
    UPDATE gateway_account SET proven_at = ${at}, proven_how = 'list-pulled', updated_at = ${at}
     WHERE id = ${accountId} AND (proven_at IS NULL OR proven_how = 'list-pulled')`);
