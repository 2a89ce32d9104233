import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, open, openSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  keepAlive,
  makeProcessFolder,
  processFolders,
  replaceFile,
  signOf,
} from '../../../../src/platform/journal/process-folder.ts';
import { cases } from '../../../support/cases.ts';

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
    for (let made = 0; made < cases(20, 50); made += 1) {
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

/** Every thread for files and names waits for somebody who never comes, until the answer is called. */
function everyThreadWaits(folder: string): () => Promise<void> {
  const pipe = path.join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? 4);
  const waiting = Array.from(
    { length: threads },
    () =>
      new Promise<void>((opened) => {
        open(pipe, 'r', (_, file) => {
          closeSync(file);
          opened();
        });
      }),
  );
  return async () => {
    const writer = openSync(pipe, 'r+');
    await Promise.all(waiting);
    closeSync(writer);
  };
}

describe('a sign of life', () => {
  it('needs no thread, and reports a lost folder', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'journal-'));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    const folder = await makeProcessFolder(root, randomUUID());
    const goOn = everyThreadWaits(root);
    const isOurs = keepAlive(folder, 86_400_000);
    const signedAt = statSync(path.join(folder.path, 'alive.json')).mtimeMs;
    await goOn();
    expect([isOurs, signedAt]).toEqual([true, 86_400_000]);
    await rm(folder.path, { recursive: true });
    expect(keepAlive(folder, 86_400_000)).toBe(false);
  });
});

describe('a file that the disk does not take', () => {
  it('leaves no draft behind', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'journal-'));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    await mkdir(path.join(root, 'drained.json'));
    await expect(replaceFile(path.join(root, 'drained.json'), '{}')).rejects.toThrow('EISDIR');
    expect(await readdir(root)).toEqual(['drained.json']);
  });
});
