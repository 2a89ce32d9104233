import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, truncate, writeFile, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Database } from '../../../src/platform/database/connection.ts';
import {
  journalDoubt,
  writeOffJournals,
  vouchGround,
} from '../../../src/platform/database/process.repository.ts';
import { Adoption } from '../../../src/platform/journal/adoption.ts';
import { inTime } from '../../../src/base/promises.ts';
import { applyEntry } from '../../../src/operations/journal/apply-entry.ts';
import { bringIn } from '../../../src/platform/journal/bring-in.ts';
import { askNoMore, helpedTo } from '../../../src/platform/journal/neighbours.ts';
import {
  BEGINNING,
  isBefore,
  type Position,
  closeFolder,
  noteDrained,
} from '../../../src/platform/journal/process-folder.ts';
import { sealInstance } from '../../../src/temporal/seal.repository.ts';
import { leaving } from '../../pure/platform/journal/journal-on-disk.ts';
import { type Asked, askedIn } from './an-asked.ts';
import { aNeighbourhood, damaged, stopOf } from './neighbourhood.ts';

/** Of eight entries, which are brought in at once. */
const GROUPS = 3;

const near = await aNeighbourhood();
const { deps, world, phones, clock, locked, acknowledgements } = near;
const anAsked = askedIn(near);
const holds = () => world.database.outside(journalDoubt);
const barred = async (phone: string): Promise<number> =>
  (await world.query('SELECT 1 FROM suppression WHERE phone_index = $1', [world.keys.phoneIndex(phone)]))
    .length;
const writtenOff = () =>
  world.database.outside((tx) => writeOffJournals(tx, new Date(clock.machine()).toISOString()));

