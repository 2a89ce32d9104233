import { createHash, randomBytes } from 'node:crypto';

/** Makes a new key, shown once: a readable prefix and 256 random bits. */
export const newApiKey = (): string => apiKeyOf(randomBytes(32));

/** Encodes secret bytes as a key. */
export const apiKeyOf = (bytes: Buffer): string => `bh_${bytes.toString('base64url')}`;

/** Hashes a key for storage; keys are random, so no salt is needed. */
export const hashOfKey = (key: string): Buffer => createHash('sha256').update(key, 'utf8').digest();
