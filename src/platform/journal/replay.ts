import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { parsedJson } from '../../base/index.ts';
import { faultOf } from '../log.ts';
import { drainedInAll, bringIn, isWhole, ofSeal } from './bring-in.ts';
import { drain, type DrainDeps, type Drained, type Trouble, type Wait } from './drain.ts';
import {
  isOfSeal,
  noteDrained,
  processFolders,
  replaceFile,
  type ProcessFolder,
  BEGINNING,
  isBefore,
  type Position,
} from './process-folder.ts';

/** The result of a replay. */
export interface Replayed {
  readonly entries: number;
  /** The number of entries whose effect the database had lost. */
  readonly restored: number;
  readonly troubles: readonly Trouble[];
  /** Entries that the database did not take, and that are to be retried. */
  readonly waits: readonly Wait[];
}

const MARKER = 'replayed.json';
const Marker = z.object({ sealId: z.uuid(), entries: z.int(), restored: z.int() });
type Marker = z.output<typeof Marker>;

/** The part of this process's own journal to replay. */
interface OwnEntries {
  readonly folder: ProcessFolder;
  /** The position up to which everything was in some database. */
  readonly answered: Position;
  /** The position from which on entries are committed as usual. */
  readonly until: Position;
}

/**
 * Replays the entries of the journals on this disk that the database of a seal lacks. For each seal the first process
 * replays all journals, and notes it in a marker file. After that each process replays its own journal, and those of
 * processes that have ended since: these may have written into an earlier database that ran beside this one for a
 * while.
 */
export class Replay {
  readonly #deps: DrainDeps;
  readonly #own: () => OwnEntries;
  #running: { readonly sealId: string | null; readonly found: Promise<Replayed> } | undefined;
  /** The seal for which this process has replayed its own journal; undefined before the first replay. */
  #ownSealId: string | null | undefined;
  /** Paths of the done folders that are known to be in the database of `sealId`, the seal of the last call. */
  #known: { readonly sealId: string | null; readonly paths: Set<string> } = {
    sealId: null,
    paths: new Set(),
  };

  constructor(deps: DrainDeps, own: () => OwnEntries) {
    this.#deps = deps;
    this.#own = own;
  }

  /**
   * Replays what has not been replayed for this seal yet, and returns the result of all of it; throws while the
   * database is away.
   */
  async of(sealId: string | null): Promise<Replayed> {
    if (this.#running?.sealId === sealId) return this.#running.found;
    const found = this.#replay(sealId).finally(() => {
      if (this.#running?.found === found) this.#running = undefined;
    });
    this.#running = { sealId, found };
    return found;
  }

  /** Says whether some process has ended whose journal is only in the database of another seal. */
  async isBehind(sealId: string | null): Promise<boolean> {
    return (await this.#left(sealId, await processFolders(this.#deps.root))).length > 0;
  }

  async #replay(sealId: string | null): Promise<Replayed> {
    const marker = sealId === null ? undefined : await this.#marked(sealId);
    const all = await processFolders(this.#deps.root);
    const folders = marker === undefined ? all : await this.#missing(sealId, all);
    if (marker !== undefined && folders.length === 0) return { ...marker, troubles: [], waits: [] };
    const found: Drained[] = [];
    for (const folder of folders) found.push(await this.#replayOne(sealId, folder));
    return this.#result(sealId, drainedInAll(...found));
  }

  async #replayOne(sealId: string | null, folder: ProcessFolder): Promise<Drained> {
    if (folder.path === this.#own().folder.path) return this.#replayOwn(sealId);
    const found = await replayFolder(this.#deps, folder, { sealId });
    // Remembered in memory too, in case the disk did not take the note.
    if (folder.isDone && isWhole(found)) this.#knownIn(sealId).add(folder.path);
    return found;
  }

  async #replayOwn(sealId: string | null): Promise<Drained> {
    const database = ofSeal(this.#deps.database, sealId);
    const found = await bringIn({ ...this.#deps, database }, { ...this.#own(), from: BEGINNING });
    if (isWhole(found)) this.#ownSealId = sealId;
    return found;
  }

  /** Lists the folders that are still to be replayed when the marker says that all journals of that time were. */
  async #missing(
    sealId: string | null,
    folders: readonly ProcessFolder[],
  ): Promise<readonly ProcessFolder[]> {
    const { folder, until } = this.#own();
    if (!isBefore(BEGINNING, until)) this.#ownSealId = sealId;
    const isOwnMissing = this.#ownSealId !== sealId;
    const own = folders.filter(({ path: at }) => isOwnMissing && at === folder.path);
    return [...own, ...(await this.#left(sealId, folders))];
  }

  /** Lists the done folders whose journal is only in the database of another seal. */
  async #left(sealId: string | null, folders: readonly ProcessFolder[]): Promise<readonly ProcessFolder[]> {
    const paths = this.#knownIn(sealId);
    const left: ProcessFolder[] = [];
    for (const folder of folders.filter(({ isDone, path: at }) => isDone && !paths.has(at)))
      if (await isOfSeal(folder, sealId)) paths.add(folder.path);
      else left.push(folder);
    return left;
  }

  #knownIn(sealId: string | null): Set<string> {
    if (this.#known.sealId !== sealId) this.#known = { sealId, paths: new Set() };
    return this.#known.paths;
  }

  async #result(sealId: string | null, found: Drained): Promise<Replayed> {
    const { entries, applied: restored, troubles, waits } = found;
    const left = troubles.length + waits.length;
    this.#deps.log.info({ entries, restored, troubles: left }, 'the opt-out journals were replayed');
    if (sealId === null || left > 0) return { entries, restored, troubles, waits };
    return { ...(await this.#noted({ sealId, entries, restored })), troubles, waits };
  }

  /** Writes the marker, for other processes and later starts; adds the results of processes that replayed before. */
  async #noted({ sealId, entries, restored }: Marker): Promise<Marker> {
    const others = await this.#marked(sealId);
    const all = {
      sealId,
      entries: Math.max(entries, others?.entries ?? 0),
      restored: restored + (others?.restored ?? 0),
    };
    await replaceFile(this.#file, JSON.stringify(all)).catch((error: unknown) => {
      this.#deps.log.warn(
        { fault: faultOf(error) },
        'the replay of the opt-out journals cannot be noted: each process replays them for itself',
      );
    });
    return all;
  }

  async #marked(sealId: string): Promise<Marker | undefined> {
    const text = await readFile(this.#file, 'utf8').catch(() => '{}');
    const marker = Marker.safeParse(parsedJson(text)).data;
    return marker?.sealId === sealId ? marker : undefined;
  }

  get #file(): string {
    return path.join(this.#deps.root, MARKER);
  }
}

/** Replays one journal into the database of a seal; notes in a done folder that all of it is there. */
export async function replayFolder(
  deps: DrainDeps,
  folder: ProcessFolder,
  order: { readonly sealId: string | null; readonly isQuiet?: true },
): Promise<Drained> {
  const { sealId, ...others } = order;
  const database = ofSeal(deps.database, sealId);
  let to = BEGINNING;
  const reached = (next: Position): void => {
    to = next;
  };
  const found = await drain(
    { ...deps, database },
    { ...others, folder, occasion: 'restore', from: BEGINNING, reached },
  );
  if (folder.isDone && isWhole(found)) await noteDrained(folder, to, sealId);
  return found;
}
