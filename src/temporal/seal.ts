import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import { parsedJson } from '../base/index.ts';
import { keepSeal } from '../../workflows/messages.ts';
import { inTime, type ConductDeps } from './dispatcher.ts';
import { SEAL_WORKFLOW } from './reconciler.ts';
import { raiseHeartbeat, readSeal, sealInstance, type SealedDatabase } from './seal.repository.ts';

const MEMO_EVERY_MS = 5 * 60_000;

/** Detects that the database is not the one of before, and seals it: after a restore, messages would be sent again. */
export class SealKeeper {
  readonly #deps: ConductDeps;
  readonly #file: string;
  #compared = false;
  /**
   * True while there was no copy of the seal: until Temporal has one, other workers would take a database that has
   * sent for a restored one.
   */
  #awaitsMemo = false;
  #memoAt = Number.NEGATIVE_INFINITY;

  constructor(deps: ConductDeps, dataFolder: string) {
    this.#deps = deps;
    this.#file = path.join(dataFolder, 'seal.json');
  }

  /**
   * Returns the reason why no message may be marked yet: after each connection the database is compared with its
   * copies first.
   */
  doubt(): string | undefined {
    if (!this.#compared) return 'the database was not compared with its seal yet';
    return this.#awaitsMemo ? 'Temporal does not keep a copy of the seal yet' : undefined;
  }

  /** Called when the connection was lost: the next one may lead to another database. */
  mistrust(): void {
    this.#compared = false;
  }

  /** Compares the database with its copies if it has to, then raises the heartbeat and writes both copies. */
  async beat(): Promise<void> {
    if (!this.#compared) await this.#compare();
    const heartbeat = await raiseHeartbeat(this.#deps.database);
    // While sealed, the copies describe the time before the seal; once it is opened, both are written at once.
    if (heartbeat === undefined) this.#memoAt = Number.NEGATIVE_INFINITY;
    if (heartbeat === undefined) return;
    const seal = { ...(await readSeal(this.#deps.database)), heartbeat };
    // Another worker has sealed the instance meanwhile.
    if (seal.sealed) return;
    await this.#writeFile(seal);
    await this.#writeMemo(seal);
  }

  async #compare(): Promise<void> {
    // The copies are read first: another worker may raise the heartbeat and write newer copies meanwhile.
    const copies = [await this.#fromFile(), await this.#fromMemo()];
    const now = await readSeal(this.#deps.database);
    const why = reasonToSeal(now, copies);
    if (why !== undefined) {
      const opened = copies.flatMap((copy) => copy?.sealId ?? []);
      await sealInstance(this.#deps.database, { why, opened });
      this.#deps.log.error({ why }, 'sealed: nothing is sent until an admin opens it');
    }
    this.#awaitsMemo = copies.every((copy) => copy === undefined);
    this.#compared = true;
  }

  async #fromFile(): Promise<Seal | undefined> {
    const text = await readFile(this.#file, 'utf8').catch(() => '');
    return parseSeal(text);
  }

  async #fromMemo(): Promise<Seal | undefined> {
    try {
      const handle = this.#deps.temporal.client.workflow.getHandle(SEAL_WORKFLOW);
      const { memo } = await inTime(this.#deps, () => handle.describe());
      return parseSeal(memo?.['seal']);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }

  /** Replaces the file atomically, so that a crash leaves the earlier copy. */
  async #writeFile(seal: Seal): Promise<void> {
    await mkdir(path.dirname(this.#file), { recursive: true });
    const draft = `${this.#file}.${process.pid}`;
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(serialized(seal));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, this.#file);
  }

  async #writeMemo(seal: Seal): Promise<void> {
    const { temporal, clock } = this.#deps;
    if (clock.monotonic() - this.#memoAt < MEMO_EVERY_MS) return;
    const handle = temporal.client.workflow.getHandle(SEAL_WORKFLOW);
    try {
      await inTime(this.#deps, () => handle.signal(keepSeal, serialized(seal)));
      this.#memoAt = clock.monotonic();
      this.#awaitsMemo = false;
    } catch (error) {
      // The reconciler starts that workflow a moment later.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
}

/** Returns the reason why the database is not the one of its copies; undefined when it is. */
export function reasonToSeal(now: SealedDatabase, copies: readonly (Seal | undefined)[]): string | undefined {
  const found = copies.filter((copy) => copy !== undefined);
  const [newest] = found.toSorted((one, other) => other.heartbeat - one.heartbeat);
  if (newest === undefined)
    return now.everSent ? 'both copies of the seal are missing, and this database has sent' : undefined;
  const known = found.filter((copy) => !isStale(copy, newest));
  if (known.some((copy) => copy.system !== now.system)) return 'this is another database cluster';
  if (known.some((copy) => copy.timeline !== now.timeline))
    return 'this database was restored or failed over';
  if (known.some((copy) => copy.heartbeat > now.heartbeat)) return 'this database is older than its seal';
  return undefined;
}

/**
 * Says whether a copy is merely out of date, because its host was away while the instance went on elsewhere. Only an
 * instance that is not sealed writes copies, and later timelines have higher numbers: a newer copy on a later timeline
 * was written after an admin had opened the seal of a failover.
 */
const isStale = (copy: Seal, newest: Seal): boolean =>
  copy.system === newest.system && copy.heartbeat < newest.heartbeat && copy.timeline < newest.timeline;

const Seal = z.object({
  system: z.string().regex(/^\d+$/),
  timeline: z.string().regex(/^[0-9A-F]{8}$/),
  heartbeat: z.int().nonnegative(),
  /** The seal that was opened last; null when there was none, or an earlier version wrote the copy. */
  sealId: z.uuid().nullable().default(null),
});

type Seal = z.infer<typeof Seal>;

const serialized = ({ system, timeline, heartbeat, sealId }: Seal): string =>
  JSON.stringify({ system, timeline, heartbeat, sealId });

/** Returns undefined for an unreadable copy, which counts as missing. */
function parseSeal(text: unknown): Seal | undefined {
  return typeof text === 'string' ? Seal.safeParse(parsedJson(text)).data : undefined;
}
