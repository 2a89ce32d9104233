import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { BELIEVED_MS } from '../database/journal-gate.ts';
import { keeperReports, vouchFor, type KeeperReport } from '../database/process.repository.ts';
import { drain, type DrainDeps } from './drain.ts';
import { BEGINNING, isBefore, Place, type Position } from './position.ts';
import { drainedTo, ifMissing, MAY_VOUCH, type ProcessFolder } from './process-folder.ts';

/**
 * Whoever keeps a journal and is not heard by the database shuts the gate, and may live and take opt-outs all the same:
 * its host is cut off, or it is frozen. Another process of the same disk then brings each of its entries into the
 * database and says so in its place.
 *
 * An order of four steps makes that word as good as the keeper's own. Who vouches first leaves a mark in the folder, then
 * reads it to its end, then speaks, of a moment before it read. The keeper first writes an entry, then looks for marks:
 * without one the entry is read before anybody speaks; with one, its 2xx waits until the entry is in the database, or
 * until whatever was said before it was written is believed no longer. A word is taken only while the last report of the
 * keeper is the one that the mark names.
 */

/** Whoever said that something is owed says so again within half a second, if it is heard. */
const UNHEARD_MS = 1_000;
/** An entry that the database does not take now, or that cannot be read, is tried again so soon: the gate is shut. */
const TRIED_AGAIN_MS = 500;
/** Those whose entries wait look for marks together. */
const LOOKED_EVERY_MS = 25;
/** The keeper holds the gate for something that its files do not tell. */
const MAY_NOT_VOUCH = 'vouch.no';
const MARK = /^vouched\.(\d+)$/;

const markOf = (report: string): string => `vouched.${report}`;

/** The keeper's side: what others may have said in its place. */
export class Vouched {
  readonly #folder: ProcessFolder;
  readonly #clock: Clock;
  #look: Promise<Position | undefined> | undefined;
  #isForbidden = false;
  /** Reports that the database took: the last one before a word of then is too old, and those since. */
  readonly #reports: { readonly report: number; readonly at: number }[] = [];

