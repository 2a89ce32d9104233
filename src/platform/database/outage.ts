import type { RefusalCode } from '../errors.ts';

const DEEPEST_CAUSE = 5;

/** Codes of a connection that is gone or cannot be made. */
const GONE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOTCONN',
]);
/** SQL states: 08 connection, 57P0x shutdown and start, 53300 too many clients, 57014 out of time. */
const UNAVAILABLE = /^(?:08...|57P0.|53300|57014)$/;
const SAID =
  /^Connection terminated|^timeout exceeded when trying to connect|^Client has encountered a connection error/;

/** SQL states of a connection ended by the server because its process was silent within a transaction. */
const SILENT = /^25P0[34]$/;
/** Two transactions that waited for each other, or read each other's writes: the server ended this one and undid all of it. */
const ENDED_FOR_OTHERS = /^(?:40P01|40001)$/;
const MOST_TIMES = 3;

/** Returns the unavailable part of the instance, when that is the cause. */
export function outageOf(error: unknown): RefusalCode | undefined {
  let next: unknown = error;
  for (let depth = 0; depth < DEEPEST_CAUSE && next instanceof Error; depth += 1) {
    if (isDatabaseGone(next) || isEndedForOthers(next) || SILENT.test(codeOf(next)))
      return 'DATABASE_UNAVAILABLE';
    next = next.cause;
  }
  return undefined;
}

/**
 * Runs a transaction, and again when the server ended it for others; three times at most. `work` is one whole
 * transaction. A second run would repeat its effects outside of it: then `mayRepeat` says no.
 */
export async function throughContention<T>(
  work: () => Promise<T>,
  mayRepeat: () => boolean = () => true,
): Promise<T> {
  for (let times = 1; times < MOST_TIMES; times += 1)
    try {
      return await work();
    } catch (error) {
      if (!isEndedForOthers(error) || !mayRepeat()) throw error;
    }
  return work();
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const isEndedForOthers = (error: unknown): boolean => ENDED_FOR_OTHERS.test(codeOf(error));

/**
 * The causes of a failed write: the database is gone, was busy, or refuses the data. Locks, deadlocks, time-outs,
 * full disks and any cause outside the data end by themselves.
 */
export type WriteFault = 'gone' | 'locked' | 'busy' | 'refused';

const LOCKED = '55P03';
/** SQL states of the data: 22 data exceptions, 23 broken constraints; a retry fails alike. */
const OF_THE_DATA = /^2[23]...$/;

/** Classifies the error that prevented a write, with its SQL state if it has one. */
export function writeFaultOf(error: unknown): { readonly fault: WriteFault; readonly code?: string } {
  let next: unknown = error;
  for (let depth = 0; depth < DEEPEST_CAUSE && next instanceof Error; depth += 1) {
    const code = codeOf(next);
    if (code === OUT_OF_TIME) return { fault: 'busy', code };
    if (isDatabaseGone(next)) return { fault: 'gone' };
    if (code === LOCKED) return { fault: 'locked', code };
    // Only what PostgreSQL says has a severity.
    if ('severity' in next) return { fault: OF_THE_DATA.test(code) ? 'refused' : 'busy', code };
    next = next.cause;
  }
  return { fault: 'refused' };
}

/** A cancelled statement may have waited for the lock of one row: the connection is still good. */
const OUT_OF_TIME = '57014';

function isDatabaseGone(error: Error): boolean {
  const code = codeOf(error);
  const ofSocket = 'syscall' in error && GONE.has(code);
  return (
    ofSocket || (GONE.has(code) && code !== 'ENOENT') || UNAVAILABLE.test(code) || SAID.test(error.message)
  );
}
