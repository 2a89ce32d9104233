import { availableParallelism } from 'node:os';
import type { Running } from './kept-running.ts';
import { startLeashed } from './leashed.ts';
import { openLogFile } from './log-file.ts';

/** Limit of the young generation of the heap, in MiB. */
const YOUNG_MIB = 32;

/** Maximum of node's own helper threads; as many always suffice. */
const MOST_HELPERS = 4;

/** More helpers than processors wait for each other in turn: a row of an import costs a tenth more of them. */
const helpers = Math.min(MOST_HELPERS, Math.max(1, availableParallelism() - 1));

/**
 * Half the usual young generation: with less, data are copied over and over while a thousand calls are in flight;
 * with more, memory would stay. The old generation is collected once it has doubled, where node would let it grow
 * fourfold.
 */
export const heapFlags: readonly string[] = [
  `--max-semi-space-size=${YOUNG_MIB}`,
  '--heap-growing-percent=100',
  `--v8-pool-size=${helpers}`,
];

/**
 * Memory outside the heap has two arenas: with one for each thread, memory freed in one is of no use to the others,
 * and an import holds 50 MiB more.
 */
export const heapEnvironment = { MALLOC_ARENA_MAX: '2' } as const;

/** One of our own processes: main file, settings, log. */
export interface OurProcess {
  readonly entry: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: string;
  /** Limit of the young generation, in MiB, for a process with few calls in flight. */
  readonly youngMiB?: number;
  /** Called with each report of the child. */
  readonly onReport?: (report: unknown) => void;
}

// The latter of two counts; all else alike, so that our processes read the same compiled code.
const youngFlag = ({ youngMiB }: OurProcess): readonly string[] =>
  youngMiB === undefined ? [] : [`--max-semi-space-size=${youngMiB}`];

/** Starts api, public server or worker; settings are passed by environment, never by arguments. */
export async function startOurProcess(order: OurProcess): Promise<Running> {
  const log = await openLogFile(order.log);
  try {
    const child = await startLeashed({
      command: process.execPath,
      args: [...heapFlags, ...youngFlag(order), order.entry],
      // Everything it does survives that, and one that lingers would hold the port when we start again.
      farewell: 'KILL',
      env: { ...heapEnvironment, ...order.env },
      output: log.fd,
      ...(order.onReport === undefined ? {} : { onReport: order.onReport }),
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
