import { outageOf } from '../database/outage.ts';
import { faultOf, type Log } from '../log.ts';
import { applyEntry, type ApplyDeps, type Occasion } from './apply-entry.ts';
import type { JournalEntry } from './entry.ts';
import type { JournalKeys } from './journal-key.ts';
import type { Position } from './position.ts';
import type { ProcessFolder } from './process-folder.ts';
import { readFolder, type Read } from './read-folder.ts';
import { nameOf, writtenOff, type Trouble } from './trouble.ts';

/** Transactions at once: a long outage is caught up with in seconds, and requests keep their connections. */
const AT_ONCE = 8;
/** An entry that fails so often while others do not is left to a person. */
const TRIES = 3;

/** What draining needs. */
export interface DrainDeps extends ApplyDeps {
  readonly root: string;
  readonly keys: JournalKeys;
  readonly log: Log;
  /** Told of each entry that took effect only now. */
  readonly effective?: (entry: JournalEntry) => void;
}

/** What to drain: from where, up to where, and why. */
export interface DrainOrder {
  readonly folder: ProcessFolder;
  readonly occasion: Occasion;
  readonly from: Position;
  /** Where to stop; the end of the files when absent. */
  readonly until?: Position | undefined;
  /** Told after each group how far everything is in the database. */
  readonly reached?: (to: Position) => Promise<void> | void;
}

/** What a drain came to. */
export interface Drained {
  readonly entries: number;
  /** Entries whose effect was missing. */
  readonly applied: number;
  readonly troubles: readonly Trouble[];
}

/**
 * Brings every entry of a folder into the database, in order, some at once; safe to repeat at any time.
 *
 * Throws while the database is away. What is damaged is told with its file and byte, and the rest still read.
 */
export async function drain(deps: DrainDeps, order: DrainOrder): Promise<Drained> {
  const pardoned = await writtenOff(deps.root);
  const troubles: Trouble[] = [];
  let entries = 0;
  let applied = 0;
  for await (const group of inGroups(readFolder(deps.keys, order.folder, order))) {
    const settled = await all(group.map((read) => settle(deps, order, read)));
    entries += settled.length;
    applied += settled.filter((outcome) => outcome === 'applied').length;
    const found = settled.filter((outcome) => typeof outcome !== 'string');
    troubles.push(...found.filter((trouble) => !pardoned.has(nameOf(trouble))));
    const last = group.at(-1);
    // What waits for a person is not passed: a later start finds it again.
    if (last !== undefined && troubles.length === 0) await order.reached?.(last.next);
  }
  return { entries, applied, troubles };
}

/** All of them, to the end, also when one fails: nothing goes on unseen. */
async function all<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

async function* inGroups(reads: AsyncIterable<Read>): AsyncGenerator<readonly Read[]> {
  let group: Read[] = [];
  for await (const read of reads) {
    group.push(read);
    if (group.length < AT_ONCE) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

type Outcome = 'applied' | 'known' | Trouble;

async function settle(deps: DrainDeps, { folder, occasion }: DrainOrder, read: Read): Promise<Outcome> {
  const where = { processId: folder.processId, at: read.at };
  if (read.entry === undefined) {
    deps.log.error({ place: nameOf(where) }, 'an entry of the opt-out journal is damaged and cannot be read');
    return { ...where, why: 'damaged' };
  }
  for (let tries = 1; ; tries += 1) {
    try {
      const isNew = await applyEntry(deps, read.entry, occasion);
      if (isNew) deps.effective?.(read.entry);
      return isNew ? 'applied' : 'known';
    } catch (error) {
      if (outageOf(error) !== undefined) throw error;
      if (tries < TRIES) continue;
      deps.log.error({ place: nameOf(where), fault: faultOf(error) }, 'an entry of the journal is refused');
      return { ...where, why: 'refused' };
    }
  }
}
