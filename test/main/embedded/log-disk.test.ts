import { spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openLogFile } from '../../../src/main/embedded/leashed.ts';
import { aSmallDisk, mayMount } from '../../support/small-disk.ts';

const logsOn = fileURLToPath(new URL('full-log.ts', import.meta.url));
const saysMuch = fileURLToPath(new URL('log-words.ts', import.meta.url));
/** A file that takes nothing, as a full disk does. */
const FULL = '/dev/full';
const ENDS_WITHIN_MS = 20_000;

/** How a process ended that says much; undefined where it had to be killed. */
async function ending(manner: string, stdio: StdioOptions): Promise<number | null> {
  const child = spawn(process.execPath, [saysMuch, manner], {
    stdio,
    timeout: ENDS_WITHIN_MS,
  });
  // 'exit', not 'close': nobody reads what it says.
  const [code] = (await once(child, 'exit')) as [number | null];
  child.stdout?.destroy();
  child.stderr?.destroy();
  return code;
}

describe.each(['at once', 'later'])('a process that ends %s, whose words nobody takes', (manner) => {
  it.skipIf(!existsSync(FULL))('ends normally on a full disk', async () => {
    const log = openSync(FULL, 'w');
    expect(await ending(manner, ['ignore', log, log])).toBe(3);
    closeSync(log);
  });

  it('ends normally when nobody reads', async () => {
    expect(await ending(manner, ['ignore', 'pipe', 'pipe'])).toBe(3);
  });

  it('is written whole where space is free', async () => {
    const { folder } = aSmallDisk('16m');
    const file = path.join(folder, 'api.log');
    const log = openSync(file, 'w');
    expect(await ending(manner, ['ignore', log, 'ignore'])).toBe(3);
    closeSync(log);
    const told = readFileSync(file, 'utf8')
      .match(/(?<="line":)\d+/g)
      ?.map(Number);
    // At its end two threads write.
    const inOrder = told?.toSorted((one, other) => one - other);
    expect(inOrder?.length).toBeGreaterThan(1_000);
    expect(inOrder).toEqual(inOrder?.map((_, line) => line));
  });
});

describe.skipIf(!mayMount)('a process whose log disk is full', () => {
  it('goes on, ends, and logs again with space', async () => {
    const disk = aSmallDisk('16m');
    const file = path.join(disk.folder, 'api.log');
    const log = openSync(file, 'a');
    const child = spawn(process.execPath, [logsOn], { stdio: ['pipe', log, 'pipe'] });
    closeSync(log);
    const { stdin, stderr } = child;
    if (stdin === null || stderr === null) throw new Error('it has no pipes');
    let lines = 0;
    stderr.on('data', (said: Buffer) => (lines = Number(said.toString().trim().split(/\s/).at(-2))));
    const linesAfter = async (count: number): Promise<void> => {
      // What it said while the disk was filled has come before this.
      await once(stderr, 'data');
      const wanted = lines + count;
      await expect.poll(() => lines).toBeGreaterThan(wanted);
    };
    await linesAfter(100);
    disk.fill();
    await linesAfter(20_000);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    const before = lines;
    disk.free();
    const kept = (): readonly number[] =>
      (readFileSync(file, 'utf8').match(/^.*}$/gm) ?? []).map(
        (line) => (JSON.parse(line) as { line: number }).line,
      );
    await expect.poll(() => kept().at(-1)).toBeGreaterThan(before);
    const lasting = kept();
    expect(lasting.every((line, n) => n === 0 || line > (lasting[n - 1] ?? line))).toBe(true);
    disk.fill();
    await linesAfter(5_000);
    stdin.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('restarts without space for a new log', async () => {
    const { folder } = aSmallDisk('32m,nr_inodes=2');
    const file = path.join(folder, 'api.log');
    writeFileSync(file, Buffer.alloc(21 * 1_024 * 1_024));
    const log = await openLogFile(file);
    expect((await log.stat()).size).toBe(21 * 1_024 * 1_024);
    await log.close();
  });
});
