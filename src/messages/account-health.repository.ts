import { sql, type RawBuilder } from 'kysely';
import type { Transaction } from '../database/connection.ts';

/** How an account was found. */
export interface AccountHealth {
  /** `up`, or why it is not. */
  readonly state: string;
  /** Decimal; undefined when the operator says nothing of it. */
  readonly credit?: string | undefined;
  /** ISO instant of the machine clock. */
  readonly at: string;
}

/** An account as it was found before, and as it is now. */
export interface AccountTurn {
  readonly name: string;
  readonly was: string;
  readonly is: string;
  /** Decimals; null while the operator says nothing of it. */
  readonly had: string | null;
  readonly has: string | null;
}

/** With so much, in the money of the account, it is not without credit, whatever it had before. */
const CREDIT_ENOUGH = 10;

/**
 * Notes how an account was found, for everybody to see; nothing when there is no such one.
 *
 * One that was refused for want of credit answers all the same: it is up once its operator tells of more credit than
 * it had, or of enough; where none is told, once somebody resumes what waits for it.
 */
export const noteHealth = (
  tx: Transaction,
  accountId: string,
  health: AccountHealth,
): Promise<AccountTurn | undefined> =>
  tx.first(sql<AccountTurn>`
    UPDATE gateway_account SET state = CASE WHEN state = 'credit' AND ${health.state} = 'up' AND NOT ${creditCame(health)} THEN state ELSE ${health.state} END, credit = coalesce(${health.credit ?? null}::numeric, credit), updated_at = ${health.at}
     WHERE id = ${accountId}
    RETURNING name, OLD.state AS was, NEW.state AS "is", OLD.credit::text AS had, NEW.credit::text AS has`);

const creditCame = ({ credit }: AccountHealth): RawBuilder<boolean> => sql<boolean>`
  coalesce(${credit ?? null}::numeric >= ${CREDIT_ENOUGH} OR ${credit ?? null}::numeric > coalesce(credit, 0), false)`;

/** Notes that the operator's list of people who said STOP was read: what is said there is known here. */
export const noteListPulled = (tx: Transaction, accountId: string, at: string): Promise<number> =>
  tx.run(sql`
    UPDATE gateway_account SET proven_at = ${at}, proven_how = 'list-pulled', updated_at = ${at}
     WHERE id = ${accountId} AND (proven_at IS NULL OR proven_how = 'list-pulled')`);
