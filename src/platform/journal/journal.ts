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

/** Refused opt-outs that are still retried; beyond, the oldest is left to the caller's retry. */
const MOST_UNKEPT = 1_000;
/** Milliseconds between retries of a journal that cannot be written. */
const TRIED_EVERY_MS = 1_000;

export interface JournalDeps {
  readonly root: string;
  readonly processId: string;
  readonly keys: JournalKeys;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * Resolves once no gate is open on a statement that ignores an entry, or another process has brought it in.
   * Without a position, the disk did not take it. Never rejects.
   */
  readonly takeBack: (at?: Position) => Promise<KeptWhere>;
  /** Resolves once no gate of another database is open on a statement that ignores an entry of ours. Never rejects. */
  readonly knownElsewhere?: (at: Position) => Promise<void>;
  /** True when another process is asked to bring in the entries on disk. */
  readonly isAsking?: () => boolean;
  /** Throws where a transaction is in another database than the one in which commits count. */
  readonly here?: (tx: Transaction) => Promise<void>;
  /** Called when another process took our folder over: this one must end. */
  readonly lost: () => void;
}

/** An opt-out to be kept, and its effect. */
export interface OptOutTaking extends Committing {
  readonly entry: JournalEntry;
}

/** The outcome of an opt-out: in the database, or on disk and due there. */
export type KeptWhere = 'committed' | 'owed';

/** The opt-outs of one process, on disk before anything else knows of them. */
export class Journal implements Here {
  readonly folder: ProcessFolder;
  readonly #deps: JournalDeps;
  readonly #writer: JournalWriter;
  /** Entries on disk whose commit is under way. */
  readonly #open = new Set<Position>();
  /** For each entry that may not be acknowledged yet: a promise that resolves once no gate is open that ignores it. */
  readonly #owing = new Map<Position, Promise<KeptWhere>>();
  /** The position from which some acknowledged entries are not in the database. */
  #owedFrom: Position | undefined;
  /** The position after which there are none. */
  #owedTo: Position = BEGINNING;
  #troubles: readonly Trouble[] = [];
  readonly #waiting: WaitingEntries;
  /** Opt-outs that neither the disk nor the database could take, by id: refused, and retried all the same. */
  readonly #unkept = new Map<string, JournalEntry>();
  #triedAt = Number.NEGATIVE_INFINITY;

  private constructor(deps: JournalDeps, folder: ProcessFolder) {
    this.#deps = deps;
    this.folder = folder;
    this.#writer = new JournalWriter({ ...deps, folder });
    this.#waiting = new WaitingEntries(deps.clock);
  }

  /** Makes the folder of this process; a journal that cannot be written is reported before anybody is served. */
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

  /** True when everything acknowledged has its effect in the database. */
  get isDrained(): boolean {
    return this.#owedFrom === undefined && this.held.length === 0 && this.#unkept.size === 0;
  }

  /** True when it is all recorded there as well. */
  get isRecorded(): boolean {
    return this.isDrained && this.waits.length === 0;
  }

  /** The entries that hold the gate: those without effect. */
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

  /** Count of opt-outs that were refused because nothing could keep them. */
  get unkept(): number {
    return this.#unkept.size;
  }

  /** True when the database is slow or away for this process, so that another one brings its entries in. */
  isAsking(): boolean {
    return this.#deps.isAsking?.() === true;
  }

