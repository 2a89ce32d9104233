import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from '../../../src/main/embedded/folder.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function left(content: string): Promise<void> {
  await writeFile(path.join(folder, 'lock'), content);
}

describe('the lock of a data folder', () => {
  it('refuses a second start and names the first', async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(`in use by the running process ${process.pid}`);
    await lock.release();
    await expect(lockFolder(folder)).resolves.toHaveProperty('release');
  });

  it('is taken over from a dead process', async () => {
    await left(JSON.stringify({ pid: 4_194_000, startedAt: 'boot/1' }));
    await expect(lockFolder(folder)).resolves.toHaveProperty('release');
  });

  it('is taken over when its pid was reused', async () => {
    await left(JSON.stringify({ pid: process.pid, startedAt: 'another-boot/1' }));
    await expect(lockFolder(folder)).resolves.toHaveProperty('release');
  });

  it.each(['', '{', '{"pid":0,"startedAt":"x"}', 'null'])(
    'is taken over when it is torn: %j',
    async (torn) => {
      await left(torn);
      await expect(lockFolder(folder)).resolves.toHaveProperty('release');
    },
  );

  it('goes to one of several taking it over', async () => {
    for (let time = 0; time < 50; time += 1) {
      await left(JSON.stringify({ pid: 4_194_000, startedAt: 'boot/1' }));
      const all = await Promise.allSettled(Array.from({ length: 5 }, () => lockFolder(folder)));
      expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }
    expect(JSON.parse(await readFile(path.join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
  });
});
