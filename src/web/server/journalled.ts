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

/** A transaction that takes longer is no longer awaited: its entry is left to the next drain, as if it had failed. */
const HANGS_MS = 3_000;

/** The opt-out journal of this process, for requests. */
export interface OptOutJournal extends Here {
  /** Writes an entry to disk, then commits it or leaves it to the next drain. */
  take(entry: JournalEntry, commit: () => Promise<unknown>): Promise<KeptWhere>;
  /** Does the same for entries that arrived together: all are on disk before any is committed. */
  takeAll(takings: readonly OptOutTaking[]): Promise<readonly KeptWhere[]>;
  /** Writes an entry to disk; refuses with JOURNAL_UNAVAILABLE when it cannot. */
  write(entry: JournalEntry): Promise<Position>;
  /** Notes an entry that nothing could keep: the gate is closed until something can. */
  refuse(entry: JournalEntry): Promise<void>;
  /** Notes that the effect of an entry is committed; resolves once it may be acknowledged. */
  committed(at: Position): Promise<void>;
  owe(at: Position): Promise<unknown>;
  /** Applies the entries that a restored database has lost, once for each seal. */
  replayed(sealId: string | null): Promise<Replayed>;
  /** Lists the entries without effect, and their people. */
  pending(): Promise<readonly PendingEntry[]>;
  /**
   * Writes off the entries without effect, by a person's decision, so that they no longer hold the gate; each is
   * tried once more first.
   */
  writeOff(): Promise<readonly GivenUp[]>;
  /**
   * Says whether the database is slow or away for this process, so that another one brings its entries in. An entry may
   * then have to wait until no vouch counts that ignores it, so that it should be written soon.
   */
  readonly isAsking: () => boolean;
  /** Returns the reason why this process holds the gate; undefined when it does not. */
  readonly doubt: () => string | undefined;
  /** Returns the fault of the journal when it cannot be written, which alone does not hold the gate. */
  readonly fault: () => string | undefined;
}

/** The journal entries of one request: committed or owed when its transaction ends. */
export class Journalled {
  readonly #journal: OptOutJournal;
  readonly #places: Position[] = [];
  /** Entries that the disk did not take: they count once the transaction commits. */
  readonly #unwritten: JournalEntry[] = [];

  constructor(journal: OptOutJournal) {
    this.#journal = journal;
  }

  /** True when an entry is on disk, and so counts whatever becomes of the transaction. */
  get holds(): boolean {
    return this.#places.length > 0;
  }

  /** Resolves once the entry is on disk, or the disk has refused it; call it before the entry's effect. */
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
   * Runs a transaction, again when the server ended it in favour of another, and settles its entries when it ends. Once
   * the journal has an entry the transaction is not run again, since that would be a second act.
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

  /** Runs one transaction; with an entry, it is committed only in the database to which this process reports. */
  #within<T>(database: Database, tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return database.withTenant(tenantId, async (tx) => {
      const made = await work(tx);
      if (this.holds) await this.#journal.here(tx);
      return made;
    });
  }

  /** Leaves the entries to the next drain when the transaction failed: the opt-out counts all the same. */
  async owe(): Promise<void> {
    await Promise.all([
      ...this.#places.map((at) => this.#journal.owe(at)),
      ...this.#unwritten.map((entry) => this.#journal.refuse(entry)),
    ]);
  }
}
