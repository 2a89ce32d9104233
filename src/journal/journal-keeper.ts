import type { Clock } from '../clock.ts';
import type { Database } from '../database/connection.ts';
import { removeProcess, type ReportAnswer } from '../database/process.repository.ts';
import type { Vault } from '../database/vault.ts';
import type { Log } from '../log.ts';
import { Adoption } from './adoption.ts';
import type { ApplyDeps } from './apply-entry.ts';
import type { DrainDeps } from './drain.ts';
import type { JournalEntry } from './entry.ts';
import { forgetOldFiles } from './forget.ts';
import { GateReport } from './gate-report.ts';
import { Journal } from './journal.ts';
import type { JournalKeys } from './journal-key.ts';
import { closeFolder, keepAlive } from './process-folder.ts';
import { Replay, type Replayed } from './replay.ts';
import { nameOf, writeOff, type Trouble } from './trouble.ts';

const HOUR_MS = 3_600_000;
const NOTED_EVERY_MS = 1_000;

/** What keeps the journals of one disk. */
export interface JournalKeeperDeps {
  readonly root: string;
  readonly processId: string;
  readonly keptDays: number;
  readonly keys: JournalKeys;
  readonly clock: Clock;
  readonly log: Log;
  readonly vault: Vault;
  readonly database: Database;
  /** A connection for reports alone. */
  readonly reporting: Database;
  readonly acknowledgesStop: ApplyDeps['acknowledgesStop'];
  readonly effective: (entry: JournalEntry) => void;
  /** Another process took our journal over: this one must end. */
  readonly lost: () => void;
}

/** The journal of one api process, those it took over, and what it says of them at the gate. */
export class JournalKeeper {
  readonly journal: Journal;
  readonly #deps: JournalKeeperDeps;
  readonly #drain: DrainDeps;
  readonly #report: GateReport;
  readonly #adoption: Adoption;
  readonly #replay: Replay;
  /** Undefined until the database was asked. */
  #sealId: string | null | undefined;
  #replayedFor: string | null | undefined;
  #replayTroubles: readonly Trouble[] = [];
  #pardonedMs = 0;
  #notedAt = Number.NEGATIVE_INFINITY;
  #forgotAt = Number.NEGATIVE_INFINITY;

  private constructor(
    deps: JournalKeeperDeps,
    parts: { journal: Journal; report: GateReport; isOpen: Held },
  ) {
    this.#deps = deps;
    this.#drain = { ...deps, database: deps.database };
    this.journal = parts.journal;
    this.#report = parts.report;
    this.#adoption = new Adoption(this.#drain, deps.processId);
    this.#replay = new Replay(this.#drain, () => ({
      processId: deps.processId,
      until: parts.journal.end,
    }));
    parts.isOpen.ask = () => this.isDrained;
  }

  /** Opens the journal of this process; nothing may be taken before the first turn. */
  static async open(deps: JournalKeeperDeps): Promise<JournalKeeper> {
    const isOpen: Held = { ask: () => false };
    const report = new GateReport({
      database: deps.reporting,
      clock: deps.clock,
      processId: deps.processId,
      isDrained: () => isOpen.ask(),
    });
    const journal = await Journal.open({ ...deps, takeBack: () => report.takenBack() });
    return new JournalKeeper(deps, { journal, report, isOpen });
  }

  /** Whether nothing on this disk is owed to the database. */
  get isDrained(): boolean {
    return this.journal.isDrained && this.#adoption.isClear && this.#isReplayed;
  }

  get #isReplayed(): boolean {
    return this.#sealId !== undefined && (this.#sealId === null || this.#replayedFor === this.#sealId);
  }

  /** What waits for a person, on this disk. */
  get troubles(): readonly Trouble[] {
    return [...this.journal.troubles, ...this.#adoption.troubles, ...this.#replayTroubles];
  }

  /** Why this process holds the gate, if it does, and what to do about it. */
  get doubt(): string | undefined {
    if (this.isDrained) return undefined;
    const [first] = this.troubles;
    if (first === undefined) return 'the opt-out journal is being drained';
    const more = this.troubles.length > 1 ? ` and ${this.troubles.length - 1} more` : '';
    return `the opt-out journal is ${first.why} at ${nameOf(first)}${more}: restore the file and start again, or write it off by POST /v1/journal/opening`;
  }

  /** Says that this process lives and how its journal stands; throws while the database is away. */
  async tell(): Promise<void> {
    const { clock, lost } = this.#deps;
    if (!(await keepAlive(this.journal.folder, clock.machine()))) lost();
    await this.#adoption.keepAlive();
    const answer = await this.#report.tell();
    if (answer !== undefined) await this.#obey(answer);
  }

  async #obey({ sealId, pardonedMs }: ReportAnswer): Promise<void> {
    this.#sealId = sealId;
    if (pardonedMs === null || pardonedMs <= this.#pardonedMs) return;
    this.#pardonedMs = pardonedMs;
    await this.writeOff();
  }

  /** Brings into the database whatever is owed; throws while it is away. Answers whether more waits. */
  async work(): Promise<boolean> {
    if (this.#sealId === undefined) return false;
    if (!this.#isReplayed && this.#replayTroubles.length === 0) await this.replayed(this.#sealId);
    const more = await this.journal.drain(this.#drain);
    await this.#adoption.turn();
    await this.#note();
    return more;
  }

  /** Brings back what a restored database has lost; once for each seal. */
  async replayed(sealId: string | null): Promise<Replayed> {
    const found = await this.#replay.of(sealId);
    this.#replayTroubles = found.troubles;
    if (found.troubles.length === 0) this.#replayedFor = sealId;
    return found;
  }

  /** A person decided that what cannot be read holds nothing up any more. */
  async writeOff(): Promise<readonly Trouble[]> {
    const { troubles } = this;
    await writeOff(this.#deps.root, troubles);
    this.journal.pardon();
    this.#adoption.pardon();
    this.#replayTroubles = [];
    return troubles;
  }

  async #note(): Promise<void> {
    const { clock, root, keptDays, processId } = this.#deps;
    const now = clock.monotonic();
    if (now - this.#notedAt >= NOTED_EVERY_MS) {
      await this.journal.noteDrained();
      this.#notedAt = now;
    }
    if (now - this.#forgotAt < HOUR_MS) return;
    await forgetOldFiles(root, { clock, keptDays, own: { processId, drainedTo: this.journal.drainedTo } });
    this.#forgotAt = now;
  }

  /** Ends in good order: drained, it is registered no longer; else whoever starts next takes it over. */
  async close(): Promise<void> {
    const { log, database, processId } = this.#deps;
    try {
      while (await this.journal.drain(this.#drain)) continue;
      await this.journal.close();
      if (!this.journal.isDrained) return;
      await this.journal.noteDrained();
      await database.outside((tx) => removeProcess(tx, processId));
      await closeFolder(this.journal.folder);
    } catch {
      log.warn('the opt-out journal is drained at the next start');
    }
  }
}

interface Held {
  ask: () => boolean;
}

/** The time from the reception of an entry to now, in seconds. */
export const secondsSince = (clock: Clock, { reception }: JournalEntry): number =>
  Math.max(0, clock.machine() - Date.parse(reception.machineAt)) / 1_000;
