import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { peopleFiles } from '../../../../src/people/import/file-readers.ts';
import { bookingFiles } from '../../../../src/reminders/import/import-bookings.ts';

const MOST_THREADS = 4;
const PEOPLE = { kind: 'contacts', options: {} } as const;
const BOOKINGS = { kind: 'appointment', options: {} } as const;
const CSV = 'telephone;prenom\n0639980001;Rose\n';

/** Creates a file that yields nothing before `letGo` is called. */
function aFile(tenantId: string, csv = CSV) {
  const gate = Promise.withResolvers<void>();
  const file = {
    tenantId,
    async *textFrom(offset: number): AsyncGenerator<Buffer> {
      await gate.promise;
      yield Buffer.from(csv).subarray(offset);
    },
  };
  return { file, letGo: gate.resolve };
}

const read = (tenantId: string) => {
  const { file, letGo } = aFile(tenantId);
  letGo();
  return peopleFiles.header(file, PEOPLE);
};

describe('the threads that read files', () => {
  let [now, most] = [0, 0];
  const counting = (worker: Worker): void => {
    now += 1;
    most = Math.max(most, now);
    worker.once('exit', () => (now -= 1));
  };

  beforeEach(() => {
    [now, most] = [0, 0];
    process.on('worker', counting);
  });
  afterEach(() => {
    process.off('worker', counting);
  });

  it('are few, however many files one tenant sends', async () => {
    const held = Array.from({ length: 12 }, () => aFile('one'));
    const headers = held.map(({ file }) => peopleFiles.header(file, PEOPLE));
    expect(await read('another')).toMatchObject({ kind: 'header' });
    for (const { letGo } of held) letGo();
    expect((await Promise.all(headers)).map(({ kind }) => kind)).toEqual(held.map(() => 'header'));
    expect(most).toBeLessThanOrEqual(MOST_THREADS);
  });

  it('are shared by people and bookings', async () => {
    const held = Array.from({ length: 6 }, (_, turn) => aFile(`tenant-${turn}`));
    const headers = held.flatMap(({ file }) => [
      peopleFiles.header(file, PEOPLE),
      bookingFiles.header(file, BOOKINGS),
    ]);
    for (const { letGo } of held) letGo();
    await Promise.all(headers);
    expect(most).toBeLessThanOrEqual(MOST_THREADS);
    await expect.poll(() => now).toBeLessThanOrEqual(1);
  });

  it('end with a header that is aborted', async () => {
    const stopping = new AbortController();
    const { file } = aFile('one');
    const header = peopleFiles.header({ ...file, signal: stopping.signal }, PEOPLE);
    header.catch(() => undefined);
    await read('another');
    stopping.abort(new Error('stopping'));
    await expect(header).rejects.toThrow('stopping');
    await expect.poll(() => now).toBeLessThanOrEqual(1);
  });

  it('read nothing of a file aborted meanwhile', async () => {
    const stopping = new AbortController();
    const { file, letGo } = aFile('one');
    letGo();
    const header = peopleFiles.header({ ...file, signal: stopping.signal }, PEOPLE);
    stopping.abort(new Error('stopping'));
    await expect(header).rejects.toThrow('stopping');
  });
});
