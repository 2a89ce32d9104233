import { sql, type RawBuilder } from 'kysely';
import { col, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';

/** The state of an account at the last check. */
export interface AccountHealth {
  /** `up`, or the reason why it is not. */
  readonly state: string;
  /** Decimal; undefined when the operator does not report it. */
  readonly credit?: string | undefined;
  /** ISO instant of the machine clock. */
  readonly at: string;
}

const accountTurnRows = rowsOf('gateway_account', ['name']).with({
  was: col.text(),
  is: col.text(),
  /** Decimals; null while the operator does not report it. */
  had: col.text().orNull(),
  has: col.text().orNull(),
});

/** The earlier and the present state of an account. */
export type AccountTurn = RowOf<typeof accountTurnRows>;

/** With less, in the money of the account, even a small campaign would be parked on its way. */
export const CREDIT_ENOUGH = 10;

/**
 * Stores the state of an account, for everybody to see; undefined when there is no such one. An account refused for
 * want of credit answers all the same, or not for a minute: it stays without credit until its operator reports more
 * than before, or enough; until it accepts a message; or until somebody lets it be tried again.
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

/** True when account `a` takes calls, by its workers' counts: the first count after a refusal includes calls already under way. */
const callsTaken = sql`
  SELECT coalesce(sum(s.calls), 0)::bigint AS calls FROM submission_count s WHERE s.account_id = a.id AND s.outcome = 'accepted'`;

/** Notes that the operator's list of opt-outs was read: it is known here. */
export const noteListPulled = (tx: Transaction, accountId: string, at: string): Promise<number> =>
  tx.run(sql`
    UPDATE gateway_account SET proven_at = ${at}, proven_how = 'list-pulled', updated_at = ${at}
     WHERE id = ${accountId} AND (proven_at IS NULL OR proven_how = 'list-pulled')`);