describe('a process that vouches for another', () => {
  it('drains the journal and opens the gate briefly', async () => {
    const asked = await anAsked();
    const [phone = ''] = await phones(1);
    await asked.says(phone);
    expect(await holds()).toBeDefined();
    await asked.helper().helps();
    expect([await barred(phone), await holds()]).toEqual([1, undefined]);
    expect(await helpedTo(asked.journal.folder)).toMatchObject({ to: asked.journal.end, sealId: null });
    await expect.poll(holds, { interval: 100 }).toBeDefined();
  });

  it('vouches for the moment before it read', async () => {
    const asked = await anAsked();
    const [first = '', second = ''] = await phones(2);
    await asked.says(first);
    let came = Number.POSITIVE_INFINITY;
    let coming: Promise<void> = Promise.resolve();
    const helper = asked.helper({
      effective: () => {
        came = Math.min(came, clock.machine());
        coming = asked.says(second);
      },
    });
    await helper.helps();
    await coming;
    expect(await barred(second)).toBe(0);
    expect((await asked.vouchedAt())?.getTime()).toBeLessThanOrEqual(came);
    await helper.helps();
    expect(await barred(second)).toBe(1);
  });

  it('helps nobody who asks in another database', async () => {
    const asked = await anAsked();
    const { neighbours } = asked.helper();
    for (let turns = 0; turns < 3; turns += 1) {
      asked.asks({ sealId: randomUUID() });
      await neighbours.turn(null);
    }
    expect(await asked.vouchedAt()).toBeNull();
  });

  it('acknowledges nothing twice after a failover', async () => {
    const asked = await anAsked();
    const [known = '', owed = ''] = await phones(2);
    await asked.says(known);
    await noteDrained(asked.journal.folder, asked.journal.end, randomUUID());
    await asked.says(owed);
    const answered = await acknowledgements();
    await asked.helper({ acknowledgesStop: () => false }).helps();
    expect([await barred(known), await barred(owed), (await acknowledgements()) - answered]).toEqual([
      1, 1, 1,
    ]);
    expect(await asked.vouchedAt()).not.toBeNull();
  });

  it('helps nobody who asks another, or nobody', async () => {
    const asked = await anAsked();
    const { neighbours } = asked.helper();
    for (let turns = 0; turns < 2; turns += 1) {
      asked.asks({ helper: randomUUID() });
      await neighbours.turn(null);
    }
    expect(await asked.vouchedAt()).toBeNull();
    // It is found, and is gone before anything is read.
    const late: Pick<Database, 'outside'> = {
      outside: async (work) => {
        const made = await world.database.outside(work);
        askNoMore(asked.journal.folder);
        return made;
      },
    };
    await asked.helper({ database: { ...world.database, ...late } }).helps();
    expect(await asked.vouchedAt()).toBeNull();
    const other = asked.helper().neighbours;
    asked.asks();
    for (let turns = 0; turns < 3; turns += 1) await other.turn(null);
    expect(await asked.vouchedAt()).toBeNull();
    asked.asks();
    await other.turn(null);
    expect(await asked.vouchedAt()).not.toBeNull();
  });

  it('reads only writes that are known to stand', async () => {
    const asked = await anAsked();
    const [first = '', second = ''] = await phones(2);
    const helper = asked.helper();
    const probe = await open(asked.journal.folder.path, 'r');
    const handle = Object.getPrototypeOf(probe) as FileHandle;
    await probe.close();
    const syncs = vi.spyOn(handle, 'datasync').mockImplementationOnce(async () => {
      // The whole entry stands there for whoever looks; then the disk fails, and the kernel drops it.
      await helper.helps();
      await truncate(await asked.file());
      throw Object.assign(new Error('I/O'), { code: 'EIO' });
    });
    await expect(asked.says(first)).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE' });
    syncs.mockRestore();
    const at = await asked.journal.write(stopOf(clock, world.accountId, second));
    const helped = await helpedTo(asked.journal.folder);
    expect(isBefore(at, helped?.to ?? BEGINNING)).toBe(false);
    await helper.helps();
    expect([await barred(first), await barred(second)]).toEqual([0, 1]);
  });

  it.each([
    ['is gone', (file: string) => rm(file)],
    ['turned to zeros', async (file: string) => writeFile(file, Buffer.alloc((await readFile(file)).length))],
    ['is shorter', (file: string) => truncate(file, 40)],
  ])('is silent where a file %s', async (_, strike) => {
    const asked = await anAsked();
    const [phone = ''] = await phones(1);
    await asked.says(phone);
    const file = await asked.file();
    const bytes = await readFile(file);
    await strike(file);
    const helper = asked.helper();
    await helper.helps();
    expect(await asked.vouchedAt()).toBeNull();
    await writeFile(file, bytes);
    await helper.helps();
    expect(await barred(phone)).toBe(1);
    expect(await asked.vouchedAt()).not.toBeNull();
  });

  it('is silent without the other database’s proof', async () => {
    const asked = await anAsked();
    const [phone = ''] = await phones(1);
    await asked.says(phone);
    await noteDrained(asked.journal.folder, asked.journal.end, randomUUID());
    await rm(await asked.file());
    await asked.helper().helps();
    expect(await asked.vouchedAt()).toBeNull();
  });

  it('skips nothing found while it reads', async () => {
    const asked = await anAsked();
    const { folder } = asked.journal;
    const [known = '', owed = ''] = await phones(2);
    await asked.says(known);
    const answered = asked.journal.end;
    await asked.says(owed);
    await rename(folder.path, `${folder.path}.away`);
    const told: Position[] = [];
    const reached = async (to: Position): Promise<void> => {
      if (told.length === 0) await rename(`${folder.path}.away`, folder.path);
      told.push(to);
    };
    await bringIn({ ...deps, root: asked.root }, { folder, from: BEGINNING, answered, reached });
    expect([await barred(known), await barred(owed), told.at(-1)]).toEqual([1, 1, asked.journal.end]);
  });

  it('begins where the same database has everything', async () => {
    const asked = await anAsked();
    const [phone = ''] = await phones(1);
    await asked.says(phone);
    const { folder, end } = asked.journal;
    // Said of the database before a failover, which this one does not have.
    await noteDrained(folder, end, randomUUID());
    await asked.helper().helps();
    expect(await barred(phone)).toBe(1);
    const other = await anAsked();
    const [known = ''] = await phones(1);
    await other.says(known);
    await noteDrained(other.journal.folder, other.journal.end, null);
    await other.helper().helps();
    expect(await barred(known)).toBe(0);
    expect(await other.vouchedAt()).not.toBeNull();
  });

  it('waits for no lock of an interrupted commit', async () => {
    const asked = await anAsked();
    const [phone = ''] = await phones(1);
    const entry = leaving(phone, world.tenantId);
    await asked.journal.write(entry);
    const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
    const { promise: isBegun, resolve: begin } = Promise.withResolvers<void>();
    const hanging: Database['withTenant'] = (tenantId, work) =>
      world.database.withTenant(tenantId, async (tx) => {
        await work(tx);
        begin();
        await isOver;
        throw new Error('cut off');
      });
    const commit = applyEntry(
      { ...deps, database: { ...world.database, withTenant: hanging } },
      entry,
      'outage',
    );
    commit.catch(() => undefined);
    await isBegun;
    const helping = asked.helper().helps();
    expect(await inTime(helping, 2_000, 'late')).toBeUndefined();
    expect(await asked.vouchedAt()).toBeNull();
    end();
    await commit.catch(() => undefined);
    await asked.helper().helps();
    expect(await barred(phone)).toBe(1);
    expect(await asked.vouchedAt()).not.toBeNull();
  });

  it('helps others while one journal takes long', async () => {
    const first = await anAsked();
    const second = await anAsked(first);
    let calls = 0;
    const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
    const outside: Database['outside'] = async (work) => {
      calls += 1;
      if (calls === 1) await isOver;
      return world.database.outside(work);
    };
    const { neighbours } = first.helper({ database: { ...world.database, outside } }, 500);
    for (let turns = 0; turns < 3; turns += 1) {
      for (const one of [first, second]) one.asks();
      await neighbours.turn(null);
    }
    const vouched = [await first.vouchedAt(), await second.vouchedAt()];
    expect(vouched.filter((at) => at !== null)).toHaveLength(1);
    end();
    await neighbours.turn(null);
  });

  it.each([
    [
      'asks no more',
      ({ journal }: Asked) => {
        askNoMore(journal.folder);
      },
    ],
    [
      'asks another one',
      ({ asks }: Asked) => {
        asks({ helper: randomUUID() });
      },
    ],
  ])('stops a long journal once its process %s', async (_, turnsAway) => {
    const asked = await anAsked();
    const people = await phones(GROUPS * 8);
    for (const phone of people) await asked.says(phone);
    let came = 0;
    const effective = (): void => {
      came += 1;
      if (came === 1) turnsAway(asked);
    };
    await asked.helper({ effective }).helps();
    expect(came).toBe(8);
    expect(await asked.vouchedAt()).toBeNull();
  });

  it('is silent while a damaged entry remains', async () => {
    const asked = await anAsked();
    const [first = '', second = ''] = await phones(2);
    await asked.says(first);
    await asked.says(second);
    const mended = await damaged(await asked.file());
    const helper = asked.helper();
    await helper.helps();
    expect(helper.neighbours.held).toEqual([]);
    await helper.helps();
    expect([await barred(second), await asked.vouchedAt()]).toEqual([1, null]);
    expect(helper.neighbours.held).toEqual([
      expect.objectContaining({ processId: asked.processId, why: 'damaged' }),
    ]);
    await mended();
    await helper.helps();
    expect(helper.neighbours.held).toEqual([]);
    expect(await barred(first)).toBe(1);
    expect(await asked.vouchedAt()).not.toBeNull();
  });

  it('leaves a STOP whose acknowledgement is unknown', async () => {
    const asked = await anAsked();
    const [phone = ''] = await phones(1);
    await asked.says(phone, 'another');
    const here = (gateway: string) => (gateway === 'sandbox' ? true : undefined);
    await asked.helper({ acknowledgesStop: here }).helps();
    expect([await barred(phone), await asked.vouchedAt()]).toEqual([0, null]);
    await asked.helper().helps();
    expect(await barred(phone)).toBe(1);
  });
});

