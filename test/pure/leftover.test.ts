import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clearLeftovers, hasRoom } from '../support/leftover.ts';
import { PREFIX } from '../support/quick-folder.ts';
import { mayMount, tmpfs } from '../support/tmpfs.ts';

/** Of nobody here. */
const SOMEBODY_ELSE = 54_321;
const isRoot = process.getuid?.() === 0;
let place = '';
beforeEach(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'leftover-'));
});
afterEach(() => rm(place, { recursive: true }));

/** The id of a process that has ended. */
const aDead = (): number => spawnSync('true').pid;

async function left(name: string): Promise<string> {
  const folder = path.join(place, name);
  await mkdir(path.join(folder, 'pg'), { recursive: true });
  await writeFile(path.join(folder, 'pg', 'base'), '');
  return folder;
}

describe('a run of tests', () => {
  it('removes only what killed runs left', async () => {
    await left(`${PREFIX}${aDead()}`);
    await left(`${PREFIX}${aDead()}-e2e-x`);
    const elsewhere = `bonheure-test-in-1-${aDead()}`;
    const stays = [`${PREFIX}${process.pid}`, `${PREFIX}1-e2e-x`, `${PREFIX}x`, 'bonheure-bare-x', elsewhere];
    for (const name of stays) await left(name);
    await clearLeftovers([place, path.join(place, 'nowhere')]);
    expect((await readdir(place)).toSorted()).toEqual(stays.toSorted());
  });

  it.runIf(mayMount())('ignores what another run removes meanwhile', async () => {
    for (let run = 0; run < 3; run += 1) {
      const folder = await left(`${PREFIX}${aDead()}-disks`);
      await mkdir(path.join(folder, 'of logs'));
      tmpfs(path.join(folder, 'of logs'), '64k');
    }
    await Promise.all(Array.from({ length: 4 }, () => clearLeftovers([place])));
    expect(await readdir(place)).toEqual([]);
  });

  it('ignores what a surviving server still writes', async () => {
    const folder = await left(`${PREFIX}${aDead()}`);
    // Until it is killed: how much is written in a given time is a matter of the disk.
    const writes = `const { writeFileSync } = require('node:fs');
      for (;;) writeFileSync('base' + Math.random(), '');`;
    const server = spawn(process.execPath, ['-e', writes], { cwd: path.join(folder, 'pg'), stdio: 'ignore' });
    const ended = once(server, 'exit');
    const written = async (): Promise<number> => (await readdir(path.join(folder, 'pg'))).length;
    await expect.poll(written).toBeGreaterThan(1_000);
    await clearLeftovers([place]);
    server.kill('SIGKILL');
    await ended;
    expect(await readdir(place)).not.toContain(path.basename(folder));
  });

  it.runIf(mayMount())('in a container names folders by its pids', () => {
    const program = "import('./test/support/quick-folder.ts').then(({ PREFIX }) => console.log(PREFIX))";
    const within = ['--pid', '--fork', process.execPath, '--input-type=module', '-e', program];
    const { stdout } = spawnSync('unshare', within, { encoding: 'utf8' });
    expect(stdout).toMatch(/^bonheure-test-in-\d+-\n$/);
    expect(PREFIX).not.toBe(stdout.trim());
  });

  it.runIf(mayMount())('removes a disk a killed run mounted', async () => {
    const folder = await left(`${PREFIX}${aDead()}-disks`);
    await mkdir(path.join(folder, 'of logs'));
    tmpfs(path.join(folder, 'of logs'), '64k');
    await mkdir(path.join(folder, 'of logs', 'within'));
    tmpfs(path.join(folder, 'of logs', 'within'), '64k');
    await clearLeftovers([place]);
    expect(await readdir(place)).toEqual([]);
  });

  it('keeps the two newest failures for inspection', async () => {
    const kept: string[] = [];
    for (const age of [40, 10, 30, 20]) {
      const folder = await left(`${PREFIX}${aDead()}`);
      await writeFile(path.join(folder, 'kept'), 't_some');
      await utimes(folder, Date.now() / 1_000 - age, Date.now() / 1_000 - age);
      if (age <= 20) kept.push(path.basename(folder));
    }
    await clearLeftovers([place]);
    expect((await readdir(place)).toSorted()).toEqual(kept.toSorted());
  });

  it.runIf(isRoot)('ignores the leftovers of other users', async () => {
    const folder = await left(`${PREFIX}${aDead()}`);
    await chown(folder, SOMEBODY_ELSE, SOMEBODY_ELSE);
    await clearLeftovers([place]);
    expect(await readdir(place)).toEqual([path.basename(folder)]);
  });

  it.each([
    [
      'has too little room',
      () => place,
      2 ** 40,
      /^\S+ has \d+ MB left, and tests need 1099511627776 there: free some/,
    ],
    [
      'is not there',
      () => path.join(place, 'nowhere'),
      1,
      /^Nothing can be written in \S+, where tests keep/,
    ],
  ])('says in one sentence that its folder %s', async (_, folder, megabytes, sentence) => {
    await expect(hasRoom(folder(), megabytes)).rejects.toThrow(sentence);
    await hasRoom(place, 0);
  });
});
