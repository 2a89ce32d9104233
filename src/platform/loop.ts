import { setTimeout as pause } from 'node:timers/promises';
import { faultOf, type Log } from './log.ts';

/** Work that is repeated in turns. */
export interface LoopOptions {
  readonly name: string;
  readonly everyMs: number;
  /** True when `everyMs` counts from the beginning of a turn; otherwise from its end. */
  readonly isSteady?: true;
  /** True when this process may take the turn; absent for loops that every process runs. */
  readonly mayRun?: () => Promise<boolean>;
  /** Does one turn; returns true when the next turn should begin at once. */
  readonly work: () => Promise<boolean | void>;
  readonly log: Log;
}

/** A running loop. */
export interface Loop {
  /** Starts the next turn at once. */
  poke(): void;
  /** Resolves once the turn under way has ended. */
  stop(): Promise<void>;
}

const RETRY_MS = 1_000;

/** Starts a loop; a failed turn is logged once, and retried at the next. */
export function startLoop(options: LoopOptions): Loop {
  const stopping = new AbortController();
  let poked = Promise.withResolvers<void>();
  let failing = false;

  async function turn(): Promise<boolean> {
    try {
      if (options.mayRun !== undefined && !(await options.mayRun())) return false;
      const more = await options.work();
      if (failing) options.log.info({ loop: options.name }, 'loop recovered');
      failing = false;
      return more === true;
    } catch (error) {
      if (!failing)
        options.log.warn({ loop: options.name, fault: faultOf(error) }, 'loop failed; it is tried again');
      failing = true;
      return false;
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      poked = Promise.withResolvers();
      const began = performance.now();
      if (await turn()) continue;
      const spentMs = options.isSteady === true ? performance.now() - began : 0;
      const restMs = failing ? Math.min(RETRY_MS, options.everyMs) : Math.max(0, options.everyMs - spentMs);
      const waiting = pause(restMs, undefined, {
        signal: stopping.signal,
      }).catch(() => undefined);
      await Promise.race([poked.promise, waiting]);
    }
  }

  const ended = run();
  return {
    poke: () => {
      poked.resolve();
    },
    stop: async () => {
      stopping.abort();
      poked.resolve();
      await ended;
    },
  };
}
