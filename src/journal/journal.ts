import type { Clock } from '../clock.ts';
import { CannotStart } from '../errors.ts';
import { inTime } from '../in-time.ts';
import type { Log } from '../log.ts';
import { drain, type DrainDeps } from './drain.ts';
import type { JournalEntry } from './entry.ts';
import type { JournalKeys } from './journal-key.ts';
import { BEGINNING, earlier, isBefore, type Position } from './position.ts';
import { makeProcessFolder, noteDrained, type ProcessFolder } from './process-folder.ts';
import type { Trouble } from './trouble.ts';
import { JournalWriter } from './writer.ts';

/** An opt-out that is not committed by then is safe in the journal: nobody is kept waiting. */
const PATIENCE_MS = 800;

/** What the journal of one process is made with. */
export interface JournalDeps {
  readonly root: string;
  readonly processId: string;
  readonly keys: JournalKeys;
  readonly clock: Clock;
  readonly log: Log;
  /** Resolves once no gate is open on the word of this process. */
  readonly takeBack: () => Promise<void>;
  /** Another process took our folder over: this one must end. */
  readonly lost: () => void;
}

/** What became of an opt-out: in the database, or on the disk and on its way there. */
export type Kept = 'committed' | 'owed';

/** Opt-outs of one process, on the disk before anything else knows of them. */
export class Journal {
  readonly folder: ProcessFolder;
  readonly #deps: JournalDeps;
  readonly #writer: JournalWriter;
  /** Entries on the disk whose commit is under way. */
  readonly #open = new Set<Position>();
  /** From here on some entries were acknowledged and are not in the database. */
  #owedFrom: Position | undefined;
  /** After it, nothing is. */
  #owedTo: Position = BEGINNING;
  #troubles: readonly Trouble[] = [];

  private constructor(deps: JournalDeps, folder: ProcessFolder) {
    this.#deps = deps;
    this.folder = folder;
    this.#writer = new JournalWriter({ ...deps, folder });
  }

  /** Makes the folder of this process; a journal that cannot be written is told before anybody is served. */
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

  /** Whether everything that was acknowledged is in the database. */
  get isDrained(): boolean {
    return this.#owedFrom === undefined && this.#troubles.length === 0;
  }

  /** What waits for a person. */
  get troubles(): readonly Trouble[] {
    return this.#troubles;
  }

  /** Where everything before is in the database. */
  get drainedTo(): Position {
    const places = [...this.#open, ...this.#troubles.map(({ at }) => at), this.#owedFrom ?? this.#writer.end];
    return places.reduce(earlier);
  }

  /** Where the last entry on the disk ends. */
  get end(): Position {
    return this.#writer.end;
  }

  /** Resolves once the entry is on the disk; JOURNAL_UNAVAILABLE when it cannot be. */
  async write(entry: JournalEntry): Promise<Position> {
    const at = await this.#writer.append(JSON.stringify(entry));
    this.#open.add(at);
    return at;
  }

  /** The effect of an entry was committed. */
  committed(at: Position): void {
    this.#open.delete(at);
  }

  /** It was not, and is drained later; resolves once nothing may begin before that. */
  async owe(at: Position): Promise<void> {
    if (!this.#open.delete(at)) return;
    this.#owedFrom = this.#owedFrom === undefined ? at : earlier(this.#owedFrom, at);
    if (isBefore(this.#owedTo, at)) this.#owedTo = at;
    await this.#deps.takeBack();
  }

  /** Writes an entry, then commits it; resolves once it holds whatever happens. */
  async take(entry: JournalEntry, commit: () => Promise<unknown>): Promise<Kept> {
    const at = await this.write(entry);
    const done = commit().then(
      () => true,
      () => false,
    );
    if (await inTime(done, PATIENCE_MS, false)) {
      this.committed(at);
      return 'committed';
    }
    await this.owe(at);
    return 'owed';
  }

  /** Brings into the database what is owed; throws while it is away. True when more waits. */
  async drain(deps: DrainDeps): Promise<boolean> {
    const from = this.#owedFrom;
    if (from === undefined) return false;
    // What is being committed is left to whoever commits it: within a moment it is done, or owed as well.
    const until = [...this.#open].reduce(earlier, this.#writer.end);
    const reached = (to: Position): void => {
      this.#owedFrom = to;
    };
    const order = { folder: this.folder, occasion: 'outage', from, until, reached } as const;
    const { troubles } = await drain(deps, order);
    this.#troubles = [...this.#troubles, ...troubles];
    this.#owedFrom = isBefore(this.#owedTo, until) ? undefined : until;
    return this.#owedFrom !== undefined;
  }

  /** Troubles that a person wrote off hold nothing up any more. */
  pardon(): void {
    this.#troubles = [];
  }

  /** Remembers on the disk how far it is drained. */
  async noteDrained(): Promise<void> {
    await noteDrained(this.folder, this.drainedTo);
  }

  async close(): Promise<void> {
    await this.#writer.close();
  }
}
