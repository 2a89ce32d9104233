import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { activitiesOf } from '../../../src/main/worker/activity-ports.ts';
import type { SendPath } from '../../../src/main/worker/send-path.ts';
import type { Database } from '../../../src/platform/index.ts';
import { inTime } from '../../../src/base/promises.ts';
import { ShiftedClock } from '../../support/law-clock.ts';

const NEVER = new AbortController().signal;
const IDS = { tenantId: 't-1', batchId: 'b-1', seriesId: 's-1' };

/** What activities need besides the send path, none of it in these tests. */
const unused = () => Promise.reject(new Error('not in this test'));
const partsWith = (database: Database): Parameters<typeof activitiesOf>[2] => ({
  journalDays: 35,
  database,
  onStep: () => undefined,
  take: { file: unused, callOff: unused, onlyPractice: unused },
});

describe('what is due while journals shut the gate', () => {
  it.each(['sendStep', 'sendChunk', 'sendAcknowledgements'] as const)(
    'queries nothing before it opens: %s',
    async (verb) => {
      let isShut = true;
      const asked: string[] = [];
      const gate = {
        doubt: () => (isShut ? 'a journal is not drained' : undefined),
        closedBy: () => (isShut ? ('JOURNAL_WAITS' as const) : undefined),
      };
      const clock = Object.assign(new ShiftedClock(), gate);
      const answer = (name: string | symbol) => () => {
        asked.push(String(name));
        return Promise.reject(new Error('asked'));
      };
      const asks = (_: object, name: string | symbol) => (name === 'until' ? () => database : answer(name));
      const database: Database = new Proxy({}, { get: asks }) as Database;
      const path = { clock, database } as unknown as SendPath;
      const ending = { stopping: NEVER, leaves: () => NEVER };
      const { [verb]: send } = activitiesOf(path, ending, partsWith(database));
      const sent = new MockActivityEnvironment().run(send, IDS).catch((error: Error) => error.message);
      expect(await inTime(sent, 300, 'waits')).toBe('waits');
      expect(asked).toEqual([]);
      isShut = false;
      expect(await sent).toBe('asked');
      expect(asked).not.toEqual([]);
    },
  );
});

/** A database that refuses every transaction, and says by which signal it would have been undone. */
function refusing(undoneBy?: AbortSignal): Database {
  const refuse = () => Promise.reject(Object.assign(new Error('no database'), { undoneBy }));
  const ask = (_: object, name: string | symbol): unknown => (name === 'until' ? refusing : refuse);
  return new Proxy({}, { get: ask }) as Database;
}

describe('a worker that hands its work over', () => {
  it.each(['planSeries', 'sendStep', 'endSeries', 'planShard'] as const)(
    'undoes what it plans: %s',
    async (verb) => {
      const { signal: left } = new AbortController();
      const database = refusing();
      const clock = Object.assign(new ShiftedClock(), { doubt: () => undefined });
      const ledger = { read: () => new Promise(() => undefined) };
      const path = { clock, database, ledger } as unknown as SendPath;
      const ending = { stopping: NEVER, leaves: () => left };
      const { [verb]: plan } = activitiesOf(path, ending, partsWith(database));
      const planned = new MockActivityEnvironment().run(plan, IDS);
      await expect(planned).rejects.toMatchObject({ message: 'no database', undoneBy: left });
    },
  );
});
