import { appendFile, cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client as TemporalClient, Connection } from '@temporalio/client';
import { holdTable } from '../support/held-table.ts';
import { signedOnPaper } from '../support/flash-sale.ts';
import type { Deed, Fault, Victim } from './fault.ts';
import { RATE, SIDES, type Ground, type Side } from './ground.ts';
import type { Opened } from './grounds.ts';
import { untilSo } from './part.ts';
import { aCampaign, newPeople, type StopSayers } from './traffic.ts';

/** What a fault is made in the middle of. */
export interface Scene {
  readonly opened: Opened;
  readonly ground: Ground;
  readonly campaignId: string;
  readonly stops: StopSayers;
}

type Of<Kind extends Deed['kind']> = Extract<Deed, { readonly kind: Kind }>;
/** Begins a fault; answers how it ends. */
type Strike = (scene: Scene) => Promise<() => Promise<void>>;

/** A process and those it made, which a server of many processes needs. */
async function family(pid: number): Promise<readonly number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const born = children.split(' ').flatMap((one) => (one === '' ? [] : [Number(one)]));
  return [pid, ...(await Promise.all(born.map(family))).flat()];
}

function signalled(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile.
  }
}

async function frozen(pid: number): Promise<() => Promise<void>> {
  const all = await family(pid);
  for (const one of all) signalled(one, 'SIGSTOP');
  return async () => {
    for (const one of all.toReversed()) signalled(one, 'SIGCONT');
  };
}

async function killed(ground: Ground, name: string): Promise<void> {
  const part = ground.part(name);
  const pid = part.pid();
  for (const one of await family(pid)) if (one !== pid) signalled(one, 'SIGKILL');
  await part.end('SIGKILL');
}

/** The side whose worker sends the campaign now: shares of it are workflows of their own. */
async function conducting({ ground, campaignId }: Scene): Promise<Side> {
  const { address, namespace } = ground.temporal;
  const connection = await Connection.connect({ address });
  try {
    const { workflow } = new TemporalClient({ connection, namespace });
    const described = async (id: string) => (await workflow.getHandle(id).describe()).raw;
    let side: Side | undefined;
    await untilSo('a worker sends the campaign', async () => {
      const { pendingChildren } = await described(`campaign/${campaignId}`);
      const shares = await Promise.all((pendingChildren ?? []).map((one) => described(one.workflowId ?? '')));
      const identities = shares
        .flatMap(({ pendingActivities }) => pendingActivities ?? [])
        .map(({ lastWorkerIdentity }) => lastWorkerIdentity ?? '');
      side = SIDES.find((one) =>
        identities.some((identity) => identity.endsWith(`@${ground.part(`worker-${one}`).pid()}`)),
      );
      return side !== undefined;
    });
    if (side === undefined) throw new Error('nobody sends the campaign');
    return side;
  } finally {
    await connection.close();
  }
}

async function nameOf(scene: Scene, whom: Victim): Promise<string> {
  if (whom === 'worker') return `worker-${await conducting(scene)}`;
  return whom === 'api' || whom === 'public' ? `${whom}-a` : whom;
}

const freeze =
  ({ whom }: Of<'freeze' | 'kill'>): Strike =>
  async (scene) =>
    frozen(scene.ground.part(await nameOf(scene, whom)).pid());

const kill =
  ({ whom }: Of<'freeze' | 'kill'>): Strike =>
  async (scene) => {
    const name = await nameOf(scene, whom);
    await killed(scene.ground, name);
    return () => scene.ground.part(name).start();
  };

/** Tables that a transaction of each kind writes: held, it waits there in the middle. */
const HELD = { merge: 'consent', audience: 'batch' } as const;
/** What it says there; others may wait for the same table. */
const SAYS = { merge: '%', audience: '%INSERT INTO batch%' } as const;

/** Something more for a worker to do, which is caught in the middle of it: made ready now, begun when told. */
async function moreWork({ ground }: Scene, what: 'merge' | 'audience'): Promise<() => Promise<unknown>> {
  const phones = newPeople(ground, RATE);
  if (what === 'merge')
    return () => ground.must('POST', '/v1/imports?kind=contacts', { body: signedOnPaper(phones) });
  const campaignId = await aCampaign(ground, phones);
  return () => ground.must('POST', `/v1/campaigns/${campaignId}/launch`, { body: {} });
}

