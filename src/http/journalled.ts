import type { JournalEntry } from '../journal/entry.ts';
import type { Kept } from '../journal/journal.ts';
import type { Position } from '../journal/position.ts';
import type { Replayed } from '../journal/replay.ts';
import type { Trouble } from '../journal/trouble.ts';

/** A transaction that hangs so long is not waited for: its entry is drained as if it had failed. */
const HANGS_MS = 3_000;

/** The opt-out journal of this process, as requests use it. */
export interface OptOutJournal {
  /** On the disk, then committed or on its way to the database. */
  take(entry: JournalEntry, commit: () => Promise<unknown>): Promise<Kept>;
  write(entry: JournalEntry): Promise<Position>;
  committed(at: Position): void;
  owe(at: Position): Promise<void>;
  /** Brings back what a restored database has lost; once for each seal. */
  replayed(sealId: string | null): Promise<Replayed>;
  /** A person decided that what cannot be read holds nothing up. */
  writeOff(): Promise<readonly Trouble[]>;
  /** Why this process holds the gate, if it does. */
  readonly doubt: () => string | undefined;
}

/** What one request wrote into the journal: settled as its transaction is. */
export class Journalled {
  readonly #journal: OptOutJournal;
  readonly #places: Position[] = [];

  constructor(journal: OptOutJournal) {
    this.#journal = journal;
  }

  /** Whether something is on the disk, and so holds whatever becomes of the transaction. */
  get holds(): boolean {
    return this.#places.length > 0;
  }

  /** Resolves once the entry is on the disk; its effect comes after. */
  async write(entry: JournalEntry): Promise<void> {
    const at = await this.#journal.write(entry);
    this.#places.push(at);
    setTimeout(() => void this.#journal.owe(at), HANGS_MS).unref();
  }

  committed(): void {
    for (const at of this.#places) this.#journal.committed(at);
  }

  /** The transaction failed: whoever left has left all the same. */
  async owe(): Promise<void> {
    await Promise.all(this.#places.map((at) => this.#journal.owe(at)));
  }
}
