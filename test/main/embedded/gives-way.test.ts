import { existsSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { describe, expect, it } from 'vitest';
import { startLeashed } from '../../../src/main/embedded/leashed.ts';

const order = {
  command: process.execPath,
  args: ['--eval', 'setInterval(() => undefined, 1_000)'],
  farewell: 'KILL',
  env: {},
  output: 1,
} as const;

/** How much lower than ours the priority of a process is, and that of its session where Linux weighs sessions. */
function lowerBy(pid: number): readonly number[] {
  const file = `/proc/${pid}/autogroup`;
  const ofSession = existsSync(file) ? [Number(/nice (-?\d+)/.exec(readFileSync(file, 'utf8'))?.[1])] : [];
  return [getPriority(pid) - getPriority(), ...ofSession];
}

describe('a child process', () => {
  it.each([
    ['that gives way', true, 5],
    ['that does not', false, 0],
  ])('%s has its priority', async (_, givesWay, lower) => {
    const child = await startLeashed({ ...order, givesWay });
    try {
      expect(new Set(lowerBy(child.pid))).toEqual(new Set([lower]));
    } finally {
      await child.stop('SIGKILL', 5_000);
    }
  });
});
