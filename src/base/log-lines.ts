import { write, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** Bytes that may wait to be written; later lines are lost. */
const MOST_WAITING = 1_000_000;
const TRIES_AGAIN_MS = 100;
/** Attempts of an ending process to write to a pipe with a slow reader. */
const LAST_TRIES = 10;
const BETWEEN_TRIES_MS = 20;
/** Milliseconds after which a write is held up: by a stopped terminal, or a disk that does not answer. */
const HELD_UP_MS = 2_000;
const NOTHING = Buffer.alloc(0);

/**
 * Lines on their way to a file or a pipe: when it takes no more, lines are lost and nobody waits. A line neither
 * ends a process nor delays its end, on a full disk or with a pipe that nobody reads.
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
    // A batch that is being written can no longer be dropped.
    const isWriting = this.#state === 'writing';
    const all = isWriting ? this.#waiting : [this.#begun, ...this.#waiting];
    const rest = writtenAtOnce(this.#fd, Buffer.concat(all));
    if (!isWriting) this.#begun = NOTHING;
    this.#waiting = rest.length > 0 ? [rest] : [];
    this.#bytes = this.#begun.length + rest.length;
  }

  /** Writes the last lines of a process. While a write is held up only a signal ends it: node waits for its threads. */
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

/** Opens lines to a file descriptor; the last ones are written as the process ends. */
export function linesOn(fd: number): LogLines {
  const lines = new LogLines(fd);
  process.once('exit', () => lines.end());
  return lines;
}

/** Writes what the file takes at once and returns the rest. */
function writtenAtOnce(fd: number, bytes: Buffer): Buffer {
  let rest = bytes;
  for (let failed = 0; rest.length > 0 && failed < LAST_TRIES;)
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (cause) {
      // writeSync throws an ErrnoException. A pipe's reader may be about to read; a full disk does not empty by retrying.
      if ((cause as NodeJS.ErrnoException).code !== 'EAGAIN') break;
      failed += 1;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_TRIES_MS);
    }
  return rest;
}
