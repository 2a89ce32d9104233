import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  keeperReports,
  removeProcess,
  reportJournal,
  vouchFor,
} from '../../src/database/process.repository.ts';
import { Adoption } from '../../src/journal/adoption.ts';
import type { JournalEntry } from '../../src/journal/entry.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { keepAlive } from '../../src/journal/process-folder.ts';
import { aJournal, keysOf, leaving, RING_KEY, silent } from '../pure/journal/journal-on-disk.ts';
import { afterFile } from '../support/after-file.ts';
import { aDatabase } from '../support/database.ts';
import { ShiftedClock } from '../support/law-clock.ts';
import { aHearing } from './hearing.ts';

const root = await mkdtemp(path.join(tmpdir(), 'bonheure-vouching-'));
afterFile(() => rm(root, { recursive: true, force: true }));
const { world, vault, bars, holds, phoneOf } = await aHearing(await aDatabase(), path.join(root, 'api'));
const untilOpen = () => expect.poll(holds, { timeout: 25_000 }).toBeUndefined();
const BELIEVED_MS = 2_000;

/** A process that keeps a journal and that the database hears no more, and another of its disk. */
interface CutOff {
  readonly id: string;
  readonly journal: Journal;
  readonly says: (report: number, drainedAtMs: number | null) => Promise<unknown>;
  /** The other looks, half a second later by its clock. */
  readonly look: () => Promise<void>;
  /** Looks until the last report of the process is older than anybody believes. */
  readonly lookOn: (seen?: (shut: string | undefined) => void) => Promise<void>;
  /** The moment of which the last word about its journal speaks. */
  readonly spokenOf: () => Promise<number>;
  readonly marks: () => readonly string[];
  readonly leave: () => Promise<void>;
}

async function cutOff(name: string, effective: (entry: JournalEntry) => void = () => {}): Promise<CutOff> {
  const [folder, id] = [path.join(root, name), randomUUID()];
  const journal = await aJournal(folder, id);
  let now = 0;
  const clock = Object.assign(new ShiftedClock(), { monotonic: () => now });
  const keys = keysOf(RING_KEY);
  const other = new Adoption({
    root: folder,
    keys,
    clock,
    vault,
    log: silent,
    database: world.database,
    effective,
    acknowledgesStop: () => true,
  });
  const row = async (column: string): Promise<number> => {
    const [found] = await world.query(
      `SELECT extract(epoch FROM ${column})::float8 * 1000 AS at FROM process WHERE id = $1`,
      [id],
    );
    return Number(found?.['at']);
  };
  const look = async (): Promise<void> => {
    now += 500;
    // It lives, as its disk tells.
    keepAlive(journal.folder, Date.now() + now);
    await other.turn();
  };
  return {
    id,
    journal,
    says: (report, drainedAtMs) => {
      const at = new Date().toISOString();
      return world.database.outside((tx) =>
        reportJournal(tx, { id, startedAt: at, at, report, drainedAtMs }),
      );
    },
    look,
    lookOn: async (seen) => {
      const reportedAt = await row('seen_at');
      while (Date.now() - reportedAt < BELIEVED_MS + 1_000) {
        await look();
        seen?.(await holds());
      }
    },
    spokenOf: () => row('drained_at'),
    marks: () => readdirSync(journal.folder.path).filter((one) => /^vouched\.\d+$/.test(one)),
    leave: async () => {
      await world.database.outside((tx) => removeProcess(tx, id));
      await journal.close();
      await untilOpen();
    },
  };
}

const never = (): Promise<never> => new Promise(() => {});

