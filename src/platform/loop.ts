import { setTimeout as pause } from 'node:timers/promises';
import { faultOf, type Log } from './log.ts';

/** Something done again and again, by at most one process of the instance. */
export interface LoopOptions {
  readonly name: string;
  readonly everyMs: number;
  /** Whether `everyMs` counts from the beginning of a turn, however long it took; else from its end. */
  readonly isSteady?: true;
  /** Whether it is this process's turn; absent for what every process does. */
  readonly mayRun?: () => Promise<boolean>;
  /** Answers whether more is waiting to be done at once. */
  readonly work: () => Promise<boolean>;
  readonly log: Log;
}

/** A loop that was started. */
export interface Loop {
  /** Does not wait for the next turn. */
  poke(): void;
  /** Resolves once the turn under way has ended. */
  stop(): Promise<void>;
}

const RETRY_MS = 1_000;

/** Starts a loop; a turn that fails is told once, and tried again at the next. */
export function startLoop(options: LoopOptions): Loop {
  const stopping = new AbortController();
  let poked = Promise.withResolvers<void>();
  let failing = false;

  async function turn(): Promise<boolean> {
    try {
      if (options.mayRun !== undefined && !(await options.mayRun())) return false;
      const more = await options.work();
      if (failing) options.log.info({ loop: options.name }, 'goes on');
      failing = false;
      return more;
    } catch (error) {
      if (!failing) options.log.warn({ loop: options.name, fault: faultOf(error) }, 'cannot go on for now');
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
