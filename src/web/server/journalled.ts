import {
  type Database,
  type Transaction,
  Refusal,
  type JournalEntry,
  type Kept,
  type Taking,
  type Here,
  type Position,
  type Replayed,
} from '../../platform/index.ts';
import type { GivenUp, Told } from '../../operations/index.ts';

/** A transaction that hangs so long is not waited for: its entry is drained as if it had failed. */
const HANGS_MS = 3_000;

/** The opt-out journal of this process, as requests use it. */
export interface OptOutJournal extends Here {
  /** On the disk, then committed or on its way to the database. */
  take(entry: JournalEntry, commit: () => Promise<unknown>): Promise<Kept>;
  /** The same for what came together: all of it on the disk first, then one wait for all. */
  takeAll(takings: readonly Taking[]): Promise<readonly Kept[]>;
  /** Refuses with JOURNAL_UNAVAILABLE when it cannot be written. */
  write(entry: JournalEntry): Promise<Position>;
  /** Nothing could take it: the gate is closed until something can. */
  refuse(entry: JournalEntry): Promise<void>;
  /** Resolves once it may be acknowledged. */
  committed(at: Position): Promise<void>;
  owe(at: Position): Promise<unknown>;
  /** Brings back what a restored database has lost; once for each seal. */
  replayed(sealId: string | null): Promise<Replayed>;
  /** What has no effect yet, and for whom. */
  told(): Promise<readonly Told[]>;
  /** A person decided that what has no effect holds nothing up; each is tried first. */
  writeOff(): Promise<readonly GivenUp[]>;
  /**
   * Whether the database is slow or away for this process, so that another one brings its entries in. An entry may then
   * have to wait until no vouch counts that does not know of it, so little time is spent before it is written.
   */
  readonly isAsking: () => boolean;
  /** Why this process holds the gate, if it does. */
  readonly doubt: () => string | undefined;
  /** What is wrong with the journal though it holds no gate. */
  readonly fault: () => string | undefined;
}

/** What one request wrote into the journal: settled as its transaction is. */
export class Journalled {
  readonly #journal: OptOutJournal;
  readonly #places: Position[] = [];
  /** What the disk did not take: it holds as soon as the transaction commits. */
  readonly #unwritten: JournalEntry[] = [];

  constructor(journal: OptOutJournal) {
    this.#journal = journal;
  }

  /** Whether something is on the disk, and so holds whatever becomes of the transaction. */
  get holds(): boolean {
    return this.#places.length > 0;
  }

  /** Resolves once the entry is on the disk, or cannot be; its effect comes after. */
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

  /** One transaction; where something was written, it is committed in the database alone that this process reports to. */
  within<T>(database: Database, tenantId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return database.withTenant(tenantId, async (tx) => {
      const made = await work(tx);
      if (this.holds) await this.#journal.here(tx);
      return made;
    });
  }

  /** Resolves once it may be acknowledged. */
  async committed(): Promise<void> {
    await Promise.all(this.#places.map((at) => this.#journal.committed(at)));
  }

  /** The transaction failed: whoever left has left all the same. */
  async owe(): Promise<void> {
    await Promise.all([
      ...this.#places.map((at) => this.#journal.owe(at)),
      ...this.#unwritten.map((entry) => this.#journal.refuse(entry)),
    ]);
  }
}
