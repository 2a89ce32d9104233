import { linesOn } from '../../base/index.ts';

const QUIET_MS = 10_000;
const CLEAR = '\r\u001B[2K';

/** The parts of a stream that output needs. */
interface Voice {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly write: (text: string) => unknown;
}

/** Wraps a terminal so that writes never wait: one that was stopped (Ctrl-S, a connection that hangs) takes nothing. */
export function nonBlocking(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'> & { readonly fd: number },
): Voice {
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
export function speechOn(voice: Voice, monotonic: () => number = () => performance.now()) {
  let isOpen = false;
  let quietUntil = Number.NEGATIVE_INFINITY;
  return {
    tell: (line: string): void => {
      voice.write(`${isOpen ? CLEAR : ''}${line}\n`);
      isOpen = false;
    },
    /** On a terminal the last line, rewritten; elsewhere a line now and then. */
    progress: (line: string): void => {
      if (voice.isTTY === true) {
        // A longer line would wrap, and no longer be one that can be written over.
        voice.write(`${CLEAR}${line.slice(0, (voice.columns ?? 80) - 1)}`);
        isOpen = true;
      } else if (monotonic() >= quietUntil) {
        voice.write(`${line}\n`);
        quietUntil = monotonic() + QUIET_MS;
      }
    },
  };
}
