import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import {
  appendFile,
  mkdtemp,
  open,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  forgetOldFiles,
  filesOf,
  processFolders,
  type ProcessFolder,
  BEGINNING,
} from '../../../../src/platform/journal/process-folder.ts';
import type { JournalDeps } from '../../../../src/platform/journal/journal.ts';
import { readFolder } from '../../../../src/platform/journal/drain.ts';
import { ShiftedClock } from '../../../support/law-clock.ts';
import { aJournal, keysOf, leaving, RING_KEY } from './journal-on-disk.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'bonheure-journal-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function numbersIn(folder: ProcessFolder, keys = keysOf(RING_KEY)): Promise<string[]> {
  const found: string[] = [];
  for await (const { entry, at } of readFolder(keys, folder, { from: BEGINNING }))
    found.push(
      entry?.kind === 'leaving' && 'phone' in entry.person ? entry.person.phone : `damaged at ${at.byte}`,
    );
  return found;
}
const onlyFile = async (folder: ProcessFolder): Promise<string> =>
  path.join(folder.path, (await filesOf(folder))[0] ?? '');
const phones = ['+33639980001', '+33639980002', '+33639980003'];

describe('the journal of a process', () => {
  it('returns each number in order, sealed on disk', async () => {
    const journal = await aJournal(root);
    await Promise.all(phones.map((phone) => journal.write(leaving(phone))));
    expect(await numbersIn(journal.folder)).toEqual(phones);
    const bytes = await readFile(await onlyFile(journal.folder));
    expect(bytes.includes('639980001')).toBe(false);
    expect(await numbersIn(journal.folder, keysOf(randomBytes(32)))).toEqual(
      phones.map(() => expect.stringMatching(/^damaged/)),
    );
    await journal.close();
  });

  it('is read however many writes failed before', async () => {
    const journal = await aJournal(root);
    const { path: folder } = journal.folder;
    await rename(folder, `${folder}.away`);
    const written = async (): Promise<boolean> =>
      journal.write(leaving('+33639980001')).then(
        () => true,
        () => false,
      );
    for (let times = 0; times < 10_000; times += 1) expect(await written()).toBe(false);
    await rename(`${folder}.away`, folder);
    expect(await written()).toBe(true);
    expect(await numbersIn(journal.folder)).toEqual(['+33639980001']);
    await journal.close();
  });

  it('is for its owner alone', async () => {
    const journal = await aJournal(path.join(root, 'new'));
    await journal.write(leaving('+33639980001'));
    const modeOf = async (file: string) => (await stat(file)).mode & 0o777;
    expect(await modeOf(path.join(root, 'new'))).toBe(0o700);
    expect(await modeOf(journal.folder.path)).toBe(0o700);
    expect(await modeOf(await onlyFile(journal.folder))).toBe(0o600);
    await journal.close();
  });

  it('skips what was half written at power loss', async () => {
    const journal = await aJournal(root);
    for (const phone of phones) await journal.write(leaving(phone));
    const file = await onlyFile(journal.folder);
    const bytes = await readFile(file);
    await appendFile(file, bytes.subarray(0, 100));
    expect(await numbersIn(journal.folder)).toEqual(phones);
    await journal.close();
  });

  it('locates altered entries and reads the others', async () => {
    const journal = await aJournal(root);
    const places = [];
    for (const phone of phones) places.push(await journal.write(leaving(phone)));
    const file = await onlyFile(journal.folder);
    const bytes = await readFile(file);
    const second = places[1]?.byte ?? 0;
    const altered = Buffer.from(bytes);
    altered.writeUInt8(altered.readUInt8(second + 60) ^ 1, second + 60);
    await writeFile(file, altered);
    expect(await numbersIn(journal.folder)).toEqual([phones[0], `damaged at ${second}`, phones[2]]);
    // The first entry once more at the end: whole, and not in its place.
    await writeFile(file, Buffer.concat([bytes, bytes.subarray(0, second)]));
    expect(await numbersIn(journal.folder)).toEqual([...phones, `damaged at ${bytes.length}`]);
    await journal.close();
  });

  it('stops acknowledging once another took its folder', async () => {
    let isLost = false;
    const journal = await aJournal(root, undefined, {
      lost: () => {
        isLost = true;
      },
    });
    await journal.write(leaving('+33639980001'));
    await rename(journal.folder.path, `${journal.folder.path}~0a1b2c3d`);
    await expect(journal.write(leaving('+33639980002'))).rejects.toMatchObject({
      code: 'JOURNAL_UNAVAILABLE',
      status: 503,
    });
    expect(isLost).toBe(true);
  });

  it('acknowledges nothing before fsync of folder and file', async () => {
    const journal = await aJournal(root);
    const folder = await open(journal.folder.path, 'r');
    const handle = Object.getPrototypeOf(folder) as FileHandle;
    await folder.close();
    for (const asked of ['sync', 'datasync'] as const) {
      const kept = Promise.withResolvers<undefined>();
      const calls = vi.spyOn(handle, asked).mockReturnValue(kept.promise);
      let isAcknowledged = false;
      const written = journal.write(leaving('+33639980001')).then(() => {
        isAcknowledged = true;
      });
      await vi.waitFor(() => expect(calls).toHaveBeenCalled());
      await new Promise((turned) => setImmediate(turned));
      expect([asked, isAcknowledged]).toEqual([asked, false]);
      kept.resolve(undefined);
      await written;
      calls.mockRestore();
    }
    await journal.close();
  });

  it('refuses on a failed fsync, then recovers', async () => {
    const journal = await aJournal(root);
    const folder = await open(journal.folder.path, 'r');
    const handle = Object.getPrototypeOf(folder) as FileHandle;
    await folder.close();
    await journal.write(leaving('+33639980001'));
    vi.spyOn(handle, 'datasync').mockRejectedValueOnce(Object.assign(new Error('I/O'), { code: 'EIO' }));
    await expect(journal.write(leaving('+33639980002'))).rejects.toMatchObject({
      code: 'JOURNAL_UNAVAILABLE',
    });
    expect(journal.fault).toBe('EIO');
    await journal.write(leaving('+33639980003'));
    expect(journal.fault).toBeUndefined();
    // What the failed one left may be there or not: nobody was told that it is.
    expect(await filesOf(journal.folder)).toHaveLength(2);
    expect(await numbersIn(journal.folder)).toEqual(expect.arrayContaining(['+33639980001', '+33639980003']));
    await journal.close();
  });

  it('on a full disk refuses, then recovers', async () => {
    const program = fileURLToPath(new URL('full-disk.ts', import.meta.url));
    // Files of 4 KiB at most stand for a disk that is full, and emptied by a new file.
    const { stdout } = await promisify(execFile)('bash', [
      '-c',
      `ulimit -f 4; exec "${process.execPath}" "${program}" "${root}"`,
    ]);
    const outcomes: string[] = JSON.parse(stdout);
    expect(new Set(outcomes)).toEqual(new Set(['kept', 'JOURNAL_UNAVAILABLE']));
    expect(outcomes.at(-1)).toBe('kept');
    const [folder] = await processFolders(root);
    const kept = outcomes.flatMap((outcome, index) =>
      outcome === 'kept' ? [`+3363998${String(1_000 + index)}`] : [],
    );
    expect(folder && (await numbersIn(folder))).toEqual(kept);
  });

  it('closes the gate for one failed entry', async () => {
    const closed = Promise.withResolvers<'owed'>();
    let isAsked = false;
    const takeBack = (): Promise<'owed'> => {
      isAsked = true;
      return closed.promise;
    };
    const journal = await aJournal(root, undefined, { takeBack });
    const other = Promise.withResolvers<void>();
    let isTold = false;
    const told = journal
      .takeAll([
        { entry: leaving('+33639980001'), commit: () => Promise.reject(new Error('away')) },
        { entry: leaving('+33639980002'), commit: () => other.promise },
      ])
      .finally(() => {
        isTold = true;
      });
    await vi.waitFor(() => expect(isAsked).toBe(true));
    other.resolve();
    await new Promise(setImmediate);
    expect(isTold).toBe(false);
    closed.resolve('owed');
    expect(await told).toEqual(['owed', 'committed']);
    await journal.close();
  });

  it('acknowledges nothing sooner when owed twice', async () => {
    const closed = Promise.withResolvers<'owed'>();
    const journal = await aJournal(root, undefined, { takeBack: () => closed.promise });
    const at = await journal.write(leaving('+33639980001'));
    const told: string[] = [];
    const both = ['the timer', 'the request'].map((who) =>
      journal.owe(at).then((kept) => told.push(`${who}: ${kept}`)),
    );
    await new Promise(setImmediate);
    expect(told).toEqual([]);
    closed.resolve('owed');
    await Promise.all(both);
    expect(told.toSorted()).toEqual(['the request: owed', 'the timer: owed']);
    expect(await journal.owe(at)).toBe('owed');
    await journal.close();
  });

  it('acknowledges nothing before another database knows it', async () => {
    const known = Promise.withResolvers<void>();
    const journal = await aJournal(root, undefined, { knownElsewhere: () => known.promise });
    const told: string[] = [];
    const taken = journal
      .take(leaving('+33639980001'), () => Promise.resolve())
      .then((kept) => told.push(`taken: ${kept}`));
    const at = await journal.write(leaving('+33639980002'));
    const committed = journal.committed(at).then(() => told.push('committed'));
    const left = journal.owe(at).then((kept) => told.push(`left: ${kept}`));
    await vi.waitFor(() => expect(journal.drainedTo).toEqual(journal.end));
    await new Promise(setImmediate);
    expect(told).toEqual([]);
    known.resolve();
    await Promise.all([taken, committed, left]);
    expect(told.toSorted()).toEqual(['committed', 'left: committed', 'taken: committed']);
    await journal.close();
  });

  it('refuses one unkept entry and keeps the others', async () => {
    const journal = await aJournal(root);
    const { path: folder } = journal.folder;
    await rename(folder, `${folder}.away`);
    const taken = journal.takeAll([
      { entry: leaving('+33639980001'), commit: () => Promise.resolve() },
      { entry: leaving('+33639980002'), commit: () => Promise.reject(new Error('away')) },
    ]);
    await expect(taken).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE' });
    expect([journal.unkept, journal.isDrained]).toEqual([1, false]);
    await rename(`${folder}.away`, folder);
    await journal.close();
  });

  it('begins no more commits after a slow one', async () => {
    const journal = await aJournal(root);
    const begun: string[] = [];
    const stops = Array.from({ length: 50 }, (_, number) => leaving(`+336399800${number + 10}`));
    const hangs = stops.map((entry) => ({
      entry,
      commit: () => {
        begun.push(entry.reception.id);
        return new Promise(() => undefined);
      },
    }));
    expect(new Set(await journal.takeAll(hangs))).toEqual(new Set(['owed']));
    // Ten at once, and nothing after: one wait for all, not one for each ten.
    expect([begun.length, (await numbersIn(journal.folder)).length]).toEqual([10, 50]);
    expect(journal.isDrained).toBe(false);
    await journal.close();
  });

  it('begins no more commits after slow effects', async () => {
    const journal = await aJournal(root);
    const stops = Array.from({ length: 30 }, (_, number) => leaving(`+336399800${number + 10}`));
    const takings = stops.map((entry) => ({
      entry,
      commit: () => Promise.resolve(),
      rest: () => new Promise(() => undefined),
    }));
    const kept = await journal.takeAll(takings);
    expect(kept).toEqual(stops.map((_, number) => (number < 10 ? 'committed' : 'owed')));
    await journal.close();
  });

  it('begins no commit while a helper is asked', async () => {
    const asked: unknown[] = [];
    const takeBack: JournalDeps['takeBack'] = (at) => {
      asked.push(at);
      return Promise.resolve(asked.length === 1 ? 'committed' : 'owed');
    };
    const journal = await aJournal(root, randomUUID(), { takeBack, isAsking: () => true });
    let begun = 0;
    const commit = (): Promise<void> => {
      begun += 1;
      return Promise.resolve();
    };
    const stops = [leaving('+33639980001'), leaving('+33639980002')];
    expect(await journal.takeAll(stops.map((entry) => ({ entry, commit })))).toEqual(['committed', 'owed']);
    expect(begun).toBe(0);
    expect(asked).toEqual([expect.objectContaining({ byte: 0 }), expect.anything()]);
    // What another one brought in is brought in again by this one: nobody's word counts for its own.
    expect(journal.isDrained).toBe(false);
    await rename(journal.folder.path, `${journal.folder.path}.away`);
    const alone = journal.take(leaving('+33639980003'), () => Promise.resolve());
    expect(await alone).toBe('committed');
    await rename(`${journal.folder.path}.away`, journal.folder.path);
    await journal.close();
  });

  it('writes a whole call before any commit', async () => {
    const journal = await aJournal(root);
    const stops = Array.from({ length: 25 }, (_, number) => leaving(`+336399800${number + 10}`));
    const onDisk = new Set<number>();
    const takings = stops.map((entry, number) => ({
      entry,
      commit: async () => {
        onDisk.add((await numbersIn(journal.folder)).length);
        if (number % 5 === 0) throw new Error('for itself alone');
      },
    }));
    expect(await journal.takeAll(takings)).toEqual(
      stops.map((_, number) => (number % 5 === 0 ? 'owed' : 'committed')),
    );
    expect([...onDisk]).toEqual([25]);
    await journal.close();
  });

  it('that cannot be made is reported at start', async () => {
    await writeFile(path.join(root, 'taken'), '');
    await expect(aJournal(path.join(root, 'taken'))).rejects.toThrow(
      /cannot be written in .*: make the folder writable, or name another in BONHEURE_JOURNAL\.$/,
    );
  });

  it('is kept as long as the oldest backup', async () => {
    const journal = await aJournal(root);
    await journal.write(leaving('+33639980001'));
    await journal.close();
    const file = path.basename(await onlyFile(journal.folder));
    const clock = new ShiftedClock();
    const later = Object.assign(new ShiftedClock(), { machine: () => clock.machine() + 36 * 86_400_000 });
    expect(await forgetOldFiles(root, { clock: later, keptDays: 35 })).toBe(0);
    await rename(journal.folder.path, `${journal.folder.path}.done`);
    expect(await forgetOldFiles(root, { clock, keptDays: 35 })).toBe(0);
    expect(file).toMatch(/^\d{4}-\d\d-\d\d\.0001\.journal$/);
    expect(await forgetOldFiles(root, { clock: later, keptDays: 35 })).toBe(1);
    expect(await processFolders(root)).toEqual([]);
  });
});
