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
import {
  AccountElsewhere,
  EffectiveAlready,
  type ApplyDeps,
  type Occasion,
  type ApplyEntry,
  placeNameOf,
  writtenOff,
  type Trouble,
  type Wait,
} from './effect.ts';

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
    const open = settled.filter((outcome) => typeof outcome !== 'string');
    const held = open.filter((found) => !pardoned.has(placeNameOf(found)));
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
