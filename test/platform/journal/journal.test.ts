import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { openApiJournal } from '../../../src/main/journals.ts';
import { keyOf } from '../../../src/crypto/cipher.ts';
import { KeyRing } from '../../../src/settings/key-ring.ts';
import {
  journalDoubt,
  noteProcess,
  removeProcess,
  reportJournal,
} from '../../../src/platform/database/process.repository.ts';
import type { OptOutJournal } from '../../../src/web/server/journalled.ts';
import { Metrics } from '../../../src/web/health/metrics.ts';
import { Adoption } from '../../../src/platform/journal/adoption.ts';
import { applyEntry } from '../../../src/operations/journal/apply-entry.ts';
import { drain, type DrainDeps } from '../../../src/platform/journal/drain.ts';
import { receive, type InboundEntry } from '../../../src/platform/journal/entry.ts';
import {
  BEGINNING,
  filesOf,
  keepAlive,
  makeProcessFolder,
  processFolders,
} from '../../../src/platform/journal/process-folder.ts';
import { takeReply } from '../../../src/sending/replies/take-reply.ts';
import { aJournal, keysOf, leaving, RING_KEY, silent } from '../../pure/platform/journal/journal-on-disk.ts';
import { anOpenDatabase } from '../../support/database.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';
import { aWay } from '../../support/way.ts';
import { sendUnlessClosed } from '../../support/until-sent.ts';
import { aFolder } from '../../support/after-file.ts';

const clock = new ShiftedClock();
const way = await aWay();

const root = await aFolder('bonheure-journal-');
const operator = await anOperator(clock);
const world = await aSendWorld(operator, clock);
const { socketFolder } = inject('postgres');
const url = world.appUrl.replace(encodeURIComponent(socketFolder), encodeURIComponent(way.folder));
/** As the api reaches it: it can be cut, while the worker's own way holds. */
const apiDatabase = await anOpenDatabase({ url, connections: 4, name: 'test-api' });
const { vault } = world;
const deps: DrainDeps = {
  root,
  keys: keysOf(RING_KEY),
  clock,
  vault,
  log: silent,
  database: world.database,
  acknowledgesStop: () => true,
  apply: applyEntry,
};
const openAnother = (folder: string, processId: string) =>
  openApiJournal({
    config: { journalFolder: path.join(root, folder), journalDays: 35, gateways: [] },
    databaseUrl: url,
    processId,
    ring: new KeyRing([keyOf(1, RING_KEY)], 1),
    log: silent,
    clock,
    vault,
    database: apiDatabase,
    metrics: new Metrics(),
  });
const opened = await openAnother('api', randomUUID());
const journal: OptOutJournal = opened.optOuts;

afterAll(() => opened.close());

const phoneOf = async (batchId: string, seq: number): Promise<string> =>
  (await world.phones(batchId))[seq] ?? '';

const stopOf = (phone: string): InboundEntry => ({
  kind: 'inbound',
  gateway: 'sandbox',
  accountId: world.accountId,
  event: { kind: 'reply', identity: randomUUID(), from: phone, to: '36180', text: 'STOP' },
  reception: receive(clock),
});
const commit = (entry: InboundEntry) => (): Promise<unknown> =>
  takeReply(
    { database: apiDatabase, vault: deps.vault, clock, newId: randomUUID },
    { id: world.accountId, acknowledgesStop: true },
    {
      event: entry.event,
      id: entry.reception.id,
      receivedAt: entry.reception.at,
      simulated: entry.reception.simulated,
    },
  );
const send = (batchId: string) =>
  sendUnlessClosed(world.deps, { tenantId: world.tenantId, batchId, signal: new AbortController().signal });
const holds = () => world.database.outside(journalDoubt);
const untilOpen = () => expect.poll(holds).toBeUndefined();
const eventsOf = async (phone: string) =>
  (
    await world.query(
      `SELECT count(*)::int AS n FROM consent_event e JOIN contact c ON c.id = e.contact_id WHERE c.phone_index = $1 AND e.kind = 'withdrawn'`,
      [world.keys.phoneIndex(phone)],
    )
  )[0]?.['n'];

