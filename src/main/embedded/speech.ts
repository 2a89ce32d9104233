import { linesOn } from '../../base/index.ts';

const QUIET_MS = 10_000;
const CLEAR = '\r\u001B[2K';

/** The output of a start: lines that stay, and one that the next overwrites. */
export interface Speech {
  readonly tell: (line: string) => void;
  /** On a terminal the last line, rewritten; elsewhere a line now and then. */
  readonly progress: (line: string) => void;
}

/** The parts of a stream that output needs. */
export interface Voice {
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

/** Writes to a terminal or into a file. */
export function speechOn(voice: Voice, monotonic: () => number = () => performance.now()): Speech {
  let isOpen = false;
  let quietUntil = Number.NEGATIVE_INFINITY;
  return {
    tell: (line) => {
      voice.write(`${isOpen ? CLEAR : ''}${line}\n`);
      isOpen = false;
    },
    progress: (line) => {
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
