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
import { giveUp, tell, type GivenUp, type Place, type Told } from './give-up.ts';
import { Journal } from './journal.ts';
import type { JournalKeys } from './journal-key.ts';
import { closeFolder, keepAlive } from './process-folder.ts';
import { Replay, type Replayed } from './replay.ts';
import { nameOf, writeOff, type Trouble, type Wait } from './trouble.ts';

const HOUR_MS = 3_600_000;
const NOTED_EVERY_MS = 1_000;
/** A replay that had to leave something out is made again so often. */
const REPLAYED_EVERY_MS = 4_000;
/** Entries that one answer tells of: under a lock there may be thousands, and all wait for the same. */
const MOST_TOLD = 50;

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

/** The journal of one process, those it took over, and what it says of them at the gate. */
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
  #replayTroubles: readonly (Trouble | Wait)[] = [];
  #replayedAt = Number.NEGATIVE_INFINITY;
  #pardonedMs = 0;
  #notedAt = Number.NEGATIVE_INFINITY;
  #forgotAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

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

  /** What has no effect yet, on this disk. */
  get held(): readonly (Trouble | Wait)[] {
    const { journal } = this;
    const own = [...journal.troubles, ...journal.waits];
    return [...own, ...this.#adoption.troubles, ...this.#adoption.waits, ...this.#replayTroubles];
  }

  /** Why this process holds the gate, if it does, and what to do about it. */
  get doubt(): string | undefined {
    return this.isDrained ? undefined : doubtOf(this.held, this.journal.unkept);
  }

  /** What is wrong with the journal though it holds no gate. */
  get fault(): string | undefined {
    const { fault } = this.journal;
    if (fault === undefined) return undefined;
    return `the opt-out journal cannot be written (${fault}): opt-outs are kept by the database alone; make room where BONHEURE_JOURNAL is`;
  }

  /** Learns what a first report needs; registers nothing, and whoever is not registered holds no gate. */
  async prepare(): Promise<void> {
    this.#sealId = (await this.#report.ask())?.sealId;
  }

  /** Signs on the disk that this process lives, whatever the database does; ends it where another took its journal over. */
  sign(): void {
    if (!this.#isClosed && !this.#isOurs) this.#deps.lost();
    this.#adoption.keepAlive();
  }

  get #isOurs(): boolean {
    return keepAlive(this.journal.folder, this.#deps.clock.machine());
  }

  /** Says that this process lives and how its journal stands; throws while the database is away. */
  async tell(): Promise<void> {
    this.sign();
    const answer = await this.#report.tell();
    if (answer !== undefined) await this.#obey(answer);
  }

  async #obey({ sealId, pardonedMs }: ReportAnswer): Promise<void> {
    this.#sealId = sealId;
    if (pardonedMs === null || pardonedMs <= this.#pardonedMs) return;
    this.#pardonedMs = pardonedMs;
    await this.writeOff();
  }

  /** What has no effect yet, and for whom; changes nothing. */
  async told(): Promise<readonly Told[]> {
    const found: Told[] = [];
    for (const place of this.#places.slice(0, MOST_TOLD)) found.push(await tell(this.#drain, place));
    return found;
  }

  get #places(): readonly Place[] {
    const replayed = new Set(this.#replayTroubles);
    return this.held.map((held) => ({ held, occasion: replayed.has(held) ? 'restore' : 'outage' }));
  }

  /** Brings into the database whatever is owed; throws while it is away. Answers whether more waits. */
  async work(): Promise<boolean> {
    if (this.#sealId === undefined) return false;
    const now = this.#deps.clock.monotonic();
    if (!this.#isReplayed && now - this.#replayedAt >= REPLAYED_EVERY_MS && !this.#asksAPerson)
      await this.replayed(this.#sealId);
    await this.journal.mend(this.#drain);
    const more = await this.journal.drain(this.#drain);
    await this.#adoption.turn();
    await this.#note();
    return more;
  }

  /** Brings back what a restored database has lost; once for each seal. */
  async replayed(sealId: string | null): Promise<Replayed> {
    const found = await this.#replay.of(sealId);
    this.#replayedAt = this.#deps.clock.monotonic();
    this.#replayTroubles = [...found.troubles, ...found.waits];
    if (this.#replayTroubles.length === 0) this.#replayedFor = sealId;
    return found;
  }

  /** Nothing but what a person has to decide keeps a replay from its end. */
  get #asksAPerson(): boolean {
    return this.#replayTroubles.some(({ why }) => why === 'damaged');
  }

  /**
   * A person decided that what has no effect holds nothing up any more. Each entry is tried first, then its person is
   * barred; while one can be read and neither succeeds, nothing is written off.
   */
  async writeOff(): Promise<readonly GivenUp[]> {
    const places = this.#places;
    const found: GivenUp[] = [];
    for (const place of places) {
      found.push(await giveUp(this.#drain, place));
      // Under a lock each would wait for it in turn.
      if (found.filter(({ became }) => became === 'waits').length >= MOST_TOLD) break;
    }
    if (found.some(({ became }) => became === 'waits')) return found;
    await writeOff(
      this.#deps.root,
      places.map(({ held }) => held),
    );
    this.journal.pardon();
    this.#adoption.pardon();
    this.#replayTroubles = [];
    this.#replayedAt = Number.NEGATIVE_INFINITY;
    return found;
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
      // Taken over by another, it reads as empty: its entries are the other's to apply.
      if (!this.#isOurs) return;
      this.#isClosed = true;
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

const SAID: Readonly<Record<(Trouble | Wait)['why'], string>> = {
  damaged: 'is damaged: restore the file and start again, or write it off by POST /v1/journal/opening',
  refused:
    'is not taken by the database: it is tried again; POST /v1/journal/opening writes it off and bars its person',
  locked: 'waits for a lock in the database: it goes on by itself once the lock ends',
  busy: 'waits for the database: it goes on by itself',
};
/** What waits for a person is told before what ends by itself. */
const TOLD_FIRST = ['damaged', 'refused', 'locked', 'busy'] as const;

/** What holds the gate: the worst of it, and how many more there are. */
function doubtOf(held: readonly (Trouble | Wait)[], unkept: number): string {
  if (unkept > 0)
    return `neither the database nor the opt-out journal could keep ${unkept} opt-outs: they were refused, and are tried again`;
  const [first] = TOLD_FIRST.flatMap((why) => held.filter((one) => one.why === why));
  if (first === undefined) return 'the opt-out journal is being drained';
  const more = held.length > 1 ? ` and ${held.length - 1} more` : '';
  const code = 'code' in first && first.code !== undefined ? ` (${first.code})` : '';
  return `the opt-out journal at ${nameOf(first)}${more} ${SAID[first.why]}${code}`;
}

/** The time from the reception of an entry to now, in seconds. */
export const secondsSince = (clock: Clock, { reception }: JournalEntry): number =>
  Math.max(0, clock.machine() - Date.parse(reception.machineAt)) / 1_000;
