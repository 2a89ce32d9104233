import { pino, type DestinationStream, type Logger } from 'pino';
import { type LogLines, linesOn } from '../base/index.ts';

/** A log of JSON lines with ids, codes and route templates; never of personal data. */
export type Log = Logger;

/** The parts of an error that a log may keep. */
export interface Fault {
  readonly name: string;
  readonly code?: string;
  readonly message?: string;
  /** Positions in our sources, without the message. */
  readonly at: readonly string[];
  readonly cause?: Fault;
}

const STANDARD_OUTPUT = 1;
const FRAMES = 12;
const DEEPEST_CAUSE = 4;

let output: LogLines | undefined;

/**
 * Opens standard output. On a full disk, or with a pipe that nobody reads, lines are lost: they neither end the
 * process nor delay its end.
 */
function standardOutput(): LogLines {
  // Temporal and other libraries write to the standard streams too: without a listener a failed write of theirs would
  // end the process.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return linesOn(STANDARD_OUTPUT);
}

/** Opens the log of one process, on standard output by default. */
export function openLog(
  options: { readonly level: string; readonly process: string },
  to: DestinationStream = (output ??= standardOutput()),
): Log {
  return pino({ level: options.level, base: { process: options.process, pid: process.pid } }, to);
}

/** Describes an error for a log, without what its message may quote: values, numbers, statements. */
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

/**
 * Says whether an error's message may quote data: PostgreSQL quotes the row, the ORM the statement, zod the input, and
 * a JSON parser the text.
 */
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
