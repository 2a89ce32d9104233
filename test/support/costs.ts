import { readFileSync } from 'node:fs';

/** Where the time of one test file went, in milliseconds. */
export interface FileCosts {
  /** From the first of its hooks to the last. */
  readonly wall: number;
  /** Its own code ran: the event loop was not idle. */
  readonly computing: number;
  /** Databases were cloned for it. */
  readonly cloning: number;
  /** A pause that its own code asked for was pending, and nothing above. */
  readonly sleeping: number;
  /** The rest: PostgreSQL, Temporal, operators or processes were waited for. */
  readonly waiting: number;
  /** Processor time of the process that runs the file, all threads. */
  readonly processor: number;
  /** Processor time of processes that the file started and that have ended. */
  readonly started: number;
}

declare module 'vitest' {
  interface TaskMeta {
    costs?: FileCosts;
  }
}

/** The name under which the cloning of a database is noted. */
export const CLONING = 'cloning a database';

const TICK_MS = 10;

/** Processor time of a process and of its ended children, as the kernel counts it; nothing where there is no /proc. */
export function processorTimes(pid: number | 'self'): { readonly own: number; readonly ended: number } {
  let text = '';
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return { own: 0, ended: 0 };
  }
  // The second field is a name in parentheses, which may hold spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [own = 0, system = 0, ended = 0, endedSystem = 0] = fields.slice(11, 15).map(Number);
  return { own: (own + system) * TICK_MS, ended: (ended + endedSystem) * TICK_MS };
}
