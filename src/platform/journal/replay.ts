import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { faultOf } from '../log.ts';
import { added, bringIn, isWhole } from './bring-in.ts';
import { drain, type DrainDeps, type Drained } from './drain.ts';
import { ofSeal } from './of-seal.ts';
import { parsed } from './parsed.ts';
import { BEGINNING, isBefore, type Position } from './position.ts';
import { isOfSeal, noteDrained, processFolders, replaceFile, type ProcessFolder } from './process-folder.ts';
import type { Trouble, Wait } from './trouble.ts';

/** What a replay of everything that is kept came to. */
export interface Replayed {
  /** Entries read. */
  readonly entries: number;
  /** Entries whose effect the database had lost. */
  readonly restored: number;
  readonly troubles: readonly Trouble[];
  /** Entries that the database did not take, or not now. */
  readonly waits: readonly Wait[];
}

const MARKER = 'replayed.json';
const Marker = z.object({ sealId: z.uuid(), entries: z.int(), restored: z.int() });
type Marker = z.output<typeof Marker>;

/** Of our own journal, what is to be replayed. */
export interface OwnEntries {
  readonly folder: ProcessFolder;
  /** Up to here all was in some database. */
  readonly answered: Position;
  /** What is written from here on is committed as usual. */
  readonly until: Position;
}

/**
 * Brings back whatever the database of a seal does not have of the journals kept on this disk.
 *
 * Once for each seal by whoever is first, and noted in the marker. Besides, each process does it for its own journal,
 * and for those of processes that ended since: what they had by then in a database of before, which went on beside
 * this one for a while, counts for nothing here.
 */
export class Replay {
  readonly #deps: DrainDeps;
  readonly #own: () => OwnEntries;
  #running: { readonly sealId: string | null; readonly found: Promise<Replayed> } | undefined;
  /** For which seal our own was replayed by ourselves. */
  #ownSealId: string | null | undefined;
  /** Folders of processes that ended, by path, that are known to be in the database of the seal last asked for. */
  #known: { readonly sealId: string | null; readonly paths: Set<string> } = {
    sealId: null,
    paths: new Set(),
  };

  constructor(deps: DrainDeps, own: () => OwnEntries) {
    this.#deps = deps;
    this.#own = own;
  }

  /** What came back, replaying now what was not replayed for this seal; throws while the database is away. */
  async of(sealId: string | null): Promise<Replayed> {
    if (this.#running?.sealId === sealId) return this.#running.found;
    const found = this.#replay(sealId).finally(() => {
      if (this.#running?.found === found) this.#running = undefined;
    });
    this.#running = { sealId, found };
    return found;
  }

  /** Whether a process ended that had its journal in the database of another seal. */
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
    return this.#told(sealId, added(...found));
  }

  async #replayOne(sealId: string | null, folder: ProcessFolder): Promise<Drained> {
    if (folder.path === this.#own().folder.path) return this.#replayOwn(sealId);
    const found = await replayFolder(this.#deps, folder, { sealId });
    // Also where the disk does not take a note of it.
    if (folder.isDone && isWhole(found)) this.#knownIn(sealId).add(folder.path);
    return found;
  }

  async #replayOwn(sealId: string | null): Promise<Drained> {
    const database = ofSeal(this.#deps.database, sealId);
    const found = await bringIn({ ...this.#deps, database }, { ...this.#own(), from: BEGINNING });
    if (isWhole(found)) this.#ownSealId = sealId;
    return found;
  }

  /** What whoever was first could not bring back. */
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

  /** Of processes that ended, and had their journal in the database of another seal. */
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

  async #told(sealId: string | null, found: Drained): Promise<Replayed> {
    const { entries, applied: restored, troubles, waits } = found;
    const left = troubles.length + waits.length;
    this.#deps.log.info({ entries, restored, troubles: left }, 'the opt-out journals were replayed');
    if (sealId === null || left > 0) return { entries, restored, troubles, waits };
    return { ...(await this.#noted({ sealId, entries, restored })), troubles, waits };
  }

  /** Notes that all is replayed, for others and for a later start; what several processes brought back is told together. */
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
        'that the opt-out journals were replayed cannot be noted: each process replays them for itself',
      );
    });
    return all;
  }

  async #marked(sealId: string): Promise<Marker | undefined> {
    const text = await readFile(this.#file, 'utf8').catch(() => '{}');
    const marker = Marker.safeParse(parsed(text)).data;
    return marker?.sealId === sealId ? marker : undefined;
  }

  get #file(): string {
    return path.join(this.#deps.root, MARKER);
  }
}

/** Brings one journal back into the database of a seal; where its process ended, notes that it is there. */
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
