import type { Clock } from '../clock.ts';
import type { Transaction } from '../database/connection.ts';
import { CannotStart } from '../../base/index.ts';
import { Refusal } from '../errors.ts';
import type { Log } from '../log.ts';
import { commitTogether, type Committed, type Committing } from './common-wait.ts';
import { drain, type DrainDeps, type Trouble, type Wait } from './drain.ts';
import type { JournalEntry, JournalKeys } from './entry.ts';
import { type Here, WaitingEntries } from './bring-in.ts';
import {
  BEGINNING,
  earlier,
  isBefore,
  type Position,
  makeProcessFolder,
  noteDrained,
  type ProcessFolder,
} from './process-folder.ts';
import { JournalWriter } from './writer.ts';

/**
 * Opt-outs in memory that were refused and are still retried; beyond this number the oldest is left to the caller's
 * retry.
 */
const MOST_UNKEPT = 1_000;
/** Milliseconds between trials of a disk that refused a write. */
const TRIED_EVERY_MS = 1_000;

export interface JournalDeps {
  readonly root: string;
  readonly processId: string;
  readonly keys: JournalKeys;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * Resolves once no gate is open on a statement that ignores the entry (`owed`), or another process has brought it in
   * (`committed`). Without a position the entry is not on disk. Never rejects.
   */
  readonly takeBack: (at?: Position) => Promise<KeptWhere>;
  /**
   * Resolves once no gate of another database is open on a statement that ignores an entry committed in ours. Never
   * rejects.
   */
  readonly knownElsewhere?: (at: Position) => Promise<void>;
  /** True while another process is asked to bring in the entries on disk. */
  readonly isAsking?: () => boolean;
  /** Throws when a transaction is in another database than the one to which this journal belongs. */
  readonly here?: (tx: Transaction) => Promise<void>;
  /** Called when another process has taken this folder over: this process must end. */
  readonly lost: () => void;
}

/** An opt-out to be kept, and how its effect is committed. */
export interface OptOutTaking extends Committing {
  readonly entry: JournalEntry;
}

/** Where an opt-out is kept: `committed` in the database, or `owed`: on disk, and to be brought into the database. */
export type KeptWhere = 'committed' | 'owed';

/** The journal of one process: opt-outs are on disk here before they are committed. */
export class Journal implements Here {
  readonly folder: ProcessFolder;
  readonly #deps: JournalDeps;
  readonly #writer: JournalWriter;
  /** Entries on disk whose commit is under way. */
  readonly #open = new Set<Position>();
  /**
   * Entries that may not be acknowledged yet, each with a promise that resolves once no gate is open that ignores it.
   */
  readonly #owing = new Map<Position, Promise<KeptWhere>>();
  /** The first entry that may be owed to the database; undefined when none is. */
  #owedFrom: Position | undefined;
  /** The last entry that was owed to the database. */
  #owedTo: Position = BEGINNING;
  #troubles: readonly Trouble[] = [];
  readonly #waiting: WaitingEntries;
  /**
   * Opt-outs that neither the disk nor the database could take, by id: they were refused, and are retried all the
   * same.
   */
  readonly #unkept = new Map<string, JournalEntry>();
  #triedAt = Number.NEGATIVE_INFINITY;

  private constructor(deps: JournalDeps, folder: ProcessFolder) {
    this.#deps = deps;
    this.folder = folder;
    this.#writer = new JournalWriter({ ...deps, folder });
    this.#waiting = new WaitingEntries(deps.clock);
  }

  /** Makes the folder of this process; throws `CannotStart` when it cannot be written. */
  static async open(deps: JournalDeps): Promise<Journal> {
    try {
      return new Journal(deps, await makeProcessFolder(deps.root, deps.processId));
    } catch (cause) {
      throw new CannotStart(
        `The opt-out journal cannot be written in ${deps.root}: make the folder writable, or name another in BONHEURE_JOURNAL.`,
        { cause },
      );
    }
  }

  /** True when every acknowledged opt-out has its effect in the database. */
  get isDrained(): boolean {
    return this.#owedFrom === undefined && this.held.length === 0 && this.#unkept.size === 0;
  }

  /** True when every acknowledged opt-out is recorded in the database as well. */
  get isRecorded(): boolean {
    return this.isDrained && this.waits.length === 0;
  }

