import { keyedDigest, type VersionedKey } from '../../platform/index.ts';

/** Derives a secret that needs no configuration: the same after a restart, another for each account. */
export const sandboxSecret = (key: VersionedKey, account: string): string =>
  keyedDigest(key.key, `inbound|${account}`).toString('base64url');
