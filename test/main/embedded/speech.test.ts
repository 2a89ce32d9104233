import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { showReport, type ImportProgress } from '../../../src/main/embedded/processes.ts';
import { speechOn } from '../../../src/main/embedded/speech.ts';
import { importProgress } from '../../../src/main/worker/activity-ports.ts';

/** A program that gives another one a terminal. */
const TERMINALS = '/usr/bin/script';

function heard(voice: { isTTY?: boolean; columns?: number }) {
  const said: string[] = [];
  let now = 0;
  const speech = speechOn({ ...voice, write: (text) => said.push(text) }, () => now);
  return { ...speech, said: () => said.join(''), wait: (ms: number) => (now += ms) };
}

describe('a start', () => {
  it('overwrites progress on a terminal line', () => {
    const { tell, progress, said } = heard({ isTTY: true, columns: 12 });
    progress('10 % of many more');
    progress('20 %');
    tell('done');
    expect(said()).toBe('\r\u001B[2K10 % of man\r\u001B[2K20 %\r\u001B[2Kdone\n');
  });

  it('writes progress on separate lines in a file', () => {
    const { tell, progress, wait, said } = heard({});
    for (let second = 0; second < 25; second += 1) {
      progress(`${second} %`);
      wait(1_000);
    }
    tell('done');
    expect(said()).toBe('0 %\n10 %\n20 %\ndone\n');
  });

  it.runIf(existsSync(TERMINALS) && existsSync('/proc/self/stat'))(
    'goes on while its terminal is stopped',
    async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'speech-'));
      const wentOn = path.join(folder, 'went-on');
      const program = fileURLToPath(new URL('speaks-on.ts', import.meta.url));
      const order = [process.execPath, program, wentOn].map((word) => `'${word}'`).join(' ');
      // Nobody reads what it shows.
      const terminal = spawn(TERMINALS, ['-qec', order, '/dev/null'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      onTestFinished(() => {
        terminal.kill('SIGKILL');
        rmSync(folder, { recursive: true });
      });
      const said = (): string => (existsSync(wentOn) ? readFileSync(wentOn, 'utf8') : '');
      await expect.poll(said).not.toBe('');
      const pid = said();
      process.kill(Number(pid), 'SIGTERM');
      // Whoever gave it the terminal is held up too, and may look after no process that ended.
      const stat = `/proc/${pid}/stat`;
      await expect.poll(() => !existsSync(stat) || readFileSync(stat, 'utf8').includes(') Z ')).toBe(true);
    },
  );
});

describe('an import', () => {
  const told: ImportProgress[] = [];
  let now = 0;
  const follow = importProgress(
    (progress) => told.push(progress),
    () => now,
  );
  const step = (atMs: number, rows: number, share: number): void => {
    now = atMs;
    follow({ importId: 'one', rows, share, isLast: share === 1 });
  };

  it('of two seconds reports nothing', () => {
    step(0, 200, 0.2);
    step(2_000, 800, 1);
    expect(told).toEqual([]);
  });

  it('of some time reports progress each second', () => {
    step(10_000, 0, 0);
    for (let ms = 250; ms <= 5_000; ms += 250) step(10_000 + ms, 500, ms / 10_000);
    expect(told.length).toBe(3);
    expect(told[0]).toEqual({ kind: 'reading', rows: 6_000, perSecond: 2_000, secondsLeft: 7 });
    step(20_000, 0, 1);
    expect(told.at(-1)).toEqual({ kind: 'read', rows: 10_000, seconds: 10 });
  });

  it('is shown in words, without other events', () => {
    const lines: string[] = [];
    const show = (report: unknown): void =>
      showReport(report, { tell: (line) => lines.push(line), progress: (line) => lines.push(`… ${line}`) });
    show({ kind: 'reading', rows: 120_000, perSecond: 8_400, secondsLeft: 35 });
    show({ kind: 'read', rows: 200_000, seconds: 240 });
    show({ kind: 'reading', rows: 'Jeanne', file: 'clients.csv' });
    show('+33612345678');
    expect(lines).toEqual([
      '… Reading an import: 120,000 rows, 8,400 a second, 35 s left.',
      'An import is read: 200,000 rows in 4 min.',
    ]);
  });
});
