import { write, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** Bytes that may wait to be written; lines beyond them are lost. */
const MOST_WAITING = 1_000_000;
const TRIES_AGAIN_MS = 100;
/** How often an ending process tries to write to a pipe whose reader is slow. */
const LAST_TRIES = 10;
const BETWEEN_TRIES_MS = 20;
/** Milliseconds after which a write counts as held up, by a stopped terminal or a disk that does not answer. */
const HELD_UP_MS = 2_000;
const NOTHING = Buffer.alloc(0);

/**
 * Writes lines to a file or a pipe without making anybody wait: when it takes no more, lines are lost. On a full disk,
 * or with a pipe that nobody reads, a line neither ends the process nor delays its end.
 */
export class LogLines implements DestinationStream {
  readonly #fd: number;
  #waiting: Buffer[] = [];
  /** The unwritten rest of the write under way. */
  #begun = NOTHING;
  #bytes = 0;
  #begunAt = 0;
  #state: 'idle' | 'writing' | 'pausing' = 'idle';

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#bytes + bytes.length > MOST_WAITING) return;
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    if (this.#state === 'idle') this.#next();
  }

  /** Writes the waiting lines before it returns, as far as the file or pipe takes them. */
  flushSync(): void {
    // The lines of a write under way are left to it.
    const isWriting = this.#state === 'writing';
    const all = isWriting ? this.#waiting : [this.#begun, ...this.#waiting];
    const rest = writtenAtOnce(this.#fd, Buffer.concat(all));
    if (!isWriting) this.#begun = NOTHING;
    this.#waiting = rest.length > 0 ? [rest] : [];
    this.#bytes = this.#begun.length + rest.length;
  }

  /**
   * Writes the last lines of a process. While a write is held up it kills the process, since Node would wait for the
   * write.
   */
  end(): void {
    const isHeldUp = this.#state === 'writing' && performance.now() - this.#begunAt > HELD_UP_MS;
    if (isHeldUp) process.kill(process.pid, 'SIGKILL');
    else this.flushSync();
  }

  #next(): void {
    if (this.#begun.length === 0) this.#begun = Buffer.concat(this.#waiting.splice(0));
    this.#state = this.#begun.length === 0 ? 'idle' : 'writing';
    if (this.#state === 'idle') return;
    this.#begunAt = performance.now();
    write(this.#fd, this.#begun, (error, written) => {
      if (error !== null) return this.#pause();
      this.#begun = this.#begun.subarray(written);
      this.#bytes -= written;
      this.#next();
    });
  }

  #pause(): void {
    this.#state = 'pausing';
    setTimeout(() => this.#next(), TRIES_AGAIN_MS).unref();
  }
}

/** Opens a log on a file descriptor; the last lines are written when the process exits. */
export function linesOn(fd: number): LogLines {
  const lines = new LogLines(fd);
  process.once('exit', () => lines.end());
  return lines;
}

/** Writes synchronously what the file takes, and returns the rest. */
function writtenAtOnce(fd: number, bytes: Buffer): Buffer {
  let rest = bytes;
  for (let failed = 0; rest.length > 0 && failed < LAST_TRIES;)
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (cause) {
      // writeSync throws an ErrnoException. Only a pipe whose reader is slow is worth another try.
      if ((cause as NodeJS.ErrnoException).code !== 'EAGAIN') break;
      failed += 1;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_TRIES_MS);
    }
  return rest;
}
