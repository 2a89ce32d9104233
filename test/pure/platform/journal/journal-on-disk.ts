import { randomUUID } from 'node:crypto';
import { keyOf } from '../../../../src/crypto/cipher.ts';
import { KeyRing } from '../../../../src/settings/key-ring.ts';
import { uuidV7 } from '../../../../src/base/random.ts';
import { type OptOutEntry, JOURNAL_KEY, type JournalKeys } from '../../../../src/platform/journal/entry.ts';
import { Journal, type JournalDeps } from '../../../../src/platform/journal/journal.ts';
import { openLog } from '../../../../src/platform/log.ts';
import { ShiftedClock } from '../../../support/law-clock.ts';

/** Bytes of the key-encryption key of these tests. */
export const RING_KEY = Buffer.alloc(32, 7);

export const keysOf = (bytes: Buffer): JournalKeys => new KeyRing([keyOf(1, bytes)], 1).derived(JOURNAL_KEY);

export const silent = openLog({ level: 'silent', process: 'test' });

/** Somebody who leaves a tenant. */
export const leaving = (phone: string, tenantId: string = randomUUID()): OptOutEntry => ({
  kind: 'leaving',
  act: 'withdrawn',
  tenantId,
  person: { phone },
  scope: 'all',
  channel: 'counter',
  occurredAt: '2026-11-24T09:00:00.000Z',
  actor: 'key:test',
  evidence: {},
  reception: {
    id: uuidV7(Date.now()),
    at: '2026-11-24T09:00:00.000Z',
    machineAt: '2026-11-24T09:00:00.000Z',
    revision: 1,
    simulated: false,
  },
});

/** A journal whose gate nobody watches, unless asked. */
export const aJournal = (
  root: string,
  processId: string = randomUUID(),
  about: Partial<JournalDeps> = {},
): Promise<Journal> =>
  Journal.open({
    root,
    processId,
    keys: keysOf(RING_KEY),
    clock: new ShiftedClock(),
    log: silent,
    takeBack: () => Promise.resolve('owed'),
    lost: () => undefined,
    ...about,
  });
