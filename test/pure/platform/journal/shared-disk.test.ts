import { describe, expect, it } from 'vitest';
import { isKindSeenAtOnce, isSeenAtOnce } from '../../../../src/platform/journal/process-folder.ts';

describe('whether what another process writes is seen at once', () => {
  it.each([
    ['ext4', 0xef53, true],
    ['btrfs, whose number may come as signed', 0x9123683e | 0, true],
    ['CephFS', 0x00c36400, true],
    ['NFS', 0x6969, false],
    ['9P', 0x01021997, false],
    ['FUSE, which may be anything', 0x65735546, false],
  ])('depends on the folder’s file system: %s', (_, kind, isSeen) => {
    expect(isKindSeenAtOnce(kind)).toBe(isSeen);
  });

  it('is not assumed where unknown', async () => {
    expect(await isSeenAtOnce('/nowhere')).toBe(false);
  });
});
