import { pino, type DestinationStream, type Logger } from 'pino';
import { type LogLines, linesOn } from './log-lines.ts';

/** Lines of JSON with ids, codes and route templates; never a person. */
export type Log = Logger;

/** What a log may keep of a fault. */
export interface Fault {
  readonly name: string;
  readonly code?: string;
  readonly message?: string;
  /** Where in our sources, without the message. */
  readonly at: readonly string[];
  readonly cause?: Fault;
}

const STANDARD_OUTPUT = 1;
const FRAMES = 12;
const DEEPEST_CAUSE = 4;

let output: LogLines | undefined;

/** Standard output: a disk that is full, or a pipe that nobody reads, costs lines, and neither the process nor its end. */
function standardOutput(): LogLines {
  // Without a listener a process dies of a word that has no room: one of Temporal's, or a second of some library.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return linesOn(STANDARD_OUTPUT);
}

/** Opens the log of one process; standard output unless told otherwise. */
export function openLog(
  options: { readonly level: string; readonly process: string },
  to: DestinationStream = (output ??= standardOutput()),
): Log {
  return pino({ level: options.level, base: { process: options.process, pid: process.pid } }, to);
}

/** A fault without what it may quote: values, numbers, statements. */
export function faultOf(error: unknown, depth = 0): Fault {
  if (!(error instanceof Error)) return { name: typeof error, at: [] };
  const code = codeOf(error);
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    ...(quotesData(error) ? {} : { message: withoutValues(error.message) }),
    at: framesOf(error),
    ...(error.cause === undefined || depth >= DEEPEST_CAUSE
      ? {}
      : { cause: faultOf(error.cause, depth + 1) }),
  };
}

/** PostgreSQL quotes the row at fault, an ORM the statement, zod the input, a parser of JSON what it met. */
function quotesData(error: Error): boolean {
  return (
    'severity' in error ||
    'issues' in error ||
    error instanceof SyntaxError ||
    /Exception$|^Zod/.test(error.name)
  );
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' && /^[\w.-]{1,40}$/.test(error.code)
    ? error.code
    : undefined;
}

function withoutValues(message: string): string {
  return message
    .replaceAll(/"[^"]*"|'[^']*'|`[^`]*`|«[^»]*(?:»|$)/g, '…')
    .replaceAll(/\+?\d[\d .-]{3,}/g, '…')
    .slice(0, 300);
}

function framesOf(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n').map((line) => line.trim());
  return lines.filter((line) => /^at .*:\d+:\d+\)?$/.test(line)).slice(0, FRAMES);
}