describe('the journal of a process that lives and cannot reach the database', () => {
  it('shuts no gate while another of its disk vouches for it', async () => {
    const lost = await cutOff('open');
    await untilOpen();
    await lost.says(1, Date.now());
    const shut: (string | undefined)[] = [];
    await lost.lookOn((why) => shut.push(why));
    expect(new Set(shut)).toEqual(new Set([undefined]));
    await lost.leave();
  });

  it('goes on taking opt-outs, which hold before they are acknowledged', async () => {
    const lost = await cutOff('taking');
    const phone = await phoneOf(await world.shard(1), 0);
    await lost.says(1, Date.now());
    await lost.lookOn();
    const owing = { isKept: false };
    const owed = lost.journal.owe(await lost.journal.write(leaving(phone, world.tenantId))).then(() => {
      owing.isKept = true;
      return bars(phone);
    });
    // Another, for whom nobody vouches, is acknowledged at once.
    const other = await aJournal(path.join(root, 'heard'));
    await other.owe(await other.write(leaving(phone)));
    expect([owing.isKept, await bars(phone)]).toEqual([false, 0]);
    while (!owing.isKept) await lost.look();
    expect([await owed, lost.marks(), await holds()]).toEqual([1, ['vouched.1'], undefined]);
    await other.close();
    await lost.leave();
  });

  it('waits no longer than a word is believed for whoever vouches and dies', async () => {
    const lost = await cutOff('alone');
    await lost.says(1, Date.now());
    await lost.lookOn();
    const phone = await phoneOf(await world.shard(1), 0);
    expect(await lost.journal.take(leaving(phone, world.tenantId), never)).toBe('owed');
    // Nobody has read it: by now nobody believes what was said before it was written.
    expect(await bars(phone)).toBe(0);
    expect(await holds()).toBeDefined();
    await lost.leave();
  });

  it('speaks for itself again with its next report', async () => {
    const lost = await cutOff('returned');
    await lost.says(1, Date.now());
    await lost.lookOn();
    const before = (await world.database.outside(keeperReports)).find(({ id }) => id === lost.id);
    await lost.says(2, null);
    // A word that comes late is of a time before it.
    await world.database.outside(async (tx) => {
      if (before !== undefined) await vouchFor(tx, before);
    });
    expect(await holds()).toBeDefined();
    await lost.leave();
  });

  it('looks for marks until their words are too old', async () => {
    const lost = await cutOff('marks');
    await lost.says(1, Date.now());
    await lost.lookOn();
    const heardAt = performance.now();
    lost.journal.vouched.heard(2);
    expect(lost.marks()).toEqual(['vouched.1']);
    let report = 2;
    await expect
      .poll(
        () => {
          lost.journal.vouched.heard((report += 1));
          return lost.marks();
        },
        { timeout: 25_000 },
      )
      .toEqual([]);
    expect(performance.now() - heardAt).toBeGreaterThanOrEqual(BELIEVED_MS);
    await lost.leave();
  });

  it('is still believed to be drained when a report of before arrives late', async () => {
    const lost = await cutOff('late');
    await lost.says(1, Date.now() - BELIEVED_MS);
    await lost.look();
    const spokenOf = await lost.spokenOf();
    await lost.says(2, Date.now() - BELIEVED_MS);
    expect(await lost.spokenOf()).toBe(spokenOf);
    expect(await holds()).toBeUndefined();
    await lost.leave();
  });
});

describe('whoever vouches', () => {
  it('leaves a mark before it reads, and speaks of a moment before that', async () => {
    const seen: (readonly [readonly string[], number])[] = [];
    const lost: CutOff = await cutOff('order', () => void seen.push([lost.marks(), Date.now()]));
    const phone = await phoneOf(await world.shard(1), 0);
    await lost.says(7, null);
    await lost.journal.write(leaving(phone, world.tenantId));
    while (seen.length === 0) await lost.look();
    expect(seen).toEqual([[['vouched.7'], expect.any(Number)]]);
    expect(await lost.spokenOf()).toBeLessThanOrEqual(seen[0]?.[1] ?? 0);
    await lost.leave();
  });

  it('says nothing of a journal that somebody takes over while it reads', async () => {
    const lost: CutOff = await cutOff('taken-over', () => {
      const { path: folder } = lost.journal.folder;
      if (existsSync(folder)) renameSync(folder, `${folder}~0000cafe`);
    });
    const phones = await Promise.all([0, 1].map(async () => phoneOf(await world.shard(1), 0)));
    await lost.says(1, null);
    for (const phone of phones) await lost.journal.write(leaving(phone, world.tenantId));
    while (existsSync(lost.journal.folder.path)) await lost.look();
    expect(await lost.spokenOf()).toBe(0);
    await lost.leave();
  });

  it('says nothing while the process holds something that its files do not tell', async () => {
    const lost = await cutOff('unkept');
    const phone = await phoneOf(await world.shard(1), 0);
    await lost.says(1, Date.now());
    await lost.lookOn();
    // As one that neither its disk nor the database could take.
    await lost.journal.refuse(leaving(phone, world.tenantId));
    await lost.look();
    expect(await holds()).toBeDefined();
    await lost.leave();
  });

  it('says nothing while an entry has no effect', async () => {
    const lost = await cutOff('waiting');
    const phone = await phoneOf(await world.shard(1), 0);
    await lost.says(1, null);
    // No tenant has such an id: the database refuses it.
    await lost.journal.write(leaving(phone, 'none'));
    for (let turn = 0; turn < 8; turn += 1) await lost.look();
    expect(await lost.spokenOf()).toBe(0);
    await lost.leave();
  });
});