  /** The entries without effect, which hold the gate. */
  get held(): readonly (Trouble | Wait)[] {
    return [...this.#troubles, ...this.#waitsWithoutEffect];
  }

  get #waitsWithoutEffect(): readonly Wait[] {
    return this.waits.filter(({ isEffective }) => isEffective !== true);
  }

  /** The entries that wait for the database. */
  get waits(): readonly Wait[] {
    return this.#waiting.waits;
  }

  /** The system's error code while nothing can be written. */
  get fault(): string | undefined {
    return this.#writer.fault;
  }

  /** The number of opt-outs that were refused because nothing could keep them, and are still retried. */
  get unkept(): number {
    return this.#unkept.size;
  }

  /** True while the database is slow or away for this process, and another one is asked to bring its entries in. */
  isAsking(): boolean {
    return this.#deps.isAsking?.() === true;
  }

  async here(tx: Transaction): Promise<void> {
    await this.#deps.here?.(tx);
  }

  /** The troubles that need a person. */
  get troubles(): readonly Trouble[] {
    return this.#troubles;
  }

  /** The position before which everything is in the database. */
  get drainedTo(): Position {
    const held = [...this.#troubles, ...this.waits].map(({ at }) => at);
    const places = [...this.#open, ...held, this.#owedFrom ?? this.#writer.end];
    return places.reduce(earlier);
  }

  /** The end of the last entry on disk. */
  get end(): Position {
    return this.#writer.end;
  }

  /** Resolves once the entry is on disk; JOURNAL_UNAVAILABLE when it cannot be. */
  write(entry: JournalEntry): Promise<Position> {
    // The entry counts as open from the moment it is on disk: otherwise the end of the journal would look drained.
    return this.#writer.append(JSON.stringify(entry), (at) => this.#open.add(at));
  }

  /** Notes the commit of an entry's effect; resolves once it may be acknowledged. */
  async committed(at: Position): Promise<void> {
    this.#open.delete(at);
    const known = this.#deps.knownElsewhere?.(at).then((): KeptWhere => 'committed');
    if (known === undefined) return;
    // A request that gives up meanwhile and calls `owe` waits for the same.
    this.#owing.set(at, known);
    await known.finally(() => this.#owing.delete(at));
  }

  /** Leaves an entry to the next drain; resolves once no gate is open that ignores it. */
  async owe(at: Position): Promise<KeptWhere> {
    if (!this.#open.delete(at)) return (await this.#owing.get(at)) ?? 'owed';
    this.#owedFrom = this.#owedFrom === undefined ? at : earlier(this.#owedFrom, at);
    if (isBefore(this.#owedTo, at)) this.#owedTo = at;
    const takenBack = this.#deps.takeBack(at).finally(() => this.#owing.delete(at));
    this.#owing.set(at, takenBack);
    return takenBack;
  }

  /** Keeps one opt-out as `takeAll` does. */
  async take(entry: JournalEntry, commit: () => Promise<unknown>): Promise<KeptWhere> {
    const [kept = 'owed'] = await this.takeAll([{ entry, commit }]);
    return kept;
  }

  /**
   * Writes all entries to disk, then commits them; resolves once all are durable, with the outcome of each in order.
   * All are on disk before any is committed, so that they share the wait. A journal that cannot be written prevents no
   * opt-out: its commit alone is acknowledged then. When one entry is neither on disk nor committed, all are refused
   * with JOURNAL_UNAVAILABLE.
   */
  async takeAll(takings: readonly OptOutTaking[]): Promise<readonly KeptWhere[]> {
    const written = await Promise.all(
      takings.map(async (taking) => {
        const at = await ifUnwritable(this.write(taking.entry));
        const isWritten = at !== undefined;
        return { ...taking, at, isWritten, isLeft: isWritten && this.isAsking() };
      }),
    );
    return commitTogether(this.#deps.clock, written, ({ entry, at }, outcome) =>
      at === undefined ? this.#keepAlone(entry, outcome) : this.#keep(at, outcome),
    );
  }

  async #keep(at: Position, outcome: Committed): Promise<KeptWhere> {
    if (outcome === 'committed') {
      await this.committed(at);
      return 'committed';
    }
    return this.owe(at);
  }

  /** Keeps an entry that is not on disk. One whose commit never began is left to the caller's retry. */
  async #keepAlone(entry: JournalEntry, outcome: Committed): Promise<KeptWhere> {
    if (outcome === 'committed') return 'committed';
    if (outcome === 'not-in-time') await this.refuse(entry);
    throw new Refusal('JOURNAL_UNAVAILABLE');
  }

  /**
   * Holds an entry in memory that nothing could keep; resolves once the gate is closed, until the disk or the
   * database takes it.
   */
  async refuse(entry: JournalEntry): Promise<void> {
    this.#unkept.set(entry.reception.id, entry);
    const [oldest] = this.#unkept.keys();
    if (this.#unkept.size > MOST_UNKEPT && oldest !== undefined) this.#unkept.delete(oldest);
    await this.#deps.takeBack();
  }

  /** Tries whether the disk takes writes again, and keeps the entries that were refused. */
  async mend(deps: DrainDeps): Promise<void> {
    const now = this.#deps.clock.monotonic();
    if (this.fault !== undefined && now - this.#triedAt >= TRIED_EVERY_MS) {
      this.#triedAt = now;
      await this.#writer.tryOut();
    }
    for (const [id, entry] of this.#unkept) {
      const at = this.fault === undefined ? await ifUnwritable(this.write(entry)) : undefined;
      const isKept = at !== undefined || (await isApplied(deps, entry));
      // When one entry cannot be kept, the next one could not either.
      if (!isKept) return;
      this.#unkept.delete(id);
      if (at !== undefined) await this.owe(at);
    }
  }

  /**
   * Brings owed entries into the database; throws while it is away, and returns true when more are owed. It stops
   * between two groups once `isWanted` returns false, since a helper brings the others in.
   */
  async drain(deps: DrainDeps, isWanted?: () => boolean): Promise<boolean> {
    const order = { folder: this.folder, occasion: 'outage' } as const;
    this.#troubles = [...this.#troubles, ...(await this.#waiting.retry(deps, this.folder))];
    const from = this.#owedFrom;
    if (from === undefined) return false;
    // An entry that is being committed is left to its transaction, after which it is committed or owed.
    const until = [...this.#open].reduce(earlier, this.#writer.end);
    let read = from;
    const reached = (to: Position): void => {
      this.#owedFrom = read = to;
    };
    const { troubles, waits, isCut } = await drain(deps, { ...order, from, until, reached, isWanted });
    // `#owedFrom` has not passed any entry without effect, so they are still owed.
    if (isCut) return true;
    const isUnread = troubles.length + waits.length === 0 && !isBefore(this.#owedTo, read);
    // The file did not return an acknowledged entry, which counts as damage.
    const lost: readonly Trouble[] =
      isUnread && isBefore(this.#owedTo, until)
        ? [{ processId: this.folder.processId, at: this.#owedTo, why: 'damaged', occasion: 'outage' }]
        : [];
    this.#troubles = [...this.#troubles, ...troubles, ...lost];
    this.#waiting.hold(waits);
    this.#owedFrom = isBefore(this.#owedTo, until) ? undefined : until;
    return this.#owedFrom !== undefined;
  }

  /** Forgets the entries that a person wrote off, so that they no longer hold the gate. */
  pardon(): void {
    this.#troubles = [];
    this.#waiting.release(this.#waitsWithoutEffect);
  }

  /** Stores the drained position on disk, with the seal of the database that it refers to. */
  async noteDrained(sealId: string | null): Promise<void> {
    await noteDrained(this.folder, this.drainedTo, sealId);
  }

  async close(): Promise<void> {
    await this.#writer.close();
  }
}

/** Returns the position of an entry; undefined when the journal cannot be written. */
async function ifUnwritable(writing: Promise<Position>): Promise<Position | undefined> {
  try {
    return await writing;
  } catch (error) {
    if (error instanceof Refusal && error.code === 'JOURNAL_UNAVAILABLE') return undefined;
    throw error;
  }
}

/** Applies the entry to the database at once; returns false when it cannot. */
const isApplied = (deps: DrainDeps, entry: JournalEntry): Promise<boolean> =>
  deps.apply(deps, entry, 'outage').then(
    (isNew) => {
      if (isNew) deps.effective?.(entry);
      return true;
    },
    () => false,
  );
