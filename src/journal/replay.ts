import { open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { drain, type DrainDeps } from './drain.ts';
import { parsed } from './parsed.ts';
import { BEGINNING, type Position } from './position.ts';
import { processFolders } from './process-folder.ts';
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

/** Brings back whatever a restored database has lost of the journals kept on this disk; once for each seal. */
export class Replay {
  readonly #deps: DrainDeps;
  /** Where our own journal ends: what is written meanwhile is committed as usual. */
  readonly #own: () => { readonly processId: string; readonly until: Position } | undefined;
  #running: Promise<Replayed> | undefined;

  constructor(
    deps: DrainDeps,
    own: () => { readonly processId: string; readonly until: Position } | undefined,
  ) {
    this.#deps = deps;
    this.#own = own;
  }

  /** What came back, replaying now unless it was done for this seal; throws while the database is away. */
  async of(sealId: string | null): Promise<Replayed> {
    const known = sealId === null ? undefined : await this.#marked(sealId);
    if (known !== undefined) return { ...known, troubles: [], waits: [] };
    this.#running ??= this.#replay(sealId).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #replay(sealId: string | null): Promise<Replayed> {
    let found: Replayed = { entries: 0, restored: 0, troubles: [], waits: [] };
    for (const folder of await processFolders(this.#deps.root)) {
      const own = this.#own();
      const until = own?.processId === folder.processId ? own.until : undefined;
      const one = await drain(this.#deps, { folder, occasion: 'restore', from: BEGINNING, until });
      found = {
        entries: found.entries + one.entries,
        restored: found.restored + one.applied,
        troubles: [...found.troubles, ...one.troubles],
        waits: [...found.waits, ...one.waits],
      };
    }
    const { troubles, waits, ...counts } = found;
    const left = troubles.length + waits.length;
    this.#deps.log.info({ ...counts, troubles: left }, 'the opt-out journals were replayed');
    return sealId === null || left > 0
      ? found
      : { ...found, restored: await this.#noted({ sealId, ...counts }) };
  }

  /** Notes that all is replayed: what several processes brought back at once is told together. */
  async #noted({ sealId, entries, restored }: z.output<typeof Marker>): Promise<number> {
    const others = await this.#marked(sealId);
    const all = restored + (others?.restored ?? 0);
    await this.#mark({ sealId, entries, restored: all });
    return all;
  }

  async #marked(sealId: string): Promise<z.output<typeof Marker> | undefined> {
    const text = await readFile(this.#file, 'utf8').catch(() => '{}');
    const marker = Marker.safeParse(parsed(text)).data;
    return marker?.sealId === sealId ? marker : undefined;
  }

  async #mark(marker: z.output<typeof Marker>): Promise<void> {
    const file = await open(`${this.#file}.new`, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(marker));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${this.#file}.new`, this.#file);
  }

  get #file(): string {
    return path.join(this.#deps.root, MARKER);
  }
}
