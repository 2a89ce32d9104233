import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Database } from '../../../../src/platform/database/connection.ts';
import type { Vault } from '../../../../src/platform/crypto/vault.ts';
import { applyEntry } from '../../../../src/operations/journal/apply-entry.ts';
import { BEGINNING } from '../../../../src/platform/journal/position.ts';
import { folderOf } from '../../../../src/platform/journal/process-folder.ts';
import { Replay } from '../../../../src/platform/journal/replay.ts';
import { ShiftedClock } from '../../../support/law-clock.ts';
import { keysOf, RING_KEY, silent } from './journal-on-disk.ts';

/** A process on a disk where nobody has written anything: nothing is asked of its database. */
const aReplay = (root: string): Replay =>
  new Replay(
    {
      root,
      keys: keysOf(RING_KEY),
      log: silent,
      clock: new ShiftedClock(),
      database: {} as Database,
      vault: {} as Vault,
      acknowledgesStop: () => true,
      apply: applyEntry,
    },
    () => ({ folder: folderOf(root, randomUUID()), answered: BEGINNING, until: BEGINNING }),
  );

describe('processes of one disk that replay it at once', () => {
  it('never block each other, and leave one marker', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'replay-'));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    for (let times = 0; times < 20; times += 1) {
      const sealId = randomUUID();
      const found = await Promise.all(Array.from({ length: 8 }, () => aReplay(root).of(sealId)));
      expect(found).toEqual(found.map(() => expect.objectContaining({ troubles: [], waits: [] })));
      expect(await readdir(root)).toEqual(['replayed.json']);
    }
  });
});
