import { cp, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { mayMount, tmpfs, type Tmpfs } from '../support/tmpfs.ts';
import { unprivileged } from '../../src/main/embedded/leashed.ts';
import { CommitTrap } from './commit-trap.ts';
import type { Disk, GroundKind } from './fault.ts';
import { Ground } from './ground.ts';
import { Network } from './network.ts';
import { NotHere } from './not-here.ts';
import { Resolver } from './resolver.ts';
import type { Sabotage } from './sabotage.ts';

/** A ground, what its faults are made with, and what is undone once it is closed. */
export interface Opened {
  readonly ground: Ground;
  readonly trap?: CommitTrap;
  readonly disks?: Readonly<Record<Disk, Tmpfs>>;
  readonly network?: Network;
  readonly resolver?: Resolver;
  readonly after?: () => Promise<void>;
}

async function usual(sabotage?: Sabotage): Promise<Opened> {
  const ground = await Ground.open({
    sabotage,
    // By it the database knows whose connection waits.
    side: async (side, ways) => ({
      ways: { ...ways, databaseUrl: `${ways.databaseUrl}?application_name=side-${side}` },
    }),
  });
  await cp(ground.place('b'), ground.place('b-before'), { recursive: true, verbatimSymlinks: true });
  return { ground };
}

/** What a ground stands on is undone when it cannot be opened: it would keep the run alive for good. */
async function orUndone(opening: Promise<Ground>, undo: () => Promise<void>): Promise<Ground> {
  try {
    return await opening;
  } catch (cause) {
    await undo();
    throw cause;
  }
}

async function commits(): Promise<Opened> {
  // One for both sides, which are opened at once.
  let opened: Promise<CommitTrap> | undefined;
  const opening = Ground.open({
    side: async (_side, ways) => {
      opened ??= aTrap(ways.databaseUrl);
      const { folder } = await opened;
      const before = new URL(ways.databaseUrl).host;
      return { ways: { ...ways, databaseUrl: ways.databaseUrl.replace(before, encodeURIComponent(folder)) } };
    },
  });
  const close = async (): Promise<void> => (await opened)?.close();
  const ground = await orUndone(opening, close);
  const trap = await opened;
  return { ground, ...(trap === undefined ? {} : { trap, after: close }) };
}

async function aTrap(url: string): Promise<CommitTrap> {
  const folder = await mkdtemp(path.join(tmpdir(), 'faults-way-'));
  const trap = new CommitTrap(
    folder,
    path.join(decodeURIComponent(/@([^:/]+)/.exec(url)?.[1] ?? ''), '.s.PGSQL.5432'),
  );
  await trap.open();
  return trap;
}

async function disks(): Promise<Opened> {
  if (!mayMount()) throw new NotHere('mounting a small disk needs root');
  const made: Partial<Record<Disk, Tmpfs>> = {};
  const as = await unprivileged();
  const ground = await Ground.open({
    places: async (folder) => {
      made.journal = tmpfs(path.join(folder, 'journal'), '4m');
      made.logs = tmpfs(path.join(folder, 'logs'), '16m');
      await mkdir(path.join(folder, 'postgres'));
      made.database = tmpfs(path.join(folder, 'postgres'), '512m', as);
    },
  });
  const { journal, logs, database } = made;
  if (journal === undefined || logs === undefined || database === undefined)
    throw new Error('no disk was made');
  return { ground, disks: { journal, logs, database } };
}

async function clocks(): Promise<Opened> {
  const preload = fileURLToPath(new URL('moved-clock.ts', import.meta.url));
  const ground = await Ground.open({
    side: async (side, ways, at) =>
      side === 'a'
        ? {}
        : { ways, around: { flags: ['--import', preload], env: { FAULTS_CLOCK: at.place('clock-b.json') } } },
  });
  return { ground };
}

async function hosts(): Promise<Opened> {
  const network = await Network.open();
  const after = (): Promise<void> => network.close();
  const ground = await orUndone(Ground.open({ side: (side, ways) => network.side(side, ways) }), after);
  return { ground, network, after };
}

async function names(): Promise<Opened> {
  const resolver = await Resolver.open();
  const after = (): Promise<void> => resolver.close();
  const ground = await orUndone(
    Ground.open({ side: async (_side, ways) => ({ ways, around: resolver.around }) }),
    after,
  );
  await resolver.webhooks(ground);
  return { ground, resolver, after };
}

/** The kinds of ground that faults are made on. */
export const grounds: Readonly<Record<GroundKind, (sabotage?: Sabotage) => Promise<Opened>>> = {
  usual,
  commits,
  disks,
  hosts,
  clocks,
  names,
};
