import { allEnded } from '../../base/index.ts';
import { versionOf } from '../../crypto/index.ts';
import { writeFaultOf } from '../database/outage.ts';
import { faultOf, type Log } from '../log.ts';
import { type JournalEntry, framesIn, openEntry, type JournalKeys, type OpenedEntry } from './entry.ts';
import {
  isBefore,
  type Position,
  fileBytes,
  filesOf,
  processFolders,
  type ProcessFolder,
} from './process-folder.ts';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/connection.ts';
import type { Vault } from '../crypto/vault.ts';

/** The dependencies of applying entries. */
export interface ApplyDeps {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  /**
   * Says whether the operator of an account confirms a STOP itself; undefined when no such account is configured. A
   * process that leaves such entries to one with the account throws `AccountElsewhere`.
   */
  readonly acknowledgesStop: (gateway: string) => boolean | undefined;
  /** Receives the rest of the work on a reply whose sender has opted out; `replySettler` does it when absent. */
  readonly afterwards?: (rest: () => Promise<unknown>) => void;
}

/** Thrown to leave an entry to a process that has its account: here nobody would ever confirm its STOP. */
export class AccountElsewhere extends Error {
  override readonly name = 'AccountElsewhere';
}

/** Thrown by an entry whose person is suppressed, while the record of it waits for a lock. */
export class EffectiveAlready extends Error {
  override readonly name = 'EffectiveAlready';
  /** Callers treat it as the lock for which the record waits. */
  readonly code = '55P03';
}

/**
 * The occasion of applying an entry: one delayed by an outage is answered as usual; after a restore the day of the
 * answer is lost.
 */
export type Occasion = 'outage' | 'restore';

/** Applies an entry; true when it had no effect yet. Applying twice changes nothing. */
export type ApplyEntry = (deps: ApplyDeps, entry: JournalEntry, occasion: Occasion) => Promise<boolean>;

/** An entry whose bytes do not open: it cannot take effect by itself, and the gate waits for a person. */
export interface Trouble {
  readonly processId: string;
  readonly at: Position;
  readonly why: 'damaged';
  /** The occasion, kept for its retries. */
  readonly occasion: Occasion;
}

/** An entry without effect yet: it is retried until it has one. */
export interface Wait {
  readonly processId: string;
  readonly at: Position;
  /** `locked`, `busy`: it ends by itself. `refused`: the database does not take this one. */
  readonly why: 'locked' | 'busy' | 'refused';
  /** The SQL state, if there was one. */
  readonly code: string | undefined;
  /** The occasion, kept for its retries: an entry that was answered is not answered again. */
  readonly occasion: Occasion;
  /** True when its person is suppressed: only the record of it waits. */
  readonly isEffective?: true;
}

const WRITTEN_OFF = 'written-off';

/** Names a position among all journals, for people. */
export const placeNameOf = ({ processId, at }: Pick<Trouble, 'processId' | 'at'>): string =>
  `${processId}/${at.file} byte ${at.byte}`;

/** Reads the positions that a person wrote off; they hold nothing up any more. */
async function writtenOff(root: string): Promise<ReadonlySet<string>> {
  const text = await readFile(path.join(root, WRITTEN_OFF), 'utf8').catch(() => '');
  return new Set(text.split('\n'));
}

