import { createHash } from 'node:crypto';
import { lstat, readlink, symlink, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CannotStart } from '../../platform/errors.ts';

// sockaddr_un holds 108 bytes, the last of them a zero.
const LONGEST_SOCKET_PATH = 107;
const SOCKET_NAME = '.s.PGSQL.5432';

function fits(folder: string): boolean {
  return Buffer.byteLength(path.join(folder, SOCKET_NAME)) <= LONGEST_SOCKET_PATH;
}

async function isOurLink(link: string, target: string): Promise<boolean> {
  const found = await lstat(link).catch(() => undefined);
  if (found === undefined) return false;
  if (!found.isSymbolicLink() || found.uid !== process.getuid?.()) {
    throw new CannotStart(`${link} is in the way of the database's socket: remove it and start again.`);
  }
  if ((await readlink(link)) === target) return true;
  await unlink(link);
  return false;
}

/** Answers a path to the data folder short enough for a socket's name. */
export async function socketFolder(dataFolder: string): Promise<string> {
  if (fits(dataFolder)) return dataFolder;
  const name = `bonheure-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)}`;
  const link = [tmpdir(), '/tmp'].map((place) => path.join(place, name)).find((place) => fits(place));
  if (link === undefined) {
    throw new CannotStart(
      `The data folder's path is too long for a socket: set BONHEURE_DATA to a shorter one.`,
    );
  }
  if (!(await isOurLink(link, dataFolder))) await symlink(dataFolder, link);
  return link;
}
