import { monitorEventLoopDelay } from 'node:perf_hooks';
import { instant, type Clock } from './clock.ts';
import type { Database } from './database/connection.ts';
import { noteFigures, type ProcessFigures } from './database/process.repository.ts';
import type { Log } from './log.ts';
import { startLoop, type Loop } from './loop.ts';

const EVERY_MS = 5_000;
const NANOSECONDS = 1e9;
/** The sampling interval of the monitor, which its delays include. */
const RESOLUTION_MS = 10;

/** The process that reports, and where its figures come from. */
export interface ReportingProcess {
  readonly id: string;
  readonly kind: 'api' | 'public' | 'worker';
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** True when it would mark a message now; absent for a process that marks none. */
  readonly gateOpen?: () => boolean;
  /** True when its opt-out journal cannot be written; absent for a process that keeps none. */
  readonly journalFails?: () => boolean;
  /** Writes further records with the figures, and once more at the end. */
  readonly besides?: () => Promise<void>;
}

/** Stores a process's figures every few seconds, for the metrics of the instance. */
export function tellFigures({
  id,
  kind,
  database,
  clock,
  log,
  gateOpen,
  journalFails,
  besides,
}: ReportingProcess): Loop {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const figures = (): ProcessFigures => {
    const { rss, heapUsed } = process.memoryUsage();
    const loopDelaySeconds = Math.max(0, delay.percentile(99) / NANOSECONDS - RESOLUTION_MS / 1_000);
    delay.reset();
    return {
      residentBytes: rss,
      heapBytes: heapUsed,
      loopDelaySeconds,
      connections: database.connections(),
      ...(gateOpen === undefined ? {} : { gateOpen: gateOpen() }),
      ...(journalFails?.() === true ? { journalFails: true } : {}),
    };
  };
  const work = async (): Promise<boolean> => {
    const at = instant(clock.machine()).toISO();
    const current = figures();
    await database.outside((tx) => noteFigures(tx, { id, kind, figures: current, at }));
    await besides?.();
    return false;
  };
  const loop = startLoop({ name: 'figures', everyMs: EVERY_MS, work, log });
  return {
    poke: () => loop.poke(),
    stop: async () => {
      delay.disable();
      await loop.stop();
      await besides?.().catch(() => undefined);
    },
  };
}
