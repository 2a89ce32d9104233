import type { RefusalCode } from '../errors.ts';

const DEEPEST_CAUSE = 5;

/** How a connection that is gone, or cannot be had, calls itself. */
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
/** 08 connection, 57P0x shutdown and start, 53300 too many clients, 57014 out of time. */
const UNAVAILABLE = /^(?:08...|57P0.|53300|57014)$/;
const SAID =
  /^Connection terminated|^timeout exceeded when trying to connect|^Client has encountered a connection error/;

/** The part of the instance that does not answer, when that is the fault. */
export function outageOf(error: unknown): RefusalCode | undefined {
  let next: unknown = error;
  for (let depth = 0; depth < DEEPEST_CAUSE && next instanceof Error; depth += 1) {
    if (isDatabaseGone(next)) return 'DATABASE_UNAVAILABLE';
    next = next.cause;
  }
  return undefined;
}

function isDatabaseGone(error: Error): boolean {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const ofSocket = 'syscall' in error && GONE.has(code);
  return (
    ofSocket || (GONE.has(code) && code !== 'ENOENT') || UNAVAILABLE.test(code) || SAID.test(error.message)
  );
}
