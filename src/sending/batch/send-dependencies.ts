import type { Clock, Database, Ledger } from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import type { Account, Accounts } from '../accounts/account.ts';
import type { BatchRun } from './batch-run.repository.ts';
import type { Composer } from '../compose/composing-text.ts';
import type { Rates } from '../pace/rate.ts';

/** The dependencies of the send path. */
export interface SendDependencies {
  readonly database: Database;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly rates: Rates;
  /** Draws a UUIDv7 of machine time. */
  readonly newId: () => string;
  readonly keysOf: (tenantId: string) => Promise<TenantKeys>;
  /** Returns the composer of texts for a batch. */
  readonly composerOf: (run: BatchRun, account: Account) => Promise<Composer>;
  /** Called with the operators' statements on people: opt-outs and unusable numbers. */
  readonly recordRefused: (run: BatchRun, said: RefusedRecipients) => Promise<void>;
}

/** People an operator refuses to write to, by seq of their message. */
export interface RefusedRecipients {
  readonly optedOut: readonly number[];
  readonly badNumbers: readonly number[];
}

/** The batch of this attempt, and the signal that stops it. */
export interface SendRequest {
  readonly tenantId: string;
  readonly batchId: string;
  /** Aborted on shutdown and cancellation: nothing more is marked, answers are gathered. */
  readonly signal: AbortSignal;
  /** ISO instant after which these messages are false, sooner than their order says. */
  readonly expireAt?: string;
}
