import type { VersionedKey } from '../crypto/cipher.ts';

/** The keys of the journal, derived from the key-encryption keys, so that no database is needed to read it. */
export interface JournalKeys {
  readonly current: VersionedKey;
  /** Returns the key of an earlier version, while its key-encryption key is in the file. */
  readonly of: (version: number) => VersionedKey | undefined;
}

/** Names this use of the key-encryption keys; another name gives other keys. */
export const JOURNAL_KEY = 'opt-out journal';
