import { randomUUID } from 'node:crypto';
import { mkdtemp, open, readFile, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { inject, vi } from 'vitest';
import { openDatabase, type Database } from '../../../src/platform/database/connection.ts';
import { JOURNAL_HOLDS } from '../../../src/platform/database/gates.ts';
import { applyEntry } from '../../../src/operations/journal/apply-entry.ts';
import type { DrainDeps } from '../../../src/platform/journal/drain.ts';
import { receive, type InboundEntry } from '../../../src/platform/journal/entry.ts';
import { JournalKeeper } from '../../../src/operations/journal/journal-keeper.ts';
import { replySettler, takeReply } from '../../../src/sending/replies/take-reply.ts';
import { startLoop } from '../../../src/platform/loop.ts';
import { keysOf, RING_KEY, silent } from '../../pure/platform/journal/journal-on-disk.ts';
import { afterFile } from '../../support/after-file.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld, type SendWorld } from '../../support/send-world.ts';
import { aWay, type Way } from '../../support/way.ts';

/** One process with a journal on the common disk, and its own way to PostgreSQL. */
export interface Neighbour {
  readonly processId: string;
  readonly keeper: JournalKeeper;
  readonly way: Way;
  /** Somebody says STOP to it; resolves to whether, and when, it was acknowledged. */
  readonly stop: (phone: string) => Promise<'acknowledged' | 'refused'>;
  /** Another process took its journal over: it ended. */
  readonly isLost: () => boolean;
  readonly end: () => Promise<void>;
}

/** A disk that several processes share, and whoever watches the gate beside them. */
export interface Neighbourhood {
  readonly root: string;
  readonly world: SendWorld;
  readonly clock: ShiftedClock;
  readonly deps: DrainDeps;
  readonly neighbour: (about?: { readonly through?: (database: Database) => Database }) => Promise<Neighbour>;
  readonly phones: (count: number) => Promise<readonly string[]>;
  readonly watch: () => Promise<Watch>;
  /** Nobody may be barred until the answer is called. */
  readonly locked: () => Promise<() => Promise<void>>;
  /** Answers that are owed, once whoever was barred alone is settled too. */
  readonly acknowledgements: () => Promise<number>;
}

/** What a sender would see of the gate, asked as fast as it answers. */
export interface Watch {
  readonly acknowledged: (phone: string) => void;
  /** Whether it was seen open each time for a while. */
  readonly isOpen: () => boolean;
  /** Milliseconds in which the gate was seen open, and shut, since this was last asked. */
  readonly tally: () => { readonly openMs: number; readonly shutMs: number };
  /** Numbers for which the gate was open though they were acknowledged and not barred. */
  readonly stop: () => Promise<readonly string[]>;
}

export async function aNeighbourhood(): Promise<Neighbourhood> {
  const root = await mkdtemp(path.join(tmpdir(), 'bonheure-neighbours-'));
  const clock = new ShiftedClock();
  const operator = await anOperator(clock);
  const world = await aSendWorld(operator, clock);
  const { vault } = world;
  const { socketFolder } = inject('postgres');
  afterFile(() => rm(root, { recursive: true, force: true }));
  const common = {
    root,
    keys: keysOf(RING_KEY),
    clock,
    vault,
    log: silent,
    acknowledgesStop: (): boolean => true,
    apply: applyEntry,
  };
  const settle = replySettler(world, (id) => ({ id, acknowledgesStop: false }));
  return {
    root,
    world,
    clock,
    acknowledgements: async () => {
      await settle();
      return Number((await world.query('SELECT count(*)::int AS n FROM acknowledgement'))[0]?.['n']);
    },
    deps: { ...common, database: world.database },
    phones: async (count) => world.phones(await world.shard(count)),
    watch: () => aWatch(world),
    locked: () => locked(world),
    neighbour: async ({ through = (database: Database): Database => database } = {}) => {
      const way = await aWay();
      const url = world.appUrl.replace(encodeURIComponent(socketFolder), encodeURIComponent(way.folder));
      return aNeighbour({ common, world, way, url, through });
    },
  };
}

interface NeighbourParts {
  readonly common: Omit<DrainDeps, 'database'>;
  readonly world: SendWorld;
  readonly way: Way;
  readonly url: string;
  readonly through: (database: Database) => Database;
}

async function aNeighbour({ common, world, way, url, through }: NeighbourParts): Promise<Neighbour> {
  const processId = randomUUID();
  const own = await openDatabase({ url, connections: 6, name: 'test-neighbour' });
  const reporting = await openDatabase({ url, connections: 1, name: 'test-neighbour-report' });
  const database = through(own);
  let isLost = false;
  const keeper = await JournalKeeper.open({
    ...common,
    database,
    reporting,
    processId,
    keptDays: 35,
    effective: () => undefined,
    lost: () => {
      isLost = true;
    },
  });
  await keeper.prepare();
  await keeper.work();
  await keeper.tell();
  const loop = (name: string, everyMs: number, work: () => unknown) =>
    startLoop({
      name,
      everyMs,
      work: async () => {
        // It ends as soon as it learns of that.
        if (!isLost) await work();
        return false;
      },
      log: silent,
    });
  const loops = [
    loop('tell', 500, () => keeper.tell()),
    loop('sign', 500, () => keeper.sign()),
    loop('work', 250, () => keeper.work()),
    loop('ask', 200, () => keeper.ask()),
    loop('help', 200, () => keeper.help()),
  ];
  return {
    processId,
    keeper,
    way,
    isLost: () => isLost,
    stop: async (phone) => {
      const entry = stopOf(common.clock, world.accountId, phone);
      const kept = await keeper.journal
        .take(entry, () => committed({ ...common, database }, entry))
        .catch(() => undefined);
      return kept === undefined || isLost ? 'refused' : 'acknowledged';
    },
    end: async () => {
      await way.cut();
      way.speak();
      way.slow(0);
      await way.mend();
      await Promise.all(loops.map((one) => one.stop()));
      if (!isLost) await keeper.close();
      await Promise.all([own.close(), reporting.close()]);
      await way.cut();
    },
  };
}

/** A STOP as it comes in. */
export const stopOf = (clock: DrainDeps['clock'], accountId: string, phone: string): InboundEntry => ({
  kind: 'inbound',
  gateway: 'sandbox',
  accountId,
  event: { kind: 'reply', identity: randomUUID(), from: phone, to: '36180', text: 'STOP' },
  reception: receive(clock),
});

const committed = (
  { database, vault, clock }: Pick<DrainDeps, 'database' | 'vault' | 'clock'>,
  { event, accountId, reception: { id, at, simulated } }: InboundEntry,
): Promise<unknown> =>
  takeReply(
    { database, vault, clock, newId: randomUUID },
    { id: accountId, acknowledgesStop: true },
    { event, id, receivedAt: at, simulated },
  );

/** One snapshot tells of the gate and of everybody who is barred, as the statement of a mark does. */
const LOOK = `
  SELECT NOT ${JOURNAL_HOLDS} AS open,
         ARRAY(SELECT encode(phone_index, 'hex') FROM suppression WHERE lifted_at IS NULL) AS barred`;

const OPEN_FOR_MS = 500;

async function aWatch(world: SendWorld): Promise<Watch> {
  const client = new Client({ connectionString: world.superUrl });
  await client.connect();
  const acknowledged = new Map<string, string>();
  const reached = new Set<string>();
  const over = new AbortController();
  let [openMs, shutMs, before] = [0, 0, performance.now()];
  let openSince: number | undefined;
  const looking = (async () => {
    while (!over.signal.aborted) {
      const told = [...acknowledged];
      const [row] = (await client.query<{ open: boolean; barred: string[] }>(LOOK)).rows;
      const now = performance.now();
      if (row?.open === true) openMs += now - before;
      else shutMs += now - before;
      before = now;
      openSince = row?.open === true ? (openSince ?? now) : undefined;
      const barred = new Set(row?.barred);
      const isFor = told.filter(([, index]) => row?.open === true && !barred.has(index));
      for (const [phone] of isFor) reached.add(phone);
      await pause(5);
    }
    await client.end();
  })();
  return {
    acknowledged: (phone) => acknowledged.set(phone, world.keys.phoneIndex(phone).toString('hex')),
    isOpen: () => openSince !== undefined && performance.now() - openSince > OPEN_FOR_MS,
    tally: () => {
      const counted = { openMs, shutMs };
      [openMs, shutMs] = [0, 0];
      return counted;
    },
    stop: async () => {
      over.abort();
      await looking;
      return [...reached];
    },
  };
}

async function locked(world: SendWorld): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: world.superUrl });
  await client.connect();
  await client.query('BEGIN');
  await client.query('LOCK TABLE suppression IN EXCLUSIVE MODE');
  return async () => {
    await client.query('ROLLBACK');
    await client.end();
  };
}

/** No byte is taken by any file that is written piece by piece, as journals are, until the answer is called. */
export async function aFullDisk(root: string): Promise<() => void> {
  const folder = await open(root, 'r');
  const handle = Object.getPrototypeOf(folder) as FileHandle;
  await folder.close();
  const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  const writes = vi.spyOn(handle, 'write').mockRejectedValue(full);
  return () => {
    writes.mockRestore();
  };
}

/** One entry no longer opens; puts its bytes back. */
export async function damaged(file: string): Promise<() => Promise<void>> {
  const bytes = await readFile(file);
  const altered = Buffer.from(bytes);
  altered.writeUInt8(altered.readUInt8(60) ^ 1, 60);
  await writeFile(file, altered);
  return () => writeFile(file, bytes);
}