describe('a process that ended in order while it was being helped', () => {
  it('is forgotten again at once', async () => {
    const { journal, processId } = await anAsked();
    await journal.close();
    await noteDrained(journal.folder, journal.end, null);
    await closeFolder(journal.folder);
    await world.query('DELETE FROM process WHERE id = $1', [processId]);
    const at = new Date(clock.machine()).toISOString();
    await world.database.outside((tx) => vouchGround(tx, processId, at));
    expect(await holds()).toBeDefined();
    await new Adoption({ ...deps, root: path.dirname(journal.folder.path) }, randomUUID()).turn();
    expect(await holds()).toBeUndefined();
  });
});

describe('a person who takes processes for gone', () => {
  it('spares one that was just vouched for', async () => {
    const asked = await anAsked();
    await asked.helper().helps();
    expect(await writtenOff()).not.toContain(asked.processId);
    await world.query(`UPDATE journal_vouch SET vouched_at = clock_timestamp() + interval '1 minute'`);
    expect(await writtenOff()).toContain(asked.processId);
  });

  // It is registered before anything of its journal is read.
  it('opens no gate for one asking for help', async () => {
    const asked = await anAsked();
    const [phone = ''] = await phones(1);
    await asked.says(phone);
    expect(await writtenOff()).toContain(asked.processId);
    expect(await holds()).toBeUndefined();
    const unlock = await locked();
    const helper = asked.helper();
    await helper.helps();
    expect([await barred(phone), await holds()]).toEqual([0, expect.any(String)]);
    await unlock();
    await helper.helps();
    expect([await barred(phone), await holds()]).toEqual([1, undefined]);
  });
});

describe('a seal', () => {
  it('clears the vouching, and needs a new replay', async () => {
    const asked = await anAsked();
    const [phone = ''] = await phones(1);
    await asked.says(phone);
    let readings = 0;
    const helper = asked.helper({
      keys: {
        current: deps.keys.current,
        of: (version) => {
          readings += 1;
          return deps.keys.of(version);
        },
      },
    });
    await helper.helps();
    await helper.helps();
    expect(await asked.vouchedAt()).not.toBeNull();
    expect(readings).toBe(1);
    await sealInstance(world.database, { why: 'test', opened: [] });
    onTestFinished(
      async () => void (await world.query('UPDATE instance SET sealed = false, seal_id = NULL')),
    );
    expect(await asked.vouchedAt()).toBeNull();
    await helper.helps();
    expect(await asked.vouchedAt()).toBeNull();
    // What it brought in before, it brought into another database.
    const [row] = await world.query('SELECT seal_id FROM instance');
    await helper.helps(String(row?.['seal_id']));
    expect(await asked.vouchedAt()).not.toBeNull();
    expect(readings).toBe(2);
  });
});
