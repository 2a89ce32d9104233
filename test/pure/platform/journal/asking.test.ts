import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VOUCHED_MS } from '../../../../src/platform/database/gates.ts';
import { inTime } from '../../../../src/base/promises.ts';
import { NeighbourHelp } from '../../../../src/platform/journal/asking.ts';
import {
  helpRequestOf,
  noteHelped,
  noteOffer,
  offerHelp,
} from '../../../../src/platform/journal/neighbours.ts';
import { makeProcessFolder, type ProcessFolder } from '../../../../src/platform/journal/process-folder.ts';
import { ReportPace } from '../../../../src/platform/journal/gate-report.ts';
import { ShiftedClock } from '../../../support/law-clock.ts';
import { silent } from './journal-on-disk.ts';

const FILE = '2026-11-29.0001.journal';
const AT = { file: FILE, byte: 100 };
/** Ids in the order of their names. */
const [FIRST, SECOND] = ['0', '1'].map((digit) => digit + randomUUID().slice(1)) as [string, string];

let root = '';
let folder: ProcessFolder;
let helpers: readonly ProcessFolder[];
let pace: ReportPace;
let mayAsk = true;
let end = { file: FILE, byte: 300 };
let drainedTo = end;
let asking: NeighbourHelp;
/** How far the clock is ahead of the real time, which goes on. */
let aheadMs = 0;
let offers = 0;
const clock = Object.assign(new ShiftedClock(), { monotonic: () => performance.now() + aheadMs });

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'asking-'));
  const processId = 'f' + randomUUID().slice(1);
  folder = await makeProcessFolder(root, processId);
  helpers = [await makeProcessFolder(root, FIRST), await makeProcessFolder(root, SECOND)];
  pace = new ReportPace(clock.monotonic());
  mayAsk = true;
  drainedTo = end = { file: FILE, byte: 300 };
  const own = { end: () => end, drainedTo: () => drainedTo, mayAsk: () => mayAsk, sealId: () => null };
  asking = new NeighbourHelp({ root, processId, clock, log: silent, pace, ...own });
  for (const one of helpers) await noteOffer(one, null);
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Two looks, between which these offer their help. */
async function looks(...offering: readonly (ProcessFolder | undefined)[]): Promise<void> {
  await asking.turn();
  for (const one of offering) if (one !== undefined) offerHelp(one, (offers += 1_000));
  await asking.turn();
}
const isSlow = (): void => {
  aheadMs += 2_001;
};
const isWell = (): void => {
  const now = clock.monotonic();
  pace.ended({ began: now - 5_000, at: now - 4_500, isAnswered: true });
  pace.ended({ began: now, at: now, isAnswered: true });
};
const asked = async () => (await helpRequestOf(folder))?.helper;
const helped = (to: number, sealId: string | null = null): Promise<void> =>
  noteHelped(folder, { file: FILE, byte: to }, sealId);
const took = async (work: Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work;
  return performance.now() - began;
};

