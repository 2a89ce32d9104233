import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeProcessFolder, processFolders, signOf } from '../../../src/journal/process-folder.ts';

describe('the journal folder of a starting process', () => {
  it('is never seen without its signature', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'journal-'));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    const signs = new Set<unknown>();
    const look = async (): Promise<void> => {
      for (const folder of await processFolders(root)) {
        const sign = await signOf(folder);
        signs.add(sign === 'gone' ? sign : sign.runs);
      }
    };
    for (let made = 0; made < 50; made += 1) {
      const begun = { isMade: false };
      const making = makeProcessFolder(root, randomUUID()).finally(() => {
        begun.isMade = true;
      });
      while (!begun.isMade) await look();
      await making;
    }
    await look();
    expect(signs).toEqual(new Set([true]));
  });
});
