import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { reportJournal } from '../../../src/platform/database/process.repository.ts';
import { helpRequestOf } from '../../../src/platform/journal/neighbours.ts';
import { filesOf, folderOf } from '../../../src/platform/journal/process-folder.ts';
import { aJournal } from '../../pure/platform/journal/journal-on-disk.ts';
import { NIGHT } from '../../support/cases.ts';
import { aFullDisk, aNeighbourhood, stopOf, type Neighbour, type Watch } from './neighbourhood.ts';

const near = await aNeighbourhood();
const begun: Neighbour[] = [];
const aNeighbour = async (): Promise<Neighbour> => {
  const one = await near.neighbour();
  begun.push(one);
  return one;
};
afterEach(async () => {
  for (const one of begun.splice(0)) await one.end();
});

/** Somebody says STOP every so often; answers the milliseconds that each was kept waiting. */
async function stopsFor(ms: number, to: Neighbour, watch: Watch): Promise<readonly number[]> {
  const waited: Promise<number>[] = [];
  for (const phone of await near.phones(Math.ceil(ms / 300))) {
    const began = performance.now();
    waited.push(
      to.stop(phone).then((outcome) => {
        if (outcome === 'acknowledged') watch.acknowledged(phone);
        return performance.now() - began;
      }),
    );
    await pause(300);
  }
  return Promise.all(waited);
}

const isBarred = async (phone: string): Promise<boolean> => {
  const index = near.world.keys.phoneIndex(phone);
  return (await near.world.query('SELECT 1 FROM suppression WHERE phone_index = $1', [index])).length > 0;
};
const isAsked = async ({ processId }: Neighbour): Promise<boolean> =>
  (await helpRequestOf(folderOf(near.root, processId))) !== undefined;
const untilOpen = (watch: Watch) => expect.poll(() => watch.isOpen()).toBe(true);

/** The journal of a process that died, whose entry no longer opens. */
async function leftDamaged(): Promise<string> {
  const processId = randomUUID();
  const dead = await aJournal(near.root, processId);
  await dead.write(stopOf(near.clock, near.world.accountId, '+33639980001'));
  await dead.close();
  const { path: folder } = dead.folder;
  const signed = path.join(folder, 'alive.json');
  const alive = JSON.parse(await readFile(signed, 'utf8')) as object;
  await writeFile(signed, JSON.stringify({ ...alive, startedAt: '0' }));
  const file = path.join(folder, (await filesOf(dead.folder))[0] ?? '');
  const bytes = await readFile(file);
  bytes.writeUInt8(bytes.readUInt8(60) ^ 1, 60);
  await writeFile(file, bytes);
  const at = new Date(near.clock.machine()).toISOString();
  await near.world.database.outside((tx) =>
    reportJournal(tx, { id: processId, startedAt: at, at, report: 1, drained: null }),
  );
  return processId;
}

const strikes: readonly [string, object, (one: Neighbour) => unknown][] = [
  ['silent', {}, ({ way }) => way.silence()],
  ['slow', NIGHT, ({ way }) => way.slow(300)],
  ['refused', NIGHT, ({ way }) => way.cut()],
];

