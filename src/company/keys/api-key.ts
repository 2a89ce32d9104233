import { createHash, randomBytes } from 'node:crypto';

/** A new key, shown once: a readable beginning and 256 random bits. */
export const newApiKey = (): string => apiKeyOf(randomBytes(32));

/** A key of bytes that nobody else can tell. */
export const apiKeyOf = (bytes: Buffer): string => `bh_${bytes.toString('base64url')}`;

/** The only form in which a key is kept; keys are random, so no salt is needed. */
export const hashOfKey = (key: string): Buffer => createHash('sha256').update(key, 'utf8').digest();
