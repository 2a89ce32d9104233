import { readdir, readFile, readlink } from 'node:fs/promises';

/** The TCP ports on which a process listens, as Linux tells them. */
export async function listening(pid: number): Promise<number[]> {
  const open = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(open.map((one) => readlink(`/proc/${pid}/fd/${one}`).catch(() => '')));
  const rows = (await readFile(`/proc/${pid}/net/tcp`, 'utf8')).split('\n').slice(1);
  return rows.flatMap((row) => {
    const [, local = '', , state, , , , , , inode] = row.trim().split(/\s+/);
    const isIts = state === '0A' && links.includes(`socket:[${inode}]`);
    return isIts ? [Number.parseInt(local.split(':')[1] ?? '', 16)] : [];
  });
}