/** The side whose worker waits for the table, once one does. */
async function waitingSide(ground: Ground, what: 'merge' | 'audience'): Promise<Side> {
  let side: string | undefined;
  await untilSo(`a worker is in the middle of ${what}`, async () => {
    const [waiting] = await ground.query<{ name: string }>(
      `SELECT a.application_name AS name FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.relation = $1::regclass AND NOT l.granted AND a.query ILIKE $2`,
      [HELD[what], SAYS[what]],
    );
    side = waiting?.name;
    return side !== undefined;
  });
  return side === 'side-b' ? 'b' : 'a';
}

const freezeInside =
  ({ what }: Of<'freeze inside'>): Strike =>
  async (scene) => {
    const { ground } = scene;
    const begin = await moreWork(scene, what);
    const held = await holdTable(ground.postgres.url('postgres', 'bonheure'), HELD[what]);
    try {
      await begin();
      return await frozen(ground.part(`worker-${await waitingSide(ground, what)}`).pid());
    } finally {
      await held.letGo();
    }
  };

const killAtCommit =
  (deed: Of<'kill at commit'>): Strike =>
  async ({ opened: { trap }, ground }) => {
    const all = await family(ground.part('postgres').pid());
    await trap?.sprung(deed, () => {
      for (const pid of all) signalled(pid, 'SIGKILL');
    });
    await killed(ground, 'postgres');
    return () => ground.part('postgres').start();
  };

const forget: Strike = async ({ ground }) => {
  await killed(ground, 'temporal');
  await rm(ground.place('temporal'), { recursive: true });
  return () => ground.part('temporal').start();
};

const PAGE = 4_096;

/** On a full disk the last page of a file still has room: no line of a log shall find any. */
async function fillPages(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const log = path.join(folder, name);
    const { size } = await stat(log);
    // A file that ends with its page finds none for another.
    await appendFile(log, '\n'.repeat(PAGE - (size % PAGE))).catch(() => undefined);
  }
}

const fill =
  ({ disk }: Of<'fill'>): Strike =>
  async ({ opened: { disks }, ground }) => {
    disks?.[disk].fill();
    if (disk === 'logs') await fillPages(ground.place('logs'));
    return async () => disks?.[disk].free();
  };

const cable =
  ({ becomes }: Of<'cable'>): Strike =>
  async ({ opened: { network } }) => {
    await network?.becomes(becomes);
    return async () => network?.becomes({});
  };

const PARTS_OF_B = ['worker-b', 'public-b', 'api-b'] as const;

const oldFiles: Strike = async ({ ground }) => {
  for (const name of PARTS_OF_B) await killed(ground, name);
  return async () => {
    await rm(ground.place('b'), { recursive: true });
    await cp(ground.place('b-before'), ground.place('b'), { recursive: true, verbatimSymlinks: true });
    await Promise.all(PARTS_OF_B.map((name) => ground.part(name).start()));
  };
};

const clock =
  ({ jumpMs, drift }: Of<'clock'>): Strike =>
  async ({ ground }) => {
    const file = ground.place('clock-b.json');
    const set = (order: object) => writeFile(file, JSON.stringify({ at: Date.now(), ...order }));
    await set({ jumpMs, drift });
    return () => set({ jumpMs: 0, drift: 0 });
  };

const muteNames: Strike = async ({ opened: { resolver } }) => {
  resolver?.mute();
  return async () => resolver?.answer();
};

const trickle: Strike = async ({ ground }) => {
  const tell = async (manner: string): Promise<void> => {
    await fetch(ground.operatorOrigin('operator'), { method: 'PUT', body: manner });
  };
  await tell('trickles');
  return () => tell('usual');
};

function strikeOf(deed: Deed): Strike {
  switch (deed.kind) {
    case 'freeze':
      return freeze(deed);
    case 'kill':
      return kill(deed);
    case 'freeze inside':
      return freezeInside(deed);
    case 'kill at commit':
      return killAtCommit(deed);
    case 'forget':
      return forget;
    case 'fill':
      return fill(deed);
    case 'cable':
      return cable(deed);
    case 'old files':
      return oldFiles;
    case 'clock':
      return clock(deed);
    case 'mute names':
      return muteNames;
    case 'trickle':
      return trickle;
    default:
      return deed satisfies never;
  }
}

/** Whether the operator of the campaign is what is struck: it tells no STOP meanwhile. */
const isMute = ({ deed }: Fault): boolean => 'whom' in deed && deed.whom === 'operator';

/** Makes a fault for as long as it lasts; answers when it began and ended. */
export async function struck(
  fault: Fault,
  scene: Scene,
): Promise<{ readonly from: number; readonly to: number }> {
  scene.stops.isMute = isMute(fault);
  const end = await strikeOf(fault.deed)(scene);
  const from = Date.now();
  await pause(fault.seconds * 1_000);
  await end();
  scene.stops.isMute = false;
  return { from, to: Date.now() };
}
