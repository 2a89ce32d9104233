import { readdir, readFile } from 'node:fs/promises';
import { constants, getPriority } from 'node:os';
import { afterEach, expect, it, vi } from 'vitest';
import { readerPool } from '../../../../src/people/import/file-readers.ts';

const PEOPLE = new URL('../../../../src/people/import/people-file-thread.ts', import.meta.url);
const BOOKINGS = new URL('../../../../src/reminders/import/booking-file-thread.ts', import.meta.url);

afterEach(() => readerPool.forget());

const noText = (): AsyncGenerator<Buffer> => (async function* () {})();
const lent = (script: URL): ReturnType<typeof readerPool.lend> =>
  readerPool.lend(script, { tenantId: 't-1', textFrom: noText });

/** Reads so many files at once; returns the threads that read them. */
async function threadsOf(files: number, script = PEOPLE): Promise<Set<unknown>> {
  const leases = await Promise.all(Array.from({ length: files }, () => lent(script)));
  for (const { keep } of leases) keep();
  await Promise.all(leases.map(({ release }) => release()));
  return new Set(leases.map(({ reader }) => reader));
}

const shared = (one: Set<unknown>, other: Set<unknown>): number =>
  [...one].filter((each) => other.has(each)).length;

it('two files that come together find their threads', async () => {
  const first = await threadsOf(2);
  expect(await threadsOf(2)).toEqual(first);
});

it('no more than two threads stay idle', async () => {
  const first = await threadsOf(3);
  const again = await threadsOf(3);
  expect(shared(first, again)).toBe(2);
});

it('an idle thread makes way for another kind', async () => {
  const people = await threadsOf(2);
  await threadsOf(1, BOOKINGS);
  expect(shared(people, await threadsOf(2))).toBe(1);
});

it('a thread that did not read well ends', async () => {
  const lease = await lent(PEOPLE);
  await lease.release();
  expect(lease.reader.isEnded).toBe(true);
  expect(await threadsOf(1)).not.toContain(lease.reader);
});

const LOWER = constants.priority.PRIORITY_BELOW_NORMAL;

/** Returns the nice values of the threads of this process. */
async function priorities(): Promise<readonly number[]> {
  const threads = await readdir('/proc/self/task');
  const stats = await Promise.all(
    threads.map((thread) => readFile(`/proc/self/task/${thread}/stat`, 'utf8').catch(() => '')),
  );
  // The nice value is the 17th field after the name, which may contain blanks (proc(5)).
  return stats.map((stat) => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]));
}

it.runIf(process.platform === 'linux')('reads after whoever waits for answers', async () => {
  const own = getPriority();
  expect(await priorities()).not.toContain(LOWER);
  const lease = await lent(PEOPLE);
  await vi.waitFor(async () => expect(await priorities()).toContain(LOWER));
  expect(getPriority()).toBe(own);
  await lease.release();
});
