import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { aSmallDisk, mayMount } from '../support/small-disk.ts';

const script = fileURLToPath(new URL('full-log.ts', import.meta.url));

describe.skipIf(!mayMount)('a process whose log disk is full', () => {
  it('goes on, ends when told to, and logs again when there is room', async () => {
    const disk = aSmallDisk('16m');
    const file = path.join(disk.folder, 'api.log');
    const log = openSync(file, 'a');
    const child = spawn(process.execPath, [script], { stdio: ['pipe', log, 'pipe'] });
    closeSync(log);
    const { stdin, stderr } = child;
    if (stdin === null || stderr === null) throw new Error('it has no pipes');
    let lines = 0;
    stderr.on('data', (said: Buffer) => (lines = Number(said.toString().trim().split(/\s/).at(-2))));
    const linesAfter = async (count: number): Promise<void> => {
      // What it said while the disk was filled has come before this.
      await once(stderr, 'data');
      const wanted = lines + count;
      await expect.poll(() => lines, { timeout: 20_000 }).toBeGreaterThan(wanted);
    };
    await linesAfter(100);
    disk.fill();
    await linesAfter(20_000);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    const before = lines;
    disk.free();
    const lastKept = (): number => Number(readFileSync(file, 'utf8').match(/.*"line":(\d+),/s)?.[1]);
    await expect.poll(lastKept, { timeout: 20_000 }).toBeGreaterThan(before);
    disk.fill();
    await linesAfter(5_000);
    stdin.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
