import { type FileHandle, open, rename, stat } from 'node:fs/promises';
import { devNull } from 'node:os';

// One older file is kept beside: a program that fails in a loop cannot fill the disk with its restarts.
const LARGEST_BYTES = 20 * 1024 * 1024;
/** Errors of a disk that is full, read-only or broken. */
const DISK_ERRORS: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO']);

/**
 * Opens a log to append to, setting a large one aside first. A disk that takes no new file does not prevent a
 * restart: the large one grows then, or there is no log.
 */
export async function openLogFile(file: string): Promise<FileHandle> {
  const older = `${file}.1`;
  let isAside = false;
  try {
    if (await isLarge(file)) {
      await rename(file, older);
      isAside = true;
    }
    return await opened(file);
  } catch (cause) {
    if (!DISK_ERRORS.has((cause as NodeJS.ErrnoException).code)) throw cause;
    if (isAside) await rename(older, file).catch(() => undefined);
    return opened(file).catch(() => open(devNull, 'a'));
  }
}

const opened = (file: string): Promise<FileHandle> => open(file, 'a', 0o600);

async function isLarge(file: string): Promise<boolean> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  return size > LARGEST_BYTES;
}