describe('a process without PostgreSQL, beside one with it', () => {
  for (const [name, options, strike] of strikes)
    it(`keeps the gate open, nobody reached: ${name}`, options, async () => {
      const [cut] = [await aNeighbour(), await aNeighbour()];
      const watch = await near.watch();
      await untilOpen(watch);
      await strike(cut);
      const first = await stopsFor(4_000, cut, watch);
      // It has asked by now, and is helped.
      watch.tally();
      const later = await stopsFor(4_000, cut, watch);
      const { openMs, shutMs } = watch.tally();
      expect(await watch.stop()).toEqual([]);
      expect(openMs / (openMs + shutMs)).toBeGreaterThan(0.8);
      expect(Math.max(...later)).toBeLessThan(2_500);
      expect(Math.max(...first)).toBeLessThan(4_500);
    });

  it('asks nobody when all are cut off', NIGHT, async () => {
    const both = [await aNeighbour(), await aNeighbour()];
    const watch = await near.watch();
    await untilOpen(watch);
    for (const { way } of both) way.silence();
    const waited = await Promise.all(both.map((one) => stopsFor(6_000, one, watch)));
    expect(await Promise.all(both.map(isAsked))).toEqual([false, false]);
    expect(Math.max(...waited.flatMap((each) => each.slice(8)))).toBeLessThan(1_300);
    expect(await watch.stop()).toEqual([]);
  });

  it('asks nobody before another drains its takeover', NIGHT, async () => {
    const cut = await aNeighbour();
    const dead = await leftDamaged();
    const claim = async () => (await readdir(near.root)).find((name) => name.startsWith(`${dead}~`));
    await expect.poll(claim).toBeDefined();
    const before = await claim();
    await aNeighbour();
    cut.way.silence();
    let hasAsked = false;
    await expect
      .poll(async () => {
        hasAsked ||= (await isAsked(cut)) && (await claim()) === before;
        return claim();
      })
      .not.toBe(before);
    expect(hasAsked).toBe(false);
    await expect.poll(() => isAsked(cut)).toBe(true);
    await near.world.query('DELETE FROM process WHERE id = $1', [dead]);
    await rm(path.join(near.root, (await claim()) ?? 'nothing'), { recursive: true });
  });

  it('asks nobody while an entry is unreadable', NIGHT, async () => {
    const [cut] = [await aNeighbour(), await aNeighbour()];
    const [phone = ''] = await near.phones(1);
    await cut.way.cut();
    const entry = stopOf(near.clock, near.world.accountId, phone);
    const at = await cut.keeper.journal.write(entry);
    const file = path.join(cut.keeper.journal.folder.path, at.file);
    const bytes = await readFile(file);
    await writeFile(file, Buffer.alloc(bytes.length));
    await cut.keeper.journal.owe(at);
    await expect.poll(() => cut.keeper.journal.troubles.length).toBe(1);
    const watch = await near.watch();
    await stopsFor(4_000, cut, watch);
    expect([await isAsked(cut), watch.tally().openMs]).toEqual([false, 0]);
    await writeFile(file, bytes);
    await watch.stop();
  });

  it('closes the gate before refusing an opt-out', NIGHT, async () => {
    const [cut] = [await aNeighbour(), await aNeighbour()];
    const watch = await near.watch();
    await untilOpen(watch);
    cut.way.silence();
    await expect.poll(() => isAsked(cut)).toBe(true);
    await untilOpen(watch);
    const isMended = await aFullDisk(near.root);
    const [phone = ''] = await near.phones(1);
    const began = performance.now();
    expect(await cut.stop(phone)).toBe('refused');
    expect(performance.now() - began).toBeLessThan(4_500);
    // From here on nobody is written to, until the disk takes it: what it takes is then read by whoever helps.
    watch.tally();
    await stopsFor(1_000, cut, watch);
    expect(watch.tally().openMs).toBe(0);
    isMended();
    await expect.poll(() => isBarred(phone)).toBe(true);
    await untilOpen(watch);
    expect(await watch.stop()).toEqual([]);
  });
});

describe('a damaged journal of another process', () => {
  it('is reported by the helper, until written off', async () => {
    const [cut, helper] = [await aNeighbour(), await aNeighbour()];
    const watch = await near.watch();
    await untilOpen(watch);
    cut.way.silence();
    await expect.poll(() => isAsked(cut)).toBe(true);
    const journal = cut.keeper.journal;
    const [lost = '', phone = ''] = await near.phones(2);
    const entries = [lost, phone].map((from) => stopOf(near.clock, near.world.accountId, from));
    const unlock = await near.locked();
    const taken = journal.takeAll(
      entries.map((entry) => ({ entry, commit: () => new Promise(() => undefined) })),
    );
    await expect.poll(() => journal.end.byte).toBeGreaterThan(0);
    const file = path.join(journal.folder.path, journal.end.file);
    const bytes = await readFile(file);
    bytes.writeUInt8(bytes.readUInt8(60) ^ 1, 60);
    await writeFile(file, bytes);
    const { keeper } = helper;
    await expect.poll(() => keeper.doubt).toMatch(/is damaged: restore the file/);
    await unlock();
    expect(await taken).toEqual(['owed', 'owed']);
    expect(keeper.isDrained).toBe(true);
    await expect
      .poll(() => keeper.pending())
      .toEqual([expect.objectContaining({ why: 'damaged', place: expect.stringContaining(cut.processId) })]);
    watch.tally();
    expect(await keeper.writeOff()).toEqual([expect.objectContaining({ became: 'lost' })]);
    expect(watch.tally().openMs).toBe(0);
    await untilOpen(watch);
    expect([keeper.doubt, await isBarred(phone)]).toEqual([undefined, true]);
    await watch.stop();
  });
});
