import {
  type Clock,
  type Database,
  removeProcess,
  type ReportAnswer,
  type Vault,
  type Log,
  Adoption,
  SerialQueue,
  NeighbourHelp,
  type DrainDeps,
  type ApplyDeps,
  type JournalEntry,
  forgetOldFiles,
  GateReport,
  noteOffer,
  offerHelp,
  Journal,
  type JournalKeys,
  Neighbours,
  ofSeal,
  refuseAnother,
  closeFolder,
  keepAlive,
  Replay,
  type Replayed,
  isSeenAtOnce,
  placeNameOf,
  writeOff,
  type Trouble,
  type Wait,
  faultOf,
} from '../../platform/index.ts';
import { applyEntry } from './apply-entry.ts';
import { giveUp, describeEntry, type GivenUp, type PendingEntry } from './give-up.ts';

const HOUR_MS = 3_600_000;
const NOTED_EVERY_MS = 1_000;
/** Milliseconds until an incomplete or failed replay is repeated. */
const REPLAYED_EVERY_MS = 4_000;
/** The most entries in one answer: thousands may wait for the same lock. */
const MOST_LISTED = 50;

interface JournalKeeperDeps {
  readonly root: string;
  readonly processId: string;
  readonly keptDays: number;
  readonly keys: JournalKeys;
  readonly clock: Clock;
  readonly log: Log;
  readonly vault: Vault;
  readonly database: Database;
  /** A connection that is used for reports alone. */
  readonly reporting: Database;
  readonly acknowledgesStop: ApplyDeps['acknowledgesStop'];
  readonly effective: (entry: JournalEntry) => void;
  /** Called when another process took our journal over: this one must end. */
  readonly lost: () => void;
}

