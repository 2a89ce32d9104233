import type { Clock } from '../clock.ts';
import type { Database } from '../database/connection.ts';
import type { Vault } from '../crypto/vault.ts';
import type { JournalEntry } from './entry.ts';

/** The dependencies of applying entries. */
export interface ApplyDeps {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  /**
   * Says whether the operator of an account confirms a STOP itself; undefined when no such account is configured. A
   * process that leaves such entries to one with the account throws `AccountElsewhere`.
   */
  readonly acknowledgesStop: (gateway: string) => boolean | undefined;
  /** Receives the rest of the work on a reply whose sender has opted out; `replySettler` does it when absent. */
  readonly afterwards?: (rest: () => Promise<unknown>) => void;
}

/** Thrown to leave an entry to a process that has its account: here nobody would ever confirm its STOP. */
export class AccountElsewhere extends Error {
  override readonly name = 'AccountElsewhere';
}

/**
 * The occasion of applying an entry: one delayed by an outage is answered as usual; after a restore the day of the
 * answer is lost.
 */
export type Occasion = 'outage' | 'restore';

/** Applies an entry; true when it had no effect yet. Applying twice changes nothing. */
export type ApplyEntry = (deps: ApplyDeps, entry: JournalEntry, occasion: Occasion) => Promise<boolean>;