  /** Throws where a transaction is in another database than the one in which commits count. */
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
    // Noted before anything else goes on: nobody may take the end of the journal for drained meanwhile.
    return this.#writer.append(JSON.stringify(entry), (at) => this.#open.add(at));
  }

  /** Notes the commit of an entry's effect; resolves once it may be acknowledged. */
  async committed(at: Position): Promise<void> {
    this.#open.delete(at);
    const known = this.#deps.knownElsewhere?.(at).then((): KeptWhere => 'committed');
    if (known === undefined) return;
    // An abandoned request that leaves its entry to the journal waits as long.
    this.#owing.set(at, known);
    await known.finally(() => this.#owing.delete(at));
  }

  /** Leaves an entry to draining; each call resolves once nothing may begin before that. */
  async owe(at: Position): Promise<KeptWhere> {
    if (!this.#open.delete(at)) return (await this.#owing.get(at)) ?? 'owed';
    this.#owedFrom = this.#owedFrom === undefined ? at : earlier(this.#owedFrom, at);
    if (isBefore(this.#owedTo, at)) this.#owedTo = at;
    const takenBack = this.#deps.takeBack(at).finally(() => this.#owing.delete(at));
    this.#owing.set(at, takenBack);
    return takenBack;
  }

  /** Does `takeAll` for one entry. */
  async take(entry: JournalEntry, commit: () => Promise<unknown>): Promise<KeptWhere> {
    const [kept = 'owed'] = await this.takeAll([{ entry, commit }]);
    return kept;
  }

  /**
   * Writes entries, then commits them; resolves once all are durable, with the outcome of each in order. All are on
   * disk before any is committed, so that the wait is shared. A journal that cannot be written prevents no opt-out:
   * the commit alone is acknowledged then, and JOURNAL_UNAVAILABLE refuses all where one of them has neither.
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

  /** An opt-out that was never begun is left to the caller's retry: the gate is closed for those that were. */
  async #keepAlone(entry: JournalEntry, outcome: Committed): Promise<KeptWhere> {
    if (outcome === 'committed') return 'committed';
    if (outcome === 'not-in-time') await this.refuse(entry);
    throw new Refusal('JOURNAL_UNAVAILABLE');
  }

  /** Refuses an entry that nothing could take; resolves once the gate is closed, which opens when something can. */
  async refuse(entry: JournalEntry): Promise<void> {
    this.#unkept.set(entry.reception.id, entry);
    const [oldest] = this.#unkept.keys();
    if (this.#unkept.size > MOST_UNKEPT && oldest !== undefined) this.#unkept.delete(oldest);
    await this.#deps.takeBack();
  }

  /** Tries whether the disk takes writes again, and keeps the refused entries. */
  async mend(deps: DrainDeps): Promise<void> {
    const now = this.#deps.clock.monotonic();
    if (this.fault !== undefined && now - this.#triedAt >= TRIED_EVERY_MS) {
      this.#triedAt = now;
      await this.#writer.tryOut();
    }
    for (const [id, entry] of this.#unkept) {
      const at = this.fault === undefined ? await ifUnwritable(this.write(entry)) : undefined;
      const isKept = at !== undefined || (await isApplied(deps, entry));
      // An entry cannot be kept: the next one could not either.
      if (!isKept) return;
      this.#unkept.delete(id);
      if (at !== undefined) await this.owe(at);
    }
  }

  /**
   * Brings owed entries into the database; throws while it is away. True when more wait. It stops between two
   * groups once it is no longer wanted: a helper brings the rest in.
   */
  async drain(deps: DrainDeps, isWanted?: () => boolean): Promise<boolean> {
    const order = { folder: this.folder, occasion: 'outage' } as const;
    this.#troubles = [...this.#troubles, ...(await this.#waiting.retry(deps, this.folder))];
    const from = this.#owedFrom;
    if (from === undefined) return false;
    // An entry that is being committed is left to its transaction: in a moment it is committed, or owed as well.
    const until = [...this.#open].reduce(earlier, this.#writer.end);
    let read = from;
    const reached = (to: Position): void => {
      this.#owedFrom = read = to;
    };
    const { troubles, waits, isCut } = await drain(deps, { ...order, from, until, reached, isWanted });
    // The position has not passed the entries without effect: all of them are still owed.
    if (isCut) return true;
    const isUnread = troubles.length + waits.length === 0 && !isBefore(this.#owedTo, read);
    // An acknowledged entry that its file does not return: nothing counts as drained that was not read.
    const lost: readonly Trouble[] =
      isUnread && isBefore(this.#owedTo, until)
        ? [{ processId: this.folder.processId, at: this.#owedTo, why: 'damaged', occasion: 'outage' }]
        : [];
    this.#troubles = [...this.#troubles, ...troubles, ...lost];
    this.#waiting.hold(waits);
    this.#owedFrom = isBefore(this.#owedTo, until) ? undefined : until;
    return this.#owedFrom !== undefined;
  }

  /** Entries that a person wrote off block nothing any more. */
  pardon(): void {
    this.#troubles = [];
    this.#waiting.release(this.#waitsWithoutEffect);
  }

  /** Stores the drained position on disk, with the seal of the database. */
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

/** Says whether the database takes the entry by itself. */
const isApplied = (deps: DrainDeps, entry: JournalEntry): Promise<boolean> =>
  deps.apply(deps, entry, 'outage').then(
    (isNew) => {
      if (isNew) deps.effective?.(entry);
      return true;
    },
    () => false,
  );
