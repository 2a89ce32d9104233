import { keyedDigest, type VersionedKey } from '../../platform/index.ts';

/** A secret that nobody configures: the same after a restart, another for each account. */
export const sandboxSecret = (key: VersionedKey, account: string): string =>
  keyedDigest(key.key, `inbound|${account}`).toString('base64url');
