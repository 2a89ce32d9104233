import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/connection.ts';
import type { Vault } from '../crypto/vault.ts';
import type { JournalEntry } from './entry.ts';
import type { Position } from './process-folder.ts';

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

/** Thrown by an entry whose person is suppressed, while the record of it waits for a lock. */
export class EffectiveAlready extends Error {
  override readonly name = 'EffectiveAlready';
  /** Callers treat it as the lock for which the record waits. */
  readonly code = '55P03';
}

/**
 * The occasion of applying an entry: one delayed by an outage is answered as usual; after a restore the day of the
 * answer is lost.
 */
export type Occasion = 'outage' | 'restore';

/** Applies an entry; true when it had no effect yet. Applying twice changes nothing. */
export type ApplyEntry = (deps: ApplyDeps, entry: JournalEntry, occasion: Occasion) => Promise<boolean>;

/** An entry whose bytes do not open: it cannot take effect by itself, and the gate waits for a person. */
export interface Trouble {
  readonly processId: string;
  readonly at: Position;
  readonly why: 'damaged';
  /** The occasion, kept for its retries. */
  readonly occasion: Occasion;
}

/** An entry without effect yet: it is retried until it has one. */
export interface Wait {
  readonly processId: string;
  readonly at: Position;
  /** `locked`, `busy`: it ends by itself. `refused`: the database does not take this one. */
  readonly why: 'locked' | 'busy' | 'refused';
  /** The SQL state, if there was one. */
  readonly code: string | undefined;
  /** The occasion, kept for its retries: an entry that was answered is not answered again. */
  readonly occasion: Occasion;
  /** True when its person is suppressed: only the record of it waits. */
  readonly isEffective?: true;
}

const WRITTEN_OFF = 'written-off';

/** Names a position among all journals, for people. */
export const placeNameOf = ({ processId, at }: Pick<Trouble, 'processId' | 'at'>): string =>
  `${processId}/${at.file} byte ${at.byte}`;

/** Reads the positions that a person wrote off; they hold nothing up any more. */
export async function writtenOff(root: string): Promise<ReadonlySet<string>> {
  const text = await readFile(path.join(root, WRITTEN_OFF), 'utf8').catch(() => '');
  return new Set(text.split('\n'));
}

/** Stores the positions that a person wrote off. */
export async function writeOff(root: string, troubles: readonly (Trouble | Wait)[]): Promise<void> {
  if (troubles.length === 0) return;
  await mkdir(root, { recursive: true, mode: 0o700 });
  const file = await open(path.join(root, WRITTEN_OFF), 'a', 0o600);
  try {
    await file.writeFile(troubles.map((one) => `${placeNameOf(one)}\n`).join(''));
    await file.sync();
  } finally {
    await file.close();
  }
}
