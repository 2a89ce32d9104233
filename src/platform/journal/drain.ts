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

/** What applying an entry needs. */
export interface ApplyDeps {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  /**
   * Says whether the operator of an account confirms a STOP itself; undefined when no such account is configured.
   * Throws `AccountElsewhere` in a process that leaves such entries to a process with the account.
   */
  readonly acknowledgesStop: (gateway: string) => boolean | undefined;
  /** Takes the rest of the work on a reply, once its sender has opted out; when absent, `replySettler` does it. */
  readonly afterwards?: (rest: () => Promise<unknown>) => void;
}

/** Thrown to leave an entry to a process that has its account: in this process nothing would confirm its STOP. */
export class AccountElsewhere extends Error {
  override readonly name = 'AccountElsewhere';
}

/** Thrown when an entry's person is suppressed already, but the record of the opt-out waits for a lock. */
export class EffectiveAlready extends Error {
  override readonly name = 'EffectiveAlready';
  /** The SQL state of a lock, so that callers treat it as one. */
  readonly code = '55P03';
}

/**
 * Why an entry is applied late. After an outage it is answered as usual; after a restore of the database it is not,
 * since it is no longer known on which day it was answered.
 */
export type Occasion = 'outage' | 'restore';

/** Applies an entry; returns true when it had no effect before. Applying an entry twice changes nothing. */
export type ApplyEntry = (deps: ApplyDeps, entry: JournalEntry, occasion: Occasion) => Promise<boolean>;

/** An entry that cannot be read: it holds the gate until a person decides. */
export interface Trouble {
  readonly processId: string;
  readonly at: Position;
  readonly why: 'damaged';
  readonly occasion: Occasion;
}

/** An entry that has no effect yet: it is retried until it has. */
export interface Wait {
  readonly processId: string;
  readonly at: Position;
  /** `locked` and `busy` end by themselves; `refused` means that the database does not take this entry. */
  readonly why: 'locked' | 'busy' | 'refused';
  /** The SQL state, if there was one. */
  readonly code: string | undefined;
  /** The occasion, which its retries keep: an entry that was answered is not answered again. */
  readonly occasion: Occasion;
  /** True when its person is suppressed already, and only the record of it waits. */
  readonly isEffective?: true;
}

const WRITTEN_OFF = 'written-off';

/** Names a position in one of the journals, for people. */
export const placeNameOf = ({ processId, at }: Pick<Trouble, 'processId' | 'at'>): string =>
  `${processId}/${at.file} byte ${at.byte}`;

/** Returns the positions that a person wrote off; entries there no longer hold the gate. */
async function writtenOff(root: string): Promise<ReadonlySet<string>> {
  const text = await readFile(path.join(root, WRITTEN_OFF), 'utf8').catch(() => '');
  return new Set(text.split('\n'));
}

/** Records on disk that a person wrote these entries off. */
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

/** What a journal has at a position: an entry, or damage in its place. */
export interface PlaceRead {
  readonly at: Position;
  /** The position of the next one. */
  readonly next: Position;
  readonly entry: JournalEntry | undefined;
  /** The content when it opens, but is no entry that this version knows. */
  readonly foreign?: unknown;
}

/** Yields everything in a folder between two positions, in order of writing; unfinished writes are skipped. */
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
      // The file may have grown since: an entry beyond this end may not be on disk yet.
      if (bounds.until !== undefined && !isBefore(at, bounds.until)) return;
      if (found.kind === 'torn') continue;
      const opened: OpenedEntry =
        found.kind === 'frame' ? openEntry(keys, { processId: folder.processId, at }, found.body) : {};
      yield { at, next: { file, byte: found.end }, entry: opened.entry, foreign: opened.foreign };
    }
  }
}

/** Returns the versions of the keys under which the entries of all journals in a folder are sealed. */
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

/**
 * Concurrent transactions: enough to catch up with a long outage in seconds, and few enough to leave connections to
 * requests.
 */
const AT_ONCE = 8;

/** What draining a journal needs. */
export interface DrainDeps extends ApplyDeps {
  readonly root: string;
  readonly keys: JournalKeys;
  readonly log: Log;
  readonly apply: ApplyEntry;
  /** Called with each entry that took effect only now. */
  readonly effective?: (entry: JournalEntry) => void;
}

/** Which entries of a folder to drain, and on which occasion. */
export interface DrainOrder {
  readonly folder: ProcessFolder;
  readonly occasion: Occasion;
  readonly from: Position;
  /** The position to stop at; the end of the files when absent. */
  readonly until?: Position | undefined;
  /** Names of the positions to drain; all of them when absent. */
  readonly only?: ReadonlySet<string>;
  /** Suppresses log lines about entries without effect, for folders that are drained again and again. */
  readonly isQuiet?: true;
  /** Asked before each group; the drain stops when it returns false. */
  readonly isWanted?: (() => boolean | Promise<boolean>) | undefined;
  /** Called after each group with the position before which everything is in the database. */
  readonly reached?: (to: Position) => Promise<void> | void;
}

/** The result of a drain; `entries` and `applied` are counts. */
export interface Drained {
  readonly entries: number;
  readonly applied: number;
  readonly troubles: readonly Trouble[];
  /** Entries that could not take effect, and are to be retried. */
  readonly waits: readonly Wait[];
  /** True when it stopped before the end because it was no longer wanted. */
  readonly isCut: boolean;
}

/**
 * Applies the entries of a folder in order, eight at a time; safe to repeat at any time. Throws while the database is
 * away. Damage is returned with its file and byte, and the entries after it are still applied; an entry that the
 * database does not take is returned to be retried, and holds up no other.
 */
export async function drain(deps: DrainDeps, order: DrainOrder): Promise<Drained> {
  const exempt = await writtenOff(deps.root);
  const troubles: Trouble[] = [];
  const waits: Wait[] = [];
  let entries = 0;
  let applied = 0;
  let isCut = false;
  for await (const group of inGroups(readFolder(deps.keys, order.folder, order), order)) {
    isCut = order.isWanted !== undefined && !(await order.isWanted());
    if (isCut) break;
    const settled = await allEnded(group.map((read) => applyOne(deps, order, read)));
    entries += settled.length;
    applied += settled.filter((outcome) => outcome === 'applied').length;
    const unsettled = settled.filter((outcome) => typeof outcome !== 'string');
    const held = unsettled.filter((found) => !exempt.has(placeNameOf(found)));
    troubles.push(...held.filter((one) => one.why === 'damaged'));
    waits.push(...held.filter((one) => one.why !== 'damaged'));
    const last = group.at(-1);
    // The position must not pass an entry without effect, so that a later start finds it again.
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

async function applyOne(
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
    // Logged at the first attempt alone: retries name their positions.
    if (only === undefined && isQuiet === undefined)
      deps.log.warn(
        { place: placeNameOf(where), why: fault, fault: faultOf(error) },
        'an entry of the journal has no effect yet',
      );
    return { ...where, why: fault, code };
  }
}