describe('a process whose database is away', () => {
  it('asks a helper until it recovers', async () => {
    await looks(helpers[0]);
    expect(await asked()).toBeUndefined();
    isSlow();
    mayAsk = false;
    await looks(helpers[0]);
    expect([await asked(), asking.isAsking]).toEqual([undefined, false]);
    mayAsk = true;
    await looks(helpers[0]);
    expect([await asked(), asking.isAsking]).toEqual([FIRST, true]);
    mayAsk = false;
    await asking.turn();
    expect([await asked(), asking.isAsking]).toEqual([undefined, false]);
    mayAsk = true;
    await looks(helpers[0]);
    expect(asking.isAsking).toBe(true);
    isWell();
    await asking.turn();
    expect([await asked(), asking.isAsking]).toEqual([undefined, false]);
  });

  it('is vouched for until it read its journal', async () => {
    isSlow();
    drainedTo = AT;
    await looks(helpers[0]);
    expect(asking.isHelped).toBe(true);
    isWell();
    await looks(helpers[0]);
    expect([await asked(), asking.isHelped]).toEqual([FIRST, false]);
    // What came since it was well is not waited for: there might always be more.
    drainedTo = end;
    end = { file: FILE, byte: 400 };
    await looks(helpers[0]);
    expect([await asked(), asking.isAsking]).toEqual([undefined, false]);
  });

  it('asks ten seconds at most for one entry', async () => {
    isSlow();
    drainedTo = AT;
    await looks(helpers[0]);
    isWell();
    await looks(helpers[0]);
    for (let seconds = 0; seconds < 9; seconds += 1) {
      aheadMs += 1_000;
      isWell();
      await looks(helpers[0]);
      expect(asking.isAsking).toBe(true);
    }
    aheadMs += 1_000;
    isWell();
    await looks(helpers[0]);
    expect([await asked(), asking.isAsking]).toEqual([undefined, false]);
  });

  it('returns to its helper after a short recovery', async () => {
    isSlow();
    drainedTo = AT;
    await looks(helpers[0]);
    isWell();
    await looks(helpers[0]);
    aheadMs += 2_000;
    await helped(200);
    await looks(helpers[0]);
    await helped(300);
    await looks(helpers[0]);
    expect([await asked(), asking.isHelped]).toEqual([FIRST, true]);
  });

  it('asks nobody and delays nobody without helpers', async () => {
    await noteOffer(folder, null);
    offerHelp(folder, 1);
    isSlow();
    await looks(folder);
    await looks();
    expect([await asked(), asking.isAsking]).toEqual([undefined, false]);
    expect(await took(asking.takenBack(AT))).toBeLessThan(500);
    await looks(helpers[1]);
    expect(await asked()).toBe(SECOND);
    aheadMs += 2_000;
    await looks();
    expect([await asked(), asking.isAsking]).toEqual([undefined, false]);
  });

  it('asks another helper where the first is idle', async () => {
    isSlow();
    await looks(...helpers);
    expect(await asked()).toBe(FIRST);
    await looks(...helpers);
    expect(await asked()).toBe(FIRST);
    aheadMs += 1_000;
    await looks(...helpers);
    aheadMs += 600;
    await looks(...helpers);
    expect(await asked()).toBe(SECOND);
    for (let turns = 0; turns < 4; turns += 1) {
      aheadMs += 600;
      await helped(turns);
      await looks(...helpers);
    }
    expect([await asked(), asking.isHelped]).toEqual([SECOND, true]);
  });

  it('shows its journal’s end at each look', async () => {
    isSlow();
    await looks(helpers[0]);
    const first = await helpRequestOf(folder);
    expect(first?.end).toEqual(end);
    await looks(helpers[0]);
    expect((await helpRequestOf(folder))?.turn).toBeGreaterThan(first?.turn ?? 0);
  });
});

describe('an entry that is not committed', () => {
  it('waits until every helper knows of it', async () => {
    isSlow();
    await looks(helpers[0]);
    end = { file: FILE, byte: 400 };
    const waiting = took(asking.takenBack({ file: FILE, byte: 300 }));
    expect((await helpRequestOf(folder))?.end).toEqual(end);
    expect(await waiting).toBeGreaterThan(VOUCHED_MS);
  });

  it('waits no longer once its helper drained it', async () => {
    isSlow();
    await looks(helpers[0]);
    await helped(AT.byte);
    const waiting = asking.takenBack(AT);
    await asking.turn();
    await helped(AT.byte + 1);
    await asking.turn();
    expect(await waiting).toBe(true);
  });

  it('waits as long after helping ends without disk', async () => {
    isSlow();
    await looks(helpers[0]);
    expect(await took(asking.takenBack(undefined))).toBeGreaterThan(VOUCHED_MS);
    expect([await asked(), asking.isAsking]).toEqual([undefined, false]);
    expect(await took(asking.takenBack(undefined))).toBeLessThan(500);
  });

  it('after the last request waits for late helpers', async () => {
    isSlow();
    await looks(helpers[0]);
    aheadMs += 10_000;
    asking.stop();
    end = { file: FILE, byte: 400 };
    expect(await took(asking.takenBack({ file: FILE, byte: 300 }))).toBeGreaterThan(VOUCHED_MS);
  });

  it('waits longer where the disk keeps the request', async () => {
    isSlow();
    await looks(helpers[0]);
    rmSync(path.join(folder.path, 'asks.json'));
    mkdirSync(path.join(folder.path, 'asks.json'));
    const waiting = took(asking.takenBack(undefined));
    expect(asking.isAsking).toBe(false);
    // As long as whoever looks at a mark that does not change may believe it.
    expect(await waiting).toBeGreaterThan(3_000 + VOUCHED_MS);
  });

  it('shares one look at the disk with others', async () => {
    isSlow();
    await looks(helpers[0]);
    const probe = await open(folder.path, 'r');
    const handle = Object.getPrototypeOf(probe) as FileHandle;
    await probe.close();
    const reads = vi.spyOn(handle, 'readFile');
    await helped(0);
    end = { file: FILE, byte: 400 };
    const turn = (await helpRequestOf(folder))?.turn ?? 0;
    const waiting = Array.from({ length: 800 }, () => asking.takenBack(AT));
    expect((await helpRequestOf(folder))?.turn).toBe(turn + 1);
    reads.mockClear();
    await helped(AT.byte + 1);
    await asking.turn();
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([true]));
    expect(reads.mock.calls.length).toBeLessThan(5);
    reads.mockRestore();
  });
});

