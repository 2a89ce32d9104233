import { open, rm, stat, unlink, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { instant, type Clock } from '../clock.ts';
import { sealBytes } from '../../crypto/index.ts';
import { Refusal } from '../errors.ts';
import { faultOf, type Log } from '../log.ts';
import { frameOf, placeOfEntry, type JournalKeys } from './entry.ts';
import {
  dayOf,
  fileName,
  syncFolder,
  type ProcessFolder,
  BEGINNING,
  type Position,
} from './process-folder.ts';

/** Entries that share one sync of the file, so that a flood waits for the disk and not for a sync of each. */
const MOST_AT_ONCE = 1_000;
/** Bytes after which another file is begun, since a file is read into memory as a whole. */
const LARGEST_FILE = 16 * 1_024 * 1_024;
/** Bytes of the trial file: more than most entries have, so that where it fits the next entry does. */
const TRIED_BYTES = 4_096;
const TRIED = 'tried';

export interface WriterDeps {
  readonly folder: ProcessFolder;
  readonly keys: JournalKeys;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when another process has taken the folder over, so that nobody would read what is written here. */
  readonly lost: () => void;
}

interface Waiting {
  readonly text: string;
  readonly kept: (at: Position) => void;
  readonly failed: (refusal: Refusal) => void;
}

interface OpenFile {
  readonly name: string;
  readonly handle: FileHandle;
  size: number;
}

/** Appends entries to the files of a folder; all entries that wait are written together, with one sync. */
export class JournalWriter {
  readonly #deps: WriterDeps;
  readonly #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #file: OpenFile | undefined;
  /** The day of the last file that was begun, and its number within that day. */
  #begun = { day: '', number: 0 };
  #end: Position = BEGINNING;
  #fault: string | undefined;

  constructor(deps: WriterDeps) {
    this.#deps = deps;
  }

  /** The end of the last entry on disk. */
  get end(): Position {
    return this.#end;
  }

  /** The system's error code of the last write; undefined once one has succeeded. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Writes and removes a trial file, to see whether the disk takes writes again. */
  async tryOut(): Promise<void> {
    const file = path.join(this.#deps.folder.path, TRIED);
    try {
      const handle = await open(file, 'w', 0o600);
      try {
        await handle.writeFile(Buffer.alloc(TRIED_BYTES, 1));
        await handle.datasync();
      } finally {
        await handle.close();
      }
      this.#fault = undefined;
      this.#deps.log.info('the opt-out journal can be written again');
    } catch (error) {
      this.#fault = codeOf(error);
    } finally {
      await rm(file, { force: true }).catch(() => undefined);
    }
  }

  /**
   * Appends an entry; resolves with its position once it is on disk, and refuses with JOURNAL_UNAVAILABLE when it
   * cannot be written. `kept` is called in the same turn in which `end` moves behind the entry.
   */
  append(text: string, kept: (at: Position) => unknown): Promise<Position> {
    const { promise, resolve, reject } = Promise.withResolvers<Position>();
    this.#waiting.push({
      text,
      kept: (at) => {
        kept(at);
        resolve(at);
      },
      failed: reject,
    });
    this.#writing ??= this.#writeAll();
    return promise;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#leaveFile();
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) await this.#writeSome(this.#waiting.splice(0, MOST_AT_ONCE));
    this.#writing = undefined;
  }

  async #writeSome(batch: readonly Waiting[]): Promise<void> {
    try {
      const { places, end } = await this.#write(batch.map(({ text }) => text));
      this.#fault = undefined;
      this.#end = end;
      for (const [index, { kept }] of batch.entries()) kept(places[index] ?? end);
    } catch (error) {
      if (this.#fault === undefined)
        this.#deps.log.error({ fault: faultOf(error) }, 'the opt-out journal cannot be written');
      this.#fault = codeOf(error);
      // A failed write may leave a torn frame, after which nothing may be written.
      await this.#leaveFile();
      for (const { failed } of batch) failed(new Refusal('JOURNAL_UNAVAILABLE'));
    }
  }

  async #write(
    texts: readonly string[],
  ): Promise<{ readonly places: readonly Position[]; readonly end: Position }> {
    const file = await this.#currentFile();
    const frames: Buffer[] = [];
    const places: Position[] = [];
    let byte = file.size;
    for (const text of texts) {
      const at = { file: file.name, byte };
      const place = placeOfEntry(this.#deps.folder.processId, at);
      const frame = frameOf(sealBytes(this.#deps.keys.current, place, text));
      frames.push(frame);
      places.push(at);
      byte += frame.length;
    }
    await writeWhole(file, Buffer.concat(frames));
    await file.handle.datasync();
    await this.#checkStillOurs(file);
    file.size = byte;
    return { places, end: { file: file.name, byte } };
  }

  /** Throws when another process has taken the folder over, as it may after this one was silent for long. */
  async #checkStillOurs({ name, handle }: OpenFile): Promise<void> {
    const [there, here] = await Promise.all([
      stat(path.join(this.#deps.folder.path, name)).catch(() => undefined),
      handle.stat(),
    ]);
    if (there?.ino === here.ino) return;
    this.#deps.lost();
    throw new JournalTakenOver('another process took this journal over');
  }

  async #currentFile(): Promise<OpenFile> {
    const day = instant(this.#deps.clock.machine()).toISODate();
    const current = this.#file;
    if (current !== undefined && current.size < LARGEST_FILE && dayOf(current.name) >= day) return current;
    await this.#leaveFile();
    this.#file = await this.#newFile(day);
    await syncFolder(this.#deps.folder.path);
    return this.#file;
  }

  async #newFile(day: string): Promise<OpenFile> {
    // After the clock was set back, a new file must still sort after the last one.
    const isLater = day > this.#begun.day;
    const begun = isLater ? { day, number: 1 } : { ...this.#begun, number: this.#begun.number + 1 };
    const name = fileName(begun.day, begun.number);
    const handle = await open(path.join(this.#deps.folder.path, name), 'wx', 0o600);
    // Set once the file exists, so that thousands of failures on a full disk do not use up the numbers of the day.
    this.#begun = begun;
    return { name, handle, size: 0 };
  }

  async #leaveFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close().catch(() => undefined);
    if (file?.size !== 0) return;
    const isGone = await unlink(path.join(this.#deps.folder.path, file.name)).then(
      () => true,
      () => false,
    );
    if (isGone) this.#begun = { ...this.#begun, number: this.#begun.number - 1 };
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';

async function writeWhole(file: OpenFile, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.handle.write(bytes, done, bytes.length - done, file.size + done);
    done += bytesWritten;
  }
}

class JournalTakenOver extends Error {
  override readonly name = 'JournalTakenOver';
}