  constructor(folder: ProcessFolder, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /**
   * Resolves once no gate is open on the word of somebody who has not read the entry.
   *
   * `writtenAt` is the monotonic moment by which it was on the disk.
   */
  async passed(at: Position, writtenAt: number): Promise<void> {
    for (;;) {
      const to = await this.#looked();
      if (to === undefined || isBefore(at, to)) return;
      if (this.#clock.monotonic() - writtenAt >= BELIEVED_MS) return;
    }
  }

  /** Nobody may vouch from now on; resolves once nothing that was said is believed any more. */
  async forbid(): Promise<void> {
    this.#isForbidden = true;
    this.#rename(MAY_VOUCH, MAY_NOT_VOUCH);
    if ((await this.#looked()) !== undefined) await pause(BELIEVED_MS);
  }

  allow(): void {
    if (!this.#isForbidden) return;
    this.#isForbidden = false;
    this.#rename(MAY_NOT_VOUCH, MAY_VOUCH);
  }

  /** The database took that report: nobody can speak of an earlier one, and what was said before is soon too old. */
  heard(report: number): void {
    const now = this.#clock.monotonic();
    this.#reports.push({ report, at: now });
    while ((this.#reports[1]?.at ?? now) <= now - BELIEVED_MS) this.#reports.shift();
    const [first] = this.#reports;
    if (first === undefined || first.at > now - BELIEVED_MS) return;
    for (const [name, number] of marksIn(this.#folder))
      if (number < first.report) rmSync(path.join(this.#folder.path, name), { force: true });
  }

  /** How far others have read, by a look that begins from now on; undefined when nobody left a mark. */
  #looked(): Promise<Position | undefined> {
    this.#look ??= pause(LOOKED_EVERY_MS).then(() => {
      this.#look = undefined;
      return readTo(this.#folder);
    });
    return this.#look;
  }

  #rename(from: string, to: string): void {
    const { path: folder } = this.#folder;
    try {
      renameSync(path.join(folder, from), path.join(folder, to));
    } catch {
      // It was taken over, or its disk takes not even a name: then it takes no sign of life either, and is taken over.
    }
  }
}

// No thread is asked: all of them may wait for a name server, and a person waits for the 2xx.
const marksIn = ({ path: folder }: ProcessFolder): readonly (readonly [string, number])[] =>
  namesIn(folder).flatMap((name) => {
    const [, report] = MARK.exec(name) ?? [];
    return report === undefined ? [] : [[name, Number(report)] as const];
  });

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    return ifMissing<string[]>([])(error);
  }
}

function readTo(folder: ProcessFolder): Position | undefined {
  const marks = marksIn(folder);
  if (marks.length === 0) return undefined;
  return marks
    .map(([name]) => positionIn(path.join(folder.path, name)))
    .reduce((one, other) => (isBefore(one, other) ? other : one));
}

function positionIn(file: string): Position {
  try {
    return Place.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    return ifMissing(BEGINNING)(error);
  }
}

interface Watched {
  report: string;
  /** Monotonic: since when it is the last one. */
  since: number;
  /** Everything before it is in the database. */
  from: Position;
  /** Monotonic. */
  triedAgainAt: number;
  /** Some entry had no effect when it was tried last. */
  isHeld: boolean;
}

/** The other side: speaks for journals of this disk whose keepers the database does not hear. */
export class Vouching {
  readonly #deps: DrainDeps;
  readonly #watched = new Map<string, Watched>();

  constructor(deps: DrainDeps) {
    this.#deps = deps;
  }

  /** Looks once; throws while the database is away. */
  async turn(folders: readonly ProcessFolder[]): Promise<void> {
    const own = folders.filter((folder) => isKept(folder) && mayVouch(folder));
    if (own.length === 0) return this.#watched.clear();
    const reports = new Map(
      (await this.#deps.database.outside(keeperReports)).map((one) => [one.id, one] as const),
    );
    const paths = new Set(own.map((folder) => folder.path));
    for (const known of this.#watched.keys()) if (!paths.has(known)) this.#watched.delete(known);
    for (const folder of own) {
      const said = reports.get(folder.processId);
      if (said !== undefined && (await this.#isUnheard(folder, said))) await this.#vouch(folder, said);
    }
  }

  /** A word of just now, be it another's, needs no second one. */
  async #isUnheard(folder: ProcessFolder, { report, word }: KeeperReport): Promise<boolean> {
    const now = this.#deps.clock.monotonic();
    const before = this.#watched.get(folder.path);
    const known = before ?? {
      report,
      since: now,
      from: await drainedTo(folder),
      triedAgainAt: now,
      isHeld: false,
    };
    if (before === undefined) this.#watched.set(folder.path, known);
    if (known.report !== report) Object.assign(known, { report, since: now });
    if (now < known.triedAgainAt) return false;
    return word === 'none' ? now - known.since >= UNHEARD_MS : word === 'old';
  }

  async #vouch(folder: ProcessFolder, said: KeeperReport): Promise<void> {
    const { database, clock, log } = this.#deps;
    const watched = this.#watched.get(folder.path);
    if (watched === undefined || !mayVouch(folder)) return;
    if (!isMarked(folder, said.report)) {
      mark(folder, said.report, watched.from);
      log.info(
        { journal: folder.processId },
        'the database does not hear a process: its journal is vouched for',
      );
    }
    const { entries, troubles, waits } = await drain(this.#deps, {
      folder,
      occasion: 'outage',
      from: watched.from,
      isTold: watched.isHeld,
      reached: (to) => {
        watched.from = to;
      },
    });
    if (entries > 0) mark(folder, said.report, watched.from);
    watched.isHeld = troubles.length + waits.length > 0;
    if (watched.isHeld) watched.triedAgainAt = clock.monotonic() + TRIED_AGAIN_MS;
    // Taken over meanwhile it reads as empty, and what its keeper cannot write nobody can read.
    else if (mayVouch(folder)) await database.outside((tx) => vouchFor(tx, said));
  }
}

/** One that was taken over is drained by whoever has it. */
const isKept = ({ path: folder, processId, isDone }: ProcessFolder): boolean =>
  !isDone && path.basename(folder) === processId;

/** A keeper that does not know of marks, of an earlier version, has no such file. */
const mayVouch = (folder: ProcessFolder): boolean => isThere(path.join(folder.path, MAY_VOUCH));

const isMarked = (folder: ProcessFolder, report: string): boolean =>
  isThere(path.join(folder.path, markOf(report)));

const isThere = (file: string): boolean => statSync(file, { throwIfNoEntry: false }) !== undefined;

/** Several may vouch at once: what each of them read is in the database. */
function mark(folder: ProcessFolder, report: string, to: Position): void {
  const file = path.join(folder.path, markOf(report));
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, JSON.stringify(to), { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    // It was taken over meanwhile: nobody vouches for it.
    ifMissing(undefined)(error);
  }
}