describe('a process that is helped in another database than its own', () => {
  const SEAL = randomUUID();
  const LATER = { file: FILE, byte: 400 };

  beforeEach(async () => {
    for (const one of helpers) await noteOffer(one, SEAL);
    isSlow();
    await looks(helpers[0]);
  });

  it('asks it in that one', async () => {
    expect(await helpRequestOf(folder)).toMatchObject({ helper: FIRST, sealId: SEAL });
  });

  /** What came since the last look. */
  const came = (): typeof LATER => {
    end = { file: FILE, byte: LATER.byte + 100 };
    return LATER;
  };

  it('waits with its own commits until helpers know', async () => {
    const committed = took(asking.knownElsewhere(came()));
    expect((await helpRequestOf(folder))?.end).toEqual(end);
    expect(await committed).toBeGreaterThan(VOUCHED_MS);
    expect(await took(asking.knownElsewhere(LATER))).toBeLessThan(500);
  });

  it('waits that long from its last request', async () => {
    asking.stop();
    expect(await took(asking.knownElsewhere(came()))).toBeGreaterThan(VOUCHED_MS);
    expect(await took(asking.knownElsewhere(LATER))).toBeLessThan(500);
    await looks(helpers[0]);
    aheadMs += 10_000;
    await noteOffer(helpers[1] as ProcessFolder, null);
    await looks(helpers[1]);
    expect(await helpRequestOf(folder)).toMatchObject({ helper: SECOND, sealId: null });
    end = { file: FILE, byte: 800 };
    expect(await took(asking.knownElsewhere({ file: FILE, byte: 700 }))).toBeGreaterThan(VOUCHED_MS);
  });

  it('ignores what was drained there before', async () => {
    came();
    await looks(helpers[0]);
    await helped(LATER.byte + 1, SEAL);
    aheadMs += 10_000;
    await noteOffer(helpers[1] as ProcessFolder, null);
    for (let turns = 0; turns < 4; turns += 1) {
      aheadMs += 600;
      await looks(helpers[1]);
    }
    expect(await helpRequestOf(folder)).toMatchObject({ helper: SECOND, sealId: null });
    // Its commit began before, and fails only now.
    end = { file: FILE, byte: 800 };
    const owed = asking.takenBack(LATER);
    await asking.turn();
    expect(await inTime(owed, 200, 'waits')).toBe('waits');
    await helped(LATER.byte + 1);
    await asking.turn();
    expect(await owed).toBe(true);
  });

  it('ignores what was drained there while believed', async () => {
    const first = took(asking.takenBack(came()));
    await helped(LATER.byte + 1, SEAL);
    await asking.turn();
    expect(await first).toBeGreaterThan(VOUCHED_MS);
    await noteOffer(helpers[0] as ProcessFolder, null);
    await looks(helpers[0]);
    end = { file: FILE, byte: 800 };
    const second = took(asking.takenBack({ file: FILE, byte: 700 }));
    await helped(701);
    await asking.turn();
    expect(await second).toBeGreaterThan(VOUCHED_MS);
  });

  it('accepts what is drained for its own again', async () => {
    await noteOffer(helpers[0] as ProcessFolder, null);
    for (let turns = 0; turns < 4; turns += 1) {
      aheadMs += 600;
      await looks(helpers[0]);
    }
    expect(await helpRequestOf(folder)).toMatchObject({ helper: FIRST, sealId: null });
    end = { file: FILE, byte: 800 };
    const owed = asking.takenBack({ file: FILE, byte: 700 });
    await helped(701);
    await asking.turn();
    expect(await owed).toBe(true);
  });

  it('does not wait within one database', async () => {
    asking.stop();
    aheadMs += 10_000;
    for (const one of helpers) await noteOffer(one, null);
    await looks(helpers[0]);
    expect(asking.isAsking).toBe(true);
    expect(await took(asking.knownElsewhere(came()))).toBeLessThan(500);
  });
});
