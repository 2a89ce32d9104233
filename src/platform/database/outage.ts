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
/** Messages of the driver, which has no codes for these. */
const DRIVER_MESSAGES =
  /^Connection terminated|^timeout exceeded when trying to connect|^Client has encountered a connection error/;

/** SQL states of a connection that the server ended because its process was silent within a transaction. */
const SILENT = /^25P0[34]$/;
/** SQL states of a deadlock and of a failed serialization: the server undid this transaction in favour of another. */
const ENDED_FOR_OTHERS = /^(?:40P01|40001)$/;
const MOST_TIMES = 3;

/**
 * Returns the code of the refusal when the database was away or gave up the transaction; undefined for any other
 * error.
 */
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
 * Runs a transaction, and runs it again when the server ended it in favour of another; three times at most. `work` is
 * one whole transaction. `mayRepeat` returns false once the work had effects outside of it, which a second run would
 * repeat.
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
 * The cause of a failed write: the database cannot be reached, the row is locked, the database is busy, or it refuses
 * the data. Deadlocks, time-outs, full disks and any cause outside the data count as `busy`: a retry may succeed.
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
    // Only errors of PostgreSQL itself have a severity.
    if ('severity' in next) return { fault: OF_THE_DATA.test(code) ? 'refused' : 'busy', code };
    next = next.cause;
  }
  return { fault: 'refused' };
}

/** A cancelled statement may have waited for the lock of one row: the connection is still good. */
const OUT_OF_TIME = '57014';

function isDatabaseGone(error: Error): boolean {
  const code = codeOf(error);
  // ENOENT is a missing socket of PostgreSQL only in a call of the system.
  const isUnreachable = GONE.has(code) && ('syscall' in error || code !== 'ENOENT');
  return isUnreachable || UNAVAILABLE.test(code) || DRIVER_MESSAGES.test(error.message);
}