/** Keeps the journal of one process and those that it took over, and reports their state for the gate. */
export class JournalKeeper {
  readonly journal: Journal;
  readonly #deps: JournalKeeperDeps;
  readonly #drain: DrainDeps;
  readonly #report: GateReport;
  readonly #adoption: Adoption;
  readonly #replay: Replay;
  readonly #asking: NeighbourHelp;
  readonly #neighbours: Neighbours;
  /** True when this process sees at once what others write on the journals' disk. */
  readonly #isSeenAtOnce: boolean;
  /** The seal of the database; undefined until it was read. */
  #sealId: string | null | undefined;
  #replayedFor: string | null | undefined;
  /** The seal of the database for which this process offered its help on disk. */
  #offeredFor: string | null | undefined;
  #replayTroubles: readonly (Trouble | Wait)[] = [];
  #replayedAt = Number.NEGATIVE_INFINITY;
  #pardonedMs = 0;
  #notedAt = Number.NEGATIVE_INFINITY;
  #forgotAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  private constructor(
    deps: JournalKeeperDeps,
    parts: {
      readonly journal: Journal;
      readonly report: GateReport;
      readonly asking: NeighbourHelp;
      readonly own: KeeperState;
      readonly isSeenAtOnce: boolean;
    },
  ) {
    this.#deps = deps;
    this.#drain = { ...deps, apply: applyEntry, afterwards: new SerialQueue().add };
    this.journal = parts.journal;
    this.#report = parts.report;
    this.#asking = parts.asking;
    this.#isSeenAtOnce = parts.isSeenAtOnce;
    this.#adoption = new Adoption(this.#drain, deps.processId, () => this.#mayKeep);
    this.#neighbours = new Neighbours(this.#drain, deps.processId);
    this.#replay = new Replay(this.#drain, () => ({
      folder: parts.journal.folder,
      answered: parts.journal.drainedTo,
      until: parts.journal.end,
    }));
    parts.own.sealId = () => this.#sealId;
    parts.own.drainedInto = () => (this.isDrained ? this.#sealId : undefined);
    parts.own.mayAsk = () => this.#mayAsk;
  }

  /** Opens the journal of this process; it may keep nothing before the first turn. */
  static async open(deps: JournalKeeperDeps): Promise<JournalKeeper> {
    const own: KeeperState = { sealId: () => undefined, drainedInto: () => undefined, mayAsk: () => false };
    const report = new GateReport({
      database: deps.reporting,
      clock: deps.clock,
      processId: deps.processId,
      drainedInto: () => own.drainedInto(),
    });
    const journal = await Journal.open({
      ...deps,
      takeBack: async (at) => {
        const takenBack = report.takenBack();
        // The other process has the entry, even if our own database still reports otherwise.
        const isIn = await asking.takenBack(at);
        await (isIn ? report.overElsewhere(own.sealId()) : takenBack);
        return isIn ? 'committed' : 'owed';
      },
      knownElsewhere: async (at) => {
        await Promise.all([asking.knownElsewhere(at), report.overElsewhere(own.sealId())]);
      },
      isAsking: () => asking.isAsking,
      here: (tx) => refuseAnother(tx, own.sealId() ?? null),
    });
    const { pace } = report;
    const asking = new NeighbourHelp({
      ...deps,
      pace,
      end: () => journal.end,
      drainedTo: () => journal.drainedTo,
      mayAsk: () => own.mayAsk(),
      sealId: () => own.sealId(),
    });
    const seenAtOnce = await isSeenAtOnce(deps.root);
    return new JournalKeeper(deps, { journal, report, asking, own, isSeenAtOnce: seenAtOnce });
  }

  /** True when nothing on this disk is owed to the database. */
  get isDrained(): boolean {
    return this.journal.isDrained && this.#adoption.isClear && this.#isReplayed;
  }

  /** True when this process may ask for help: others read only our folder, so nothing else may hold the gate. */
  get #mayAsk(): boolean {
    const { fault, unkept, troubles } = this.journal;
    const isAllThere = fault === undefined && unkept === 0 && troubles.length === 0;
    return this.#isSeenAtOnce && isAllThere && this.#adoption.holdsNothing && this.#isReplayed;
  }

  /** True when this process could apply the entries of others. */
  get #mayHelp(): boolean {
    const isFit = !this.#asking.isAsking && this.#report.pace.isFit(this.#deps.clock.monotonic());
    return this.#isSeenAtOnce && isFit && this.#isReplayed && !this.#isClosed;
  }

  /** True when this process may take over the journals of ended processes: not while its database does not answer. */
  get #mayKeep(): boolean {
    return !this.#asking.isAsking && !this.#report.pace.isAway(this.#deps.clock.monotonic());
  }

  get #isReplayed(): boolean {
    return this.#sealId !== undefined && this.#replayedFor === this.#sealId;
  }

  /** The entries on this disk without effect, including those of a process that asks us for help. */
  get held(): readonly (Trouble | Wait)[] {
    const { journal } = this;
    const adopted = [...this.#adoption.troubles, ...this.#adoption.waits];
    // While this process cannot help, another one does.
    const others = this.#mayHelp ? this.#neighbours.held : [];
    return [...journal.held, ...adopted, ...others, ...this.#replayTroubles];
  }

  /** Why this process, or one that asks it for help, holds the gate, with the remedy; undefined when none does. */
  get doubt(): string | undefined {
    const { held } = this;
    return this.isDrained && held.length === 0 ? undefined : doubtOf(held, this.journal.unkept);
  }

  /** A fault of the journal that does not hold the gate. */
  get fault(): string | undefined {
    const { fault } = this.journal;
    if (fault === undefined) return undefined;
    return `the opt-out journal cannot be written (${fault}): opt-outs are kept by the database alone; make room where BONHEURE_JOURNAL is`;
  }

  /** Reads what a first report needs, and registers nothing: an unregistered process does not hold the gate. */
  async prepare(): Promise<void> {
    this.#sealId = (await this.#report.ask())?.sealId;
    // A database that was never sealed is the first one, in which nothing has to be replayed.
    if (this.#sealId === null) this.#replayedFor = null;
  }

  /** Marks on the disk that this process lives, whatever the database does; ends it if another took its journal over. */
  sign(): void {
    if (!this.#isClosed && !this.#isOurs) this.#deps.lost();
    this.#adoption.keepAlive();
  }

  get #isOurs(): boolean {
    return keepAlive(this.journal.folder, this.#deps.clock.machine());
  }

  /** Reports this process and the state of its journal; throws while the database is away. */
  async tell(): Promise<void> {
    this.sign();
    const answer = await this.#report.tell();
    if (answer !== undefined) await this.#obey(answer);
    await this.#offer();
  }

  async #offer(): Promise<void> {
    const { folder } = this.journal;
    if (!this.#mayHelp || this.#sealId === undefined) return;
    try {
      if (this.#offeredFor !== this.#sealId) await noteOffer(folder, this.#sealId);
      this.#offeredFor = this.#sealId;
      offerHelp(folder, this.#deps.clock.machine());
    } catch {
      // A process that cannot write this is not asked for help.
    }
  }

  /** Asks another process of this disk for help while the database is slow or away. */
  ask(): Promise<void> {
    return this.#asking.turn();
  }

  /** Helps the processes of this disk that ask this one. */
  async help(): Promise<void> {
    if (this.#mayHelp) await this.#neighbours.turn(this.#sealId ?? null);
  }

  async #obey({ sealId, pardonedMs }: ReportAnswer): Promise<void> {
    this.#sealId = sealId;
    if (pardonedMs === null || pardonedMs <= this.#pardonedMs) return;
    this.#pardonedMs = pardonedMs;
    await this.writeOff();
  }

  /** Describes the entries without effect and their people; changes nothing. */
  async pending(): Promise<readonly PendingEntry[]> {
    const found: PendingEntry[] = [];
    for (const held of this.held.slice(0, MOST_LISTED)) found.push(await describeEntry(this.#drain, held));
    return found;
  }

  /** Applies all owed entries to the database, and throws while it is away; returns whether more wait. */
  async work(): Promise<boolean> {
    if (this.#sealId === undefined) return false;
    await this.#bringBack(this.#sealId);
    await this.journal.mend(this.#here);
    // A helper would wait for the locks of a drain of ours.
    const isOurs = (): boolean => !this.#asking.isHelped;
    const more = isOurs() && (await this.journal.drain(this.#here, isOurs));
    await this.#adoption.turn();
    await this.#note();
    return more;
  }

  /** Writes only into the database with the present seal, for which everything is or will be replayed. */
  get #here(): DrainDeps {
    const { database, ...others } = this.#drain;
    return { ...others, database: ofSeal(database, this.#sealId ?? null) };
  }

  async #bringBack(sealId: string | null): Promise<void> {
    if (this.#isReplayed) {
      // A process that is cut off may still use a database that is gone: it can apply nothing there, nor be helped.
      if (!this.#mayKeep || !(await this.#replay.isBehind(sealId))) return;
      // A process ended whose journal was drained into another database only: it comes before any drain into this one.
      this.#replayedFor = undefined;
      this.#replayedAt = Number.NEGATIVE_INFINITY;
    }
    const isSoon = this.#deps.clock.monotonic() - this.#replayedAt < REPLAYED_EVERY_MS;
    if (isSoon || this.#asksAPerson) return;
    await this.replayed(sealId);
  }

  /** Applies the entries that the database with a seal lacks. */
  async replayed(sealId: string | null): Promise<Replayed> {
    const found = await this.#replay.of(sealId).finally(() => {
      // After a failure too, since each replay reads everything again.
      this.#replayedAt = this.#deps.clock.monotonic();
    });
    this.#replayTroubles = [...found.troubles, ...found.waits];
    if (this.#replayTroubles.length === 0) this.#replayedFor = sealId;
    return found;
  }

  /** Says whether a replay waits for a person's decision. */
  get #asksAPerson(): boolean {
    return this.#replayTroubles.some(({ why }) => why === 'damaged');
  }

  /**
   * Writes off entries without effect by a person's decision, so that they no longer hold the gate. Each entry is tried
   * once more, then its person is suppressed; while neither succeeds for a readable one, nothing is written off.
   */
  async writeOff(): Promise<readonly GivenUp[]> {
    const { held } = this;
    const found: GivenUp[] = [];
    for (const one of held) {
      found.push(await giveUp(this.#here, one));
      // When they wait for a lock, each of the others would wait for it in turn.
      if (found.filter(({ became }) => became === 'waits').length >= MOST_LISTED) break;
    }
    if (found.some(({ became }) => became === 'waits')) return found;
    await writeOff(this.#deps.root, held);
    this.journal.pardon();
    this.#adoption.pardon();
    this.#neighbours.pardon();
    this.#replayTroubles = [];
    this.#replayedAt = Number.NEGATIVE_INFINITY;
    return found;
  }

  async #note(): Promise<void> {
    const { clock, root, keptDays, processId } = this.#deps;
    const now = clock.monotonic();
    if (now - this.#notedAt >= NOTED_EVERY_MS) {
      await this.#noteDrained();
      this.#notedAt = now;
    }
    if (now - this.#forgotAt < HOUR_MS) return;
    await forgetOldFiles(root, { clock, keptDays, own: { processId, drainedTo: this.journal.drainedTo } });
    this.#forgotAt = now;
  }

  /** Notes the drained position for the database for which everything was replayed. */
  async #noteDrained(): Promise<void> {
    if (this.#isReplayed && this.#sealId !== undefined) await this.journal.noteDrained(this.#sealId);
  }

  /** Drains the journal and unregisters the process; if that fails, the next process to start takes the journal over. */
  async close(): Promise<void> {
    const { log, processId } = this.#deps;
    this.#asking.stop();
    try {
      while (await this.journal.drain(this.#here)) continue;
      await this.journal.close();
      if (!this.journal.isRecorded || !this.#isReplayed) return;
      await this.#noteDrained();
      // A journal that another process took over reads as empty, and that process applies its entries.
      if (!this.#isOurs) return;
      this.#isClosed = true;
      await this.#here.database.outside((tx) => removeProcess(tx, processId));
      await closeFolder(this.journal.folder);
    } catch (cause) {
      log.warn({ fault: faultOf(cause) }, 'the opt-out journal is drained at the next start');
    }
  }
}

/** The state of the keeper, for parts that are made before it. */
interface KeeperState {
  sealId: () => string | null | undefined;
  drainedInto: () => string | null | undefined;
  mayAsk: () => boolean;
}

const DOUBTS: Readonly<Record<(Trouble | Wait)['why'], string>> = {
  damaged: 'is damaged: restore the file and start again, or write it off by POST /v1/journal/opening',
  refused:
    'is not taken by the database: it is tried again; POST /v1/journal/opening writes it off and bars its person',
  locked: 'waits for a lock in the database: it goes on by itself once the lock ends',
  busy: 'waits for the database: it goes on by itself',
};
/** Troubles that need a person are reported before those that end by themselves. */
const LISTED_FIRST = ['damaged', 'refused', 'locked', 'busy'] as const;

/** Writes why the gate is held: the worst reason, and the number of other entries. */
function doubtOf(held: readonly (Trouble | Wait)[], unkept: number): string {
  if (unkept > 0)
    return `neither the database nor the opt-out journal could keep ${unkept} opt-outs: they were refused, and are tried again`;
  const [first] = LISTED_FIRST.flatMap((why) => held.filter((one) => one.why === why));
  if (first === undefined) return 'the opt-out journal is being drained';
  const more = held.length > 1 ? ` and ${held.length - 1} more` : '';
  const code = 'code' in first && first.code !== undefined ? ` (${first.code})` : '';
  return `the opt-out journal at ${placeNameOf(first)}${more} ${DOUBTS[first.why]}${code}`;
}
