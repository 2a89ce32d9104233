// A setup file of every test file while test/support/where-time-goes.ts reports.
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { performance } from 'node:perf_hooks';
import { afterAll } from 'vitest';
import { CLONING, processorTimes } from './costs.ts';

/** A stretch of time, in milliseconds. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** Milliseconds within at least one of the spans. */
function covered(spans: readonly Span[]): number {
  let [total, end] = [0, 0];
  for (const { from, to } of [...spans].toSorted((one, other) => one.from - other.from)) {
    total += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return total;
}

/** Whether a test asked for the pause itself, other than to ask again soon whether something came true. */
function isOfTest(stack: string): boolean {
  const caller = stack
    .split('\n')
    .slice(1)
    .filter((line) => !/node:|file-costs|\bexecutor\b|new Promise/.test(line));
  return /\/test\//.test(caller[0] ?? '') && !/\buntil\b|node_modules/.test(caller.slice(0, 2).join(' '));
}

const sleeps: Span[] = [];

function noteSleep(ms: unknown): void {
  if (typeof ms !== 'number' || ms < 5) return;
  const { stack = '' } = new Error('where');
  const now = performance.now();
  if (isOfTest(stack)) sleeps.push({ from: now, to: now + ms });
}

type AnyFunction = (...args: never[]) => unknown;

/** The same function, which notes how long a pause its second or first argument asks for. */
function noting<F extends AnyFunction>(pause: F, place: number): F {
  return new Proxy(pause, {
    apply: (target, self, args: unknown[]): unknown => {
      noteSleep(args[place]);
      return Reflect.apply(target, self, args);
    },
  });
}

const NOTED = Symbol.for('bonheure.sleeps-are-noted');

function noteSleeps(): void {
  const timers = createRequire(import.meta.url)('node:timers/promises') as Record<PropertyKey, unknown>;
  if (timers[NOTED] === true) return;
  timers[NOTED] = true;
  timers['setTimeout'] = noting(timers['setTimeout'] as AnyFunction, 0);
  syncBuiltinESMExports();
  globalThis.setTimeout = noting(globalThis.setTimeout as AnyFunction, 1) as typeof setTimeout;
}

noteSleeps();
performance.clearMeasures(CLONING);
sleeps.length = 0;
const began = {
  at: performance.now(),
  loop: performance.eventLoopUtilization(),
  processor: process.cpuUsage(),
  ended: processorTimes('self').ended,
};

// Registered before every other hook of the file, so it runs after them.
// oxlint-disable-next-line no-empty-pattern -- vitest reads the pattern to know which fixtures are wanted
afterAll(({}, suite) => {
  const now = performance.now();
  const wall = now - began.at;
  const computing = performance.eventLoopUtilization(began.loop).active;
  const clones = performance
    .getEntriesByName(CLONING)
    .map(({ startTime, duration }) => ({ from: startTime, to: startTime + duration }));
  const pauses = sleeps.map(({ from, to }) => ({ from, to: Math.min(to, now) }));
  const cloning = Math.min(covered(clones), wall - computing);
  const sleeping = Math.min(covered([...clones, ...pauses]) - covered(clones), wall - computing - cloning);
  const { user, system } = process.cpuUsage(began.processor);
  suite.meta.costs = {
    wall,
    computing,
    cloning,
    sleeping,
    waiting: wall - computing - cloning - sleeping,
    processor: (user + system) / 1_000,
    started: processorTimes('self').ended - began.ended,
  };
});
