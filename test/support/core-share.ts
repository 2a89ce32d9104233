import { cpuUsage } from 'node:process';
import { performance } from 'node:perf_hooks';

const SAMPLE_MS = 100;

/** The share of a core (0 to 1) that a busy process is given here and now: 1 on a machine that has nothing else to do. */
export function coreShare(): number {
  const began = performance.now();
  const before = cpuUsage();
  while (performance.now() - began < SAMPLE_MS);
  const { user, system } = cpuUsage(before);
  return Math.min(1, (user + system) / 1_000 / (performance.now() - began));
}
