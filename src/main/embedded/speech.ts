import { linesOn } from '../../base/index.ts';

const QUIET_MS = 10_000;
const CLEAR = '\r\u001B[2K';

/** Where the output of a start is written. */
interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly write: (text: string) => unknown;
}

/**
 * Wraps a terminal so that a write never waits: a terminal that was stopped (Ctrl-S, a connection that hangs) takes
 * nothing.
 */
export function nonBlocking(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'> & { readonly fd: number },
): Output {
  const lines = linesOn(stream.fd);
  return {
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns;
    },
    write: (text) => lines.write(text),
  };
}

/** Writes the output of a start to a terminal or into a file: lines that stay, and one that the next overwrites. */
export function speechOn(output: Output, monotonic: () => number = () => performance.now()) {
  let isOpen = false;
  let quietUntil = Number.NEGATIVE_INFINITY;
  return {
    tell: (line: string): void => {
      output.write(`${isOpen ? CLEAR : ''}${line}\n`);
      isOpen = false;
    },
    /** Writes progress: on a terminal over the last line, elsewhere a line every ten seconds. */
    progress: (line: string): void => {
      if (output.isTTY === true) {
        // A longer line would wrap, and could not be written over.
        output.write(`${CLEAR}${line.slice(0, (output.columns ?? 80) - 1)}`);
        isOpen = true;
      } else if (monotonic() >= quietUntil) {
        output.write(`${line}\n`);
        quietUntil = monotonic() + QUIET_MS;
      }
    },
  };
}