describe('I3, a STOP that the api cannot bring to its database', () => {
  it('is journaled, and nothing leaves before it commits', async () => {
    await untilOpen();
    const batchId = await world.shard(3);
    const stop = stopOf(await phoneOf(batchId, 1));
    await way.cut();
    expect(await journal.take(stop, commit(stop))).toBe('owed');
    // The worker's own way to the database holds: only the gate keeps it from sending.
    expect(await holds()).toBeDefined();
    await send(batchId);
    expect(await world.states(batchId)).toEqual({ ready: 3 });
    await way.mend();
    await untilOpen();
    await send(batchId);
    expect(await world.states(batchId)).toEqual({ accepted: 2, excluded: 1 });
    const [kept] = await world.query('SELECT received_at, effective_at FROM inbound WHERE id = $1', [
      stop.reception.id,
    ]);
    expect(kept?.['received_at']).toEqual(new Date(stop.reception.at));
    expect(Number(kept?.['effective_at'])).toBeGreaterThan(Number(kept?.['received_at']));
  });

  it('is journaled at once during an outage', async () => {
    const batchId = await world.shard(40);
    const stops = await Promise.all(
      Array.from({ length: 40 }, async (_, seq) => stopOf(await phoneOf(batchId, seq))),
    );
    await way.cut();
    await expect.poll(() => apiDatabase.connections()).toMatchObject({ busy: 0, idle: 0 });
    const began = performance.now();
    const kept = await Promise.all(stops.map((stop) => journal.take(stop, commit(stop))));
    expect(new Set(kept)).toEqual(new Set(['owed']));
    // Each waits for the database for 0.8 s: one after the other they would take 32.
    expect(performance.now() - began).toBeLessThan(16_000);
    await way.mend();
    await untilOpen();
    await send(batchId);
    expect(await world.states(batchId)).toEqual({ excluded: 40 });
  });

  it('committed after all has no second effect', async () => {
    const batchId = await world.shard(1);
    const phone = await phoneOf(batchId, 0);
    const stop = stopOf(phone);
    // A busy machine may owe it: then the drain commits it.
    await journal.take(stop, commit(stop));
    await expect.poll(() => eventsOf(phone)).toBe(1);
    expect(await applyEntry(deps, stop, 'outage')).toBe(false);
    expect(await applyEntry(deps, stop, 'restore')).toBe(false);
    expect(await eventsOf(phone)).toBe(1);
  });
});

describe('I4, the gate', () => {
  const silentApi = randomUUID();
  const report = (drainedAtMs: number | null, number: number) =>
    world.database.outside((tx) =>
      reportJournal(tx, {
        id: silentApi,
        startedAt: clock.now().toISO(),
        at: new Date().toISOString(),
        report: number,
        drained: drainedAtMs === null ? null : { sealId: null, atMs: drainedAtMs },
      }),
    );

  it('stays open while another process starts beside', async () => {
    const processId = randomUUID();
    const another = await openAnother('another', processId);
    const [first] = await world.query('SELECT drained_at FROM process WHERE id = $1', [processId]);
    await another.close();
    expect(first?.['drained_at']).toBeInstanceOf(Date);
  });

  it('is closed by an api without recent report', async () => {
    await untilOpen();
    const batchId = await world.shard(2);
    await report(null, 1);
    await send(batchId);
    expect(await world.states(batchId)).toEqual({ ready: 2 });
    await report(Date.now() - 2_100, 2);
    await send(batchId);
    expect(await world.states(batchId)).toEqual({ ready: 2 });
    // Of a moment to come by more than two clocks may differ.
    await report(Date.now() + 60_000, 3);
    await send(batchId);
    expect(await world.states(batchId)).toEqual({ ready: 2 });
    await report(Date.now() + 800, 4);
    await send(batchId);
    expect(await world.states(batchId)).toEqual({ accepted: 2 });
  });

  it('does not believe a report that was overtaken', async () => {
    await report(null, 6);
    expect(await report(Date.now(), 5)).toBeUndefined();
    expect(await holds()).toBeDefined();
    await world.query('DELETE FROM process WHERE id = $1', [silentApi]);
    await untilOpen();
  });

  it('waits for no worker', async () => {
    const at = new Date(Date.now() - 60_000).toISOString();
    await world.database.outside((tx) =>
      noteProcess(tx, { id: silentApi, kind: 'worker', startedAt: at, at }),
    );
    expect(await holds()).toBeUndefined();
  });
});

/** A clock whose time passes when a test says so. */
const turnedBy = (monotonic: () => number) => Object.assign(new ShiftedClock(), { monotonic });

describe('the journal of an api that is frozen', () => {
  it('is drained by another, then given up', async () => {
    const [folder, processId] = [path.join(root, 'frozen'), randomUUID()];
    const batchId = await world.shard(2);
    const phone = await phoneOf(batchId, 0);
    const program = fileURLToPath(new URL('killed-api.ts', import.meta.url));
    const child = spawn(process.execPath, [program, folder, processId, world.tenantId, phone]);
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    let now = 0;
    const adoption = new Adoption({ ...deps, root: folder, clock: turnedBy(() => now) });
    await adoption.turn();
    child.kill('SIGSTOP');
    const isDone = async (): Promise<boolean | undefined> => {
      now += 500;
      await adoption.turn();
      return (await processFolders(folder)).at(0)?.isDone;
    };
    // It may have signed once more before it stopped.
    for (let turns = 0; turns < 11; turns += 1) expect(await isDone()).toBe(false);
    await isDone();
    expect(await isDone()).toBe(true);
    expect(await eventsOf(phone)).toBe(1);
    const ended = once(child, 'exit');
    child.kill('SIGCONT');
    expect(await ended).toEqual([1, null]);
  });

  it('is not taken over after a shared standstill', async () => {
    const folder = path.join(root, 'asleep');
    await makeProcessFolder(folder, randomUUID());
    let now = 0;
    const adoption = new Adoption({ ...deps, root: folder, clock: turnedBy(() => now) });
    const isDone = async (): Promise<boolean | undefined> => {
      await adoption.turn();
      return (await processFolders(folder)).at(0)?.isDone;
    };
    await isDone();
    now = 60_000;
    expect(await isDone()).toBe(false);
    for (; now < 65_500; now += 500) expect(await isDone()).toBe(false);
    now += 1_000;
    expect(await isDone()).toBe(true);
  });
});

