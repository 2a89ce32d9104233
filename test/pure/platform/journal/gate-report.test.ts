import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { Database, Transaction } from '../../../../src/platform/database/connection.ts';
import { GateReport } from '../../../../src/platform/journal/gate-report.ts';
import { ShiftedClock } from '../../../support/law-clock.ts';

/** A database whose answers come when a test lets them. */
function aSlowDatabase(sealId: () => string | null = () => null) {
  const answers: (() => void)[] = [];
  const tx = {
    first: () =>
      new Promise((resolve) => {
        answers.push(() => resolve({ databaseMs: 1, sealId: sealId(), sealed: false, pardonedMs: null }));
      }),
  };
  const database = {
    outside: <T>(work: (given: Transaction) => Promise<T>) => work(tx as unknown as Transaction),
  };
  const asked = () => vi.waitFor(() => expect(answers).toHaveLength(1));
  const answer = async (): Promise<void> => {
    await asked();
    answers.shift()?.();
  };
  return { database: database as Database, asked, answer };
}

describe('a process that takes back that it is drained', () => {
  it('ignores a report made before the entry', async () => {
    let isDrained = true;
    const { database, asked, answer } = aSlowDatabase();
    const report = new GateReport({
      database,
      clock: new ShiftedClock(),
      processId: randomUUID(),
      drainedInto: () => (isDrained ? null : undefined),
    });
    const ground = report.ask();
    await answer();
    await ground;
    const first = report.tell();
    await asked();
    isDrained = false;
    // Made while the first is on its way: it is told once that is answered, and by then all is drained.
    const back = report.takenBack();
    isDrained = true;
    await answer();
    await first;
    await asked();
    isDrained = false;
    let isBack = false;
    const later = report.takenBack().then(() => {
      isBack = true;
    });
    await answer();
    // It asks once more rather than count on that one.
    await asked();
    expect(isBack).toBe(false);
    await answer();
    await Promise.all([back, later]);
    expect(isBack).toBe(true);
  });
});

describe('a process that meets another database than before', () => {
  it('waits for no answer about the other gate', async () => {
    const after = randomUUID();
    let [own, isDrained, met]: [string | null, boolean, string | null] = [null, true, null];
    const { database, answer } = aSlowDatabase(() => met);
    const report = new GateReport({
      database,
      clock: new ShiftedClock(),
      processId: randomUUID(),
      drainedInto: () => (isDrained ? own : undefined),
    });
    const told = async (): Promise<void> => {
      const telling = report.tell();
      await answer();
      await telling;
    };
    const asking = report.ask();
    await answer();
    await asking;
    const began = performance.now();
    await told();
    // Nothing is waited for by what is committed where the word was said.
    await report.overElsewhere(null);
    expect(performance.now() - began).toBeLessThan(1_000);
    [own, isDrained, met] = [after, false, after];
    const owed = report.takenBack().then(() => performance.now() - began);
    const committed = report.overElsewhere(after).then(() => performance.now() - began);
    await answer();
    expect(await Promise.all([owed, committed])).toEqual([
      expect.closeTo(2_100, -2.6),
      expect.closeTo(2_100, -2.6),
    ]);
  });
});
