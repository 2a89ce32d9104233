import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Database } from '../../../../src/platform/database/connection.ts';
import type { Vault } from '../../../../src/platform/crypto/vault.ts';
import { applyEntry } from '../../../../src/operations/journal/apply-entry.ts';
import type { ApplyEntry } from '../../../../src/platform/journal/drain.ts';
import { BEGINNING, folderOf } from '../../../../src/platform/journal/process-folder.ts';
import { Replay } from '../../../../src/platform/journal/replay.ts';
import { ShiftedClock } from '../../../support/law-clock.ts';
import { aJournal, keysOf, leaving, RING_KEY, silent } from './journal-on-disk.ts';

/** A process on a disk; only what applies the entries would ask anything of its database. */
const aReplay = (root: string, apply: ApplyEntry = applyEntry): Replay =>
  new Replay(
    {
      root,
      keys: keysOf(RING_KEY),
      log: silent,
      clock: new ShiftedClock(),
      database: {} as Database,
      vault: {} as Vault,
      acknowledgesStop: () => true,
      apply,
    },
    () => ({ folder: folderOf(root, randomUUID()), answered: BEGINNING, until: BEGINNING }),
  );

async function aDisk(): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'replay-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return root;
}

/** The folder of a process that was killed after it had written these numbers. */
async function killedAfter(root: string, ...phones: readonly string[]): Promise<string> {
  const journal = await aJournal(root);
  for (const phone of phones) await journal.write(leaving(phone));
  await journal.close();
  return journal.folder.path;
}

/** A database that refuses some numbers for now; `barred` are those whose STOP took effect. */
function aDatabase() {
  const barred = new Set<string>();
  const refused = new Set<string>();
  const apply: ApplyEntry = (_deps, entry) => {
    const phone = entry.kind === 'leaving' && 'phone' in entry.person ? entry.person.phone : '';
    if (refused.has(phone)) return Promise.reject(new Error('the database does not take this entry'));
    const isNew = !barred.has(phone);
    barred.add(phone);
    return Promise.resolve(isNew);
  };
  return { barred, refused, apply };
}

const [taken, left] = ['+33639980001', '+33639980002'];

describe('a replay that leaves an entry without effect', () => {
  it('is repeated by the next process, STOP included', async () => {
    const root = await aDisk();
    const sealId = randomUUID();
    await killedAfter(root, taken, left);
    const { barred, refused, apply } = aDatabase();
    refused.add(left);
    const first = await aReplay(root, apply).of(sealId);
    expect(first).toMatchObject({ entries: 2, restored: 1, waits: [{ why: 'refused' }] });
    expect(await readdir(root)).not.toContain('replayed.json');
    refused.clear();
    const second = await aReplay(root, apply).of(sealId);
    expect(second).toMatchObject({ entries: 2, restored: 1, troubles: [], waits: [] });
    expect([...barred]).toEqual([taken, left]);
    expect(await readdir(root)).toContain('replayed.json');
  });

  it('is repeated while an entry is damaged', async () => {
    const root = await aDisk();
    const sealId = randomUUID();
    const folder = await killedAfter(root, taken);
    const name = (await readdir(folder)).find((file) => file.endsWith('.journal')) ?? '';
    const whole = await readFile(path.join(folder, name));
    const damaged = Buffer.from(whole);
    damaged.writeUInt8(damaged.readUInt8(damaged.length - 10) ^ 0xff, damaged.length - 10);
    await writeFile(path.join(folder, name), damaged);
    const { barred, apply } = aDatabase();
    expect((await aReplay(root, apply).of(sealId)).troubles).toMatchObject([{ why: 'damaged' }]);
    expect(await readdir(root)).not.toContain('replayed.json');
    await writeFile(path.join(folder, name), whole);
    expect((await aReplay(root, apply).of(sealId)).troubles).toEqual([]);
    expect([...barred]).toEqual([taken]);
    expect(await readdir(root)).toContain('replayed.json');
  });
});

describe('processes of one disk that replay it at once', () => {
  it('never block each other, and leave one marker', async () => {
    const root = await aDisk();
    for (let times = 0; times < 20; times += 1) {
      const sealId = randomUUID();
      const found = await Promise.all(Array.from({ length: 8 }, () => aReplay(root).of(sealId)));
      expect(found).toEqual(found.map(() => expect.objectContaining({ troubles: [], waits: [] })));
      expect(await readdir(root)).toEqual(['replayed.json']);
    }
  });
});
