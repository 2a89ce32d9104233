import { type FileHandle, open, rename, stat } from 'node:fs/promises';

// One older file is kept beside: a program that fails in a loop cannot fill the disk with its restarts.
const LARGEST_BYTES = 20 * 1024 * 1024;

/** Opens a log to append to, setting a large one aside first. */
export async function openLog(file: string): Promise<FileHandle> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LARGEST_BYTES) await rename(file, `${file}.1`);
  return open(file, 'a', 0o600);
}