describe('the journal of an api that lives and cannot reach the database', () => {
  it('stays its own and closes the gate meanwhile', async () => {
    const [folder, cutOff, other] = [path.join(root, 'cut-off'), randomUUID(), randomUUID()];
    const own = await makeProcessFolder(folder, cutOff);
    let [now, told] = [0, 0];
    const adoption = new Adoption({ ...deps, root: folder, clock: turnedBy(() => now) });
    const says = (id: string): Promise<unknown> =>
      world.database.outside((tx) => {
        const at = new Date().toISOString();
        return reportJournal(tx, {
          id,
          startedAt: at,
          at,
          report: (told += 1),
          drained: { sealId: null, atMs: Date.now() },
        });
      });
    await says(cutOff);
    // A minute in which the database hears another, and of the one that is cut off its disk alone.
    for (; now < 60_000; now += 500) {
      await says(other);
      expect(keepAlive(own, Date.now() + now)).toBe(true);
      await adoption.turn();
    }
    expect((await processFolders(folder)).map(({ path: at, isDone }) => ({ at, isDone }))).toEqual([
      { at: own.path, isDone: false },
    ]);
    // Whatever it takes is acknowledged by its disk: the gate has to stay shut.
    await world.database.outside((tx) => removeProcess(tx, other));
    await expect.poll(holds).toBeDefined();
    await world.database.outside((tx) => removeProcess(tx, cutOff));
    await untilOpen();
  });
});

describe('the journal of an api that was killed', () => {
  it('closes the gate until somebody has drained it', async () => {
    const [folder, processId] = [path.join(root, 'killed'), randomUUID()];
    const batchId = await world.shard(2);
    const phone = await phoneOf(batchId, 0);
    const program = fileURLToPath(new URL('killed-api.ts', import.meta.url));
    const child = spawn(process.execPath, [program, folder, processId, world.tenantId, phone]);
    await once(child.stdout, 'data');
    await world.database.outside((tx) =>
      reportJournal(tx, {
        id: processId,
        startedAt: new Date().toISOString(),
        at: new Date().toISOString(),
        report: 1,
        drained: null,
      }),
    );
    const adoption = new Adoption({ ...deps, root: folder });
    await adoption.turn();
    // It lives: its journal is its own.
    expect((await processFolders(folder)).map((one) => path.basename(one.path))).toEqual([processId]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await holds()).toBeDefined();
    await Promise.all([adoption.turn(), new Adoption({ ...deps, root: folder }).turn()]);
    await adoption.turn();
    expect(adoption.isClear).toBe(true);
    await untilOpen();
    await send(batchId);
    expect(await world.states(batchId)).toEqual({ accepted: 1, excluded: 1 });
    expect((await processFolders(folder)).map(({ isDone }) => isDone)).toEqual([true]);
    expect(await eventsOf(phone)).toBe(1);
  });

  it('damaged reports its byte and drains the rest', async () => {
    const [folder, processId] = [path.join(root, 'altered'), randomUUID()];
    const batchId = await world.shard(3);
    const phones = await Promise.all([0, 1, 2].map((seq) => phoneOf(batchId, seq)));
    const dead = await aJournal(folder, processId);
    const places = [];
    for (const phone of phones) places.push(await dead.write(leaving(phone, world.tenantId)));
    await dead.close();
    const file = path.join(dead.folder.path, (await filesOf(dead.folder))[0] ?? '');
    const bytes = await readFile(file);
    bytes.writeUInt8(bytes.readUInt8((places[1]?.byte ?? 0) + 50) ^ 1, (places[1]?.byte ?? 0) + 50);
    await writeFile(file, bytes);
    const { troubles, applied } = await drain(
      { ...deps, root: folder },
      { folder: dead.folder, occasion: 'outage', from: BEGINNING },
    );
    expect(applied).toBe(2);
    expect(troubles).toEqual([{ processId, at: places[1], why: 'damaged', occasion: 'outage' }]);
    const again = await drain(
      { ...deps, root: folder },
      { folder: dead.folder, occasion: 'restore', from: BEGINNING },
    );
    expect([again.entries, again.applied]).toEqual([3, 0]);
    expect(await Promise.all(phones.map((phone) => eventsOf(phone)))).toEqual([1, 0, 1]);
  });
});
