import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { placeInCache } from '../../../../src/main/embedded/temporal-download.ts';

// Nobody can make a folder there, not even root.
const CLOSED = '/proc/nowhere';
let folder = '';
let home = '';
let shared = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'un été à la mer '));
  home = path.join(folder, 'home');
  shared = path.join(folder, `bonheure-cache-${process.getuid?.()}`);
  vi.stubEnv('TMPDIR', folder);
  vi.stubEnv('XDG_CACHE_HOME', home);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

describe('what is fetched or unpacked once', () => {
  it('is kept in the cache of the user', async () => {
    expect(await placeInCache('temporal-1')).toBe(path.join(home, 'bonheure', 'temporal-1'));
  });

  it.each([
    ['where nothing can be made', CLOSED],
    ['where a file stands in the way', 'a file'],
  ])('is kept beside temporary files %s', async (_, where) => {
    await writeFile(path.join(folder, 'a file'), '');
    vi.stubEnv('XDG_CACHE_HOME', path.resolve(folder, where));
    expect(await placeInCache('temporal-1')).toBe(path.join(shared, 'temporal-1'));
  });

  it('is found in a full or closed cache', async () => {
    const kept = path.join(home, 'bonheure', 'temporal-1');
    await mkdir(path.dirname(kept), { recursive: true });
    await writeFile(kept, '');
    await chmod(path.dirname(kept), 0o500);
    expect(await placeInCache('temporal-1')).toBe(kept);
  });

  it('is never kept where others may write', async () => {
    vi.stubEnv('XDG_CACHE_HOME', CLOSED);
    await mkdir(shared);
    await chmod(shared, 0o777);
    await expect(placeInCache('temporal-1')).rejects.toThrow('set XDG_CACHE_HOME to a folder of your own');
  });

  it('says what it needs where nothing fits', async () => {
    vi.stubEnv('XDG_CACHE_HOME', CLOSED);
    vi.stubEnv('TMPDIR', CLOSED);
    await expect(placeInCache('temporal-1')).rejects.toThrow(`Nothing can be kept in ${CLOSED}/bonheure or`);
  });
});
