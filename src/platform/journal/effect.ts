import type { Clock } from '../clock.ts';
import type { Database } from '../database/connection.ts';
import type { Vault } from '../crypto/vault.ts';
import type { JournalEntry } from './entry.ts';

/** What entries take effect in. */
export interface ApplyDeps {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  /**
   * Whether the operator of an account confirms a STOP itself; undefined when no such account is configured. Whoever
   * leaves such entries to a process that has the account throws `AccountElsewhere`.
   */
  readonly acknowledgesStop: (gateway: string) => boolean | undefined;
  /** Is given what is left of a reply whose sender is barred; without it `replySettler` does it. */
  readonly afterwards?: (rest: () => Promise<unknown>) => void;
}

/** An entry is left to a process that has its account: here nobody would ever confirm its STOP. */
export class AccountElsewhere extends Error {
  override readonly name = 'AccountElsewhere';
}

/** Entries late by an outage are answered as usual; after a restore the day of the answer is lost. */
export type Occasion = 'outage' | 'restore';

/** Brings about what an entry says; true when it had not happened yet. Twice changes nothing. */
export type ApplyEntry = (deps: ApplyDeps, entry: JournalEntry, occasion: Occasion) => Promise<boolean>;
