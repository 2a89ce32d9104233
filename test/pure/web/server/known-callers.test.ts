import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Database, Transaction } from '../../../../src/platform/database/connection.ts';
import { KnownCallers, type Caller } from '../../../../src/web/server/caller.ts';
import { ShiftedClock } from '../../../support/law-clock.ts';

const hash = createHash('sha256').update('a key').digest();
const caller: Caller = {
  keyId: 'k-1',
  tenantId: 't-1',
  role: 'operator',
  source: '',
  name: '',
  sector: 'health',
  domains: [],
  locale: 'fr',
  home: { territory: 'FR', timeZone: 'Europe/Paris' },
};

it('an older look brings no key back', async () => {
  /** The answers that the looks wait for, in the order in which they were asked. */
  const answers: ((hashes: readonly Buffer[]) => void)[] = [];
  const rows = () =>
    new Promise((answered) => {
      answers.push((valid) => answered(valid.map((one) => ({ hash: one }))));
    });
  const outside = <T>(work: (tx: Transaction) => Promise<T>) => work({ rows } as unknown as Transaction);
  const database = { outside } as unknown as Database;
  const callers = new KnownCallers({ database, clock: new ShiftedClock() });
  callers.note(hash, caller);
  const before = callers.recheck();
  const after = callers.recheck();
  // Revoked elsewhere between the two looks; the later one is answered first.
  answers[1]?.([]);
  await after;
  expect(callers.recent(hash)).toBeUndefined();
  answers[0]?.([hash]);
  await before;
  expect(callers.recent(hash)).toBeUndefined();
});