/** Stores the positions that a person wrote off. */
export async function writeOff(root: string, troubles: readonly (Trouble | Wait)[]): Promise<void> {
  if (troubles.length === 0) return;
  await mkdir(root, { recursive: true, mode: 0o700 });
  const file = await open(path.join(root, WRITTEN_OFF), 'a', 0o600);
  try {
    await file.writeFile(troubles.map((one) => `${placeNameOf(one)}\n`).join(''));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The content at a position: an entry, or damage in its place. */
export interface PlaceRead {
  readonly at: Position;
  /** The position of the next one. */
  readonly next: Position;
  readonly entry: JournalEntry | undefined;
  /** The raw content, where its bytes open but mean nothing to this version. */
  readonly foreign?: unknown;
}

/** Yields everything in a folder from a position on, file by file; an unfinished write is skipped. */
export async function* readFolder(
  keys: JournalKeys,
  folder: ProcessFolder,
  bounds: { readonly from: Position; readonly until?: Position | undefined },
): AsyncGenerator<PlaceRead> {
  for (const file of await filesOf(folder)) {
    if (file < bounds.from.file) continue;
    const bytes = await fileBytes(folder, file);
    const from = file === bounds.from.file ? bounds.from.byte : 0;
    for (const found of framesIn(bytes, from)) {
      const at = { file, byte: found.at };
      // The file may have grown since: entries that are not on the disk yet are not read.
      if (bounds.until !== undefined && !isBefore(at, bounds.until)) return;
      if (found.kind === 'torn') continue;
      const opened: OpenedEntry =
        found.kind === 'frame' ? openEntry(keys, { processId: folder.processId, at }, found.body) : {};
      yield { at, next: { file, byte: found.end }, entry: opened.entry, foreign: opened.foreign };
    }
  }
}

/** Returns the key versions that seal entries of the journals in a folder. */
export async function sealedVersions(root: string): Promise<ReadonlySet<number>> {
  const versions = new Set<number>();
  for (const folder of await processFolders(root))
    for (const file of await filesOf(folder))
      for (const version of await versionsIn(folder, file)) versions.add(version);
  return versions;
}

async function versionsIn(folder: ProcessFolder, file: string): Promise<readonly number[]> {
  const found = [...framesIn(await fileBytes(folder, file), 0)];
  return found.flatMap((one) => (one.kind === 'frame' ? [versionOf(one.body)] : []));
}

/** Concurrent transactions: a long outage is caught up with in seconds, and requests keep their connections. */
const AT_ONCE = 8;

/** The dependencies of draining a journal. */
export interface DrainDeps extends ApplyDeps {
  readonly root: string;
  readonly keys: JournalKeys;
  readonly log: Log;
  readonly apply: ApplyEntry;
  /** Called with each entry that took effect only now. */
  readonly effective?: (entry: JournalEntry) => void;
}

/** The range to drain, and the reason. */
export interface DrainOrder {
  readonly folder: ProcessFolder;
  readonly occasion: Occasion;
  readonly from: Position;
  /** Position to stop at; the end of the files when absent. */
  readonly until?: Position | undefined;
  /** Names of positions to look at; all of them when absent. */
  readonly only?: ReadonlySet<string>;
  /** Suppresses log lines about entries without effect: they are read again and again. */
  readonly isQuiet?: true;
  /** Checked before each group: whether it is still to be brought in; always when absent. */
  readonly isWanted?: (() => boolean | Promise<boolean>) | undefined;
  /** Called after each group with the position before which everything is in the database. */
  readonly reached?: (to: Position) => Promise<void> | void;
}

/** The result of a drain. */
export interface Drained {
  readonly entries: number;
  readonly applied: number;
  readonly troubles: readonly Trouble[];
  /** Entries that could not take effect now, and are to be retried. */
  readonly waits: readonly Wait[];
  /** True when it stopped before the end because it was no longer wanted. */
  readonly isCut: boolean;
}

/**
 * Brings every entry of a folder into the database, in order, some concurrently; safe to repeat at any time. Throws
 * while the database is away. Damage is reported with its file and byte and the rest is still read; an entry that
 * the database does not take now waits and blocks no other.
 */
export async function drain(deps: DrainDeps, order: DrainOrder): Promise<Drained> {
  const pardoned = await writtenOff(deps.root);
  const troubles: Trouble[] = [];
  const waits: Wait[] = [];
  let entries = 0;
  let applied = 0;
  let isCut = false;
  for await (const group of inGroups(readFolder(deps.keys, order.folder, order), order)) {
    isCut = order.isWanted !== undefined && !(await order.isWanted());
    if (isCut) break;
    const settled = await allEnded(group.map((read) => settle(deps, order, read)));
    entries += settled.length;
    applied += settled.filter((outcome) => outcome === 'applied').length;
    const unsettled = settled.filter((outcome) => typeof outcome !== 'string');
    const held = unsettled.filter((found) => !pardoned.has(placeNameOf(found)));
    troubles.push(...held.filter((one) => one.why === 'damaged'));
    waits.push(...held.filter((one) => one.why !== 'damaged'));
    const last = group.at(-1);
    // The position does not pass an entry without effect: a later start finds it again.
    if (last !== undefined && troubles.length + waits.length === 0) await order.reached?.(last.next);
  }
  return { entries, applied, troubles, waits, isCut };
}

async function* inGroups(
  reads: AsyncIterable<PlaceRead>,
  { folder: { processId }, only }: DrainOrder,
): AsyncGenerator<readonly PlaceRead[]> {
  let group: PlaceRead[] = [];
  for await (const read of reads) {
    if (only !== undefined && !only.has(placeNameOf({ processId, at: read.at }))) continue;
    group.push(read);
    if (group.length < AT_ONCE) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

type Outcome = 'applied' | 'known' | Trouble | Wait;

async function settle(
  deps: DrainDeps,
  { folder, occasion, only, isQuiet }: DrainOrder,
  read: PlaceRead,
): Promise<Outcome> {
  const where = { processId: folder.processId, at: read.at, occasion };
  if (read.entry === undefined) {
    if (isQuiet === undefined)
      deps.log.error(
        { place: placeNameOf(where) },
        'an entry of the opt-out journal is damaged and cannot be read',
      );
    return { ...where, why: 'damaged' };
  }
  try {
    const isNew = await deps.apply(deps, read.entry, occasion);
    if (isNew) deps.effective?.(read.entry);
    return isNew ? 'applied' : 'known';
  } catch (error) {
    const { fault, code } = writeFaultOf(error);
    if (fault === 'gone' || error instanceof AccountElsewhere) throw error;
    if (error instanceof EffectiveAlready) return { ...where, why: fault, code, isEffective: true };
    // Logged once: the entry is retried again and again.
    if (only === undefined && isQuiet === undefined)
      deps.log.warn(
        { place: placeNameOf(where), why: fault, fault: faultOf(error) },
        'an entry of the journal has no effect yet',
      );
    return { ...where, why: fault, code };
  }
}
