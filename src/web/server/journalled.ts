import {
  type Database,
  type Transaction,
  Refusal,
  throughContention,
  type JournalEntry,
  type KeptWhere,
  type OptOutTaking,
  type Here,
  type Position,
  type Replayed,
} from '../../platform/index.ts';
import type { GivenUp, PendingEntry } from '../../operations/index.ts';

/** A transaction that hangs so long is not awaited: its entry is drained as if it had failed. */
const HANGS_MS = 3_000;

/** The opt-out journal of this process, for requests. */
export interface OptOutJournal extends Here {
  /** Writes to disk, then commits or leaves it to draining. */
  take(entry: JournalEntry, commit: () => Promise<unknown>): Promise<KeptWhere>;
  /** The same for entries that arrived together: all of them on disk first, then one wait for all. */
  takeAll(takings: readonly OptOutTaking[]): Promise<readonly KeptWhere[]>;
  /** Refuses with JOURNAL_UNAVAILABLE when it cannot be written. */
  write(entry: JournalEntry): Promise<Position>;
  /** Refuses an entry that nothing could take: the gate is closed until something can. */
  refuse(entry: JournalEntry): Promise<void>;
  /** Resolves once it may be acknowledged. */
  committed(at: Position): Promise<void>;
  owe(at: Position): Promise<unknown>;
  /** Brings back the entries that a restored database has lost; once for each seal. */
  replayed(sealId: string | null): Promise<Replayed>;
  /** Lists the entries without effect, and their people. */
  pending(): Promise<readonly PendingEntry[]>;
  /** Releases the gate from entries without effect, by a person's decision; each is tried first. */
  writeOff(): Promise<readonly GivenUp[]>;
  /**
   * True when the database is slow or away for this process, so that another one brings its entries in. An entry
   * may then have to wait until no vouch counts that ignores it, so little time is spent before it is written.
   */
  readonly isAsking: () => boolean;
  /** Returns the reason why this process holds the gate; undefined otherwise. */
  readonly doubt: () => string | undefined;
  /** Returns a fault of the journal that does not hold the gate. */
  readonly fault: () => string | undefined;
}

/** The journal entries of one request: settled as its transaction is. */
export class Journalled {
  readonly #journal: OptOutJournal;
  readonly #places: Position[] = [];
  /** Entries that the disk did not take: valid as soon as the transaction commits. */
  readonly #unwritten: JournalEntry[] = [];

  constructor(journal: OptOutJournal) {
    this.#journal = journal;
  }

  /** True when an entry is on disk, and so valid whatever becomes of the transaction. */
  get holds(): boolean {
    return this.#places.length > 0;
  }

  /** Resolves once the entry is on disk, or cannot be; its effect comes after. */
  async write(entry: JournalEntry): Promise<void> {
    let at: Position;
    try {
      at = await this.#journal.write(entry);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'JOURNAL_UNAVAILABLE') throw error;
      this.#unwritten.push(entry);
      return;
    }
    this.#places.push(at);
    setTimeout(() => void this.#journal.owe(at), HANGS_MS).unref();
  }

  /**
   * Runs a transaction, once more where others were in its way, and settles its entries as it ends. Once the journal
   * has taken an entry it is run no second time: that would be a second act.
   */
  async run<T>(database: Database, tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    try {
      const made = await throughContention(
        () => this.#within(database, tenantId, work),
        () => !this.holds,
      );
      await Promise.all(this.#places.map((at) => this.#journal.committed(at)));
      return made;
    } catch (cause) {
      await this.owe();
      throw cause;
    }
  }

  /** Runs one transaction; with an entry, it is committed only in the database that this process reports to. */
  #within<T>(database: Database, tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return database.withTenant(tenantId, async (tx) => {
      const made = await work(tx);
      if (this.holds) await this.#journal.here(tx);
      return made;
    });
  }

  /** The transaction failed: the opt-out is valid all the same. */
  async owe(): Promise<void> {
    await Promise.all([
      ...this.#places.map((at) => this.#journal.owe(at)),
      ...this.#unwritten.map((entry) => this.#journal.refuse(entry)),
    ]);
  }
}
