import { sql } from 'kysely';
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

/** Notes how an account was found, for everybody to see. */
export const noteHealth = (tx: Transaction, accountId: string, health: AccountHealth): Promise<number> =>
  tx.run(sql`
    UPDATE gateway_account SET state = ${health.state}, credit = coalesce(${health.credit ?? null}::numeric, credit), updated_at = ${health.at}
     WHERE id = ${accountId}`);

/** Notes that the operator's list of people who said STOP was read: what is said there is known here. */
export const noteListPulled = (tx: Transaction, accountId: string, at: string): Promise<number> =>
  tx.run(sql`
    UPDATE gateway_account SET proven_at = ${at}, proven_how = 'list-pulled', updated_at = ${at}
     WHERE id = ${accountId} AND (proven_at IS NULL OR proven_how = 'list-pulled')`);
