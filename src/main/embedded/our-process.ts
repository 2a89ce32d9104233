import { availableParallelism } from 'node:os';
import type { Running } from './kept-running.ts';
import { startLeashed } from './leashed.ts';
import { openLog } from './log-file.ts';

/** What is young in memory at most. */
const YOUNG_MIB = 32;

/** Of node's own; as many are never too few. */
const MOST_HELPERS = 4;

/** Helpers beyond the processors wait for each other in turn: a row of an import costs a tenth more of them. */
const helpers = Math.min(MOST_HELPERS, Math.max(1, availableParallelism() - 1));

/**
 * Half of what is young in memory: less is copied over and over while a thousand calls are in flight, more would stay.
 * What is old is gone through once it has doubled, where node would let it grow fourfold.
 */
export const heapFlags: readonly string[] = [
  `--max-semi-space-size=${YOUNG_MIB}`,
  '--heap-growing-percent=100',
  `--v8-pool-size=${helpers}`,
];

/**
 * What lies beside the heap, in two places: with one for each thread of node's, what one of them gives back is of no
 * use to the others, and an import holds 50 MiB more.
 */
export const heapEnvironment = { MALLOC_ARENA_MAX: '2' } as const;

/** One of our own processes: its main file, its settings, its log. */
export interface OurProcess {
  readonly entry: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: string;
  /** What is young in its memory at most, in MiB, where few calls are in flight. */
  readonly youngMiB?: number;
  /** Told what it reports meanwhile. */
  readonly heard?: (report: unknown) => void;
}

// The latter of two counts; all else alike, so that our processes read the same compiled code.
const youngFlag = ({ youngMiB }: OurProcess): readonly string[] =>
  youngMiB === undefined ? [] : [`--max-semi-space-size=${youngMiB}`];

/** Starts api, public server or worker; settings travel by environment, never by arguments. */
export async function startOurProcess(order: OurProcess): Promise<Running> {
  const log = await openLog(order.log);
  try {
    const child = await startLeashed({
      command: process.execPath,
      args: [...heapFlags, ...youngFlag(order), order.entry],
      // Everything it does survives that, and one that lingers would hold the port when we start again.
      farewell: 'KILL',
      env: { ...heapEnvironment, ...order.env },
      output: log.fd,
      ...(order.heard === undefined ? {} : { heard: order.heard }),
    });
    return {
      pid: child.pid,
      ended: child.ended,
      stop: (patienceMs) => child.stop('SIGTERM', patienceMs),
    };
  } finally {
    await log.close();
  }
}
