import { statfs } from 'node:fs/promises';

/**
 * File systems that show every process at once what another one wrote, by Linux's magic number. Not NFS, which
 * caches names and sizes for up to a minute, nor unknown ones.
 */
const AT_ONCE: ReadonlySet<number> = new Set([
  // File systems of one machine: ext, XFS, Btrfs, F2FS, ZFS, bcachefs, tmpfs, overlay.
  0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1, 0xca451a4e, 0x01021994, 0x794c7630,
  // File systems that several machines share: CephFS, GFS2, OCFS2, Lustre, Spectrum Scale.
  0x00c36400, 0x01161970, 0x7461636f, 0x0bd00bd0, 0x47504653,
]);

/**
 * Says whether processes that share this folder see each other's writes at once, so that one may vouch for what it
 * read in another's journal.
 */
export async function isSeenAtOnce(folder: string): Promise<boolean> {
  try {
    return isKindSeenAtOnce((await statfs(folder)).type);
  } catch {
    return false;
  }
}

/** The same, by the number of the file system; some are given as signed. */
export const isKindSeenAtOnce = (kind: number): boolean => AT_ONCE.has(kind >>> 0);
