import type { KeyObject } from 'node:crypto';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE = Buffer.from('bonheure/sandbox-log/1');

/** One line of ciphertext, newline included; numbers and texts are never written in clear. */
export function sealLine(key: KeyObject, value: unknown): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(PURPOSE);
  const sealed = Buffer.concat([nonce, cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  return Buffer.from(`${Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64url')}\n`, 'latin1');
}

/** What the line holds, or undefined when another key wrote it or it was altered. */
export function openLine(key: KeyObject, line: string): unknown {
  const sealed = Buffer.from(line, 'base64url');
  if (sealed.length <= NONCE_BYTES + TAG_BYTES) return undefined;
  const end = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(PURPOSE).setAuthTag(sealed.subarray(end));
  const text = decipher.update(sealed.subarray(NONCE_BYTES, end), undefined, 'utf8');
  try {
    return JSON.parse(text + decipher.final('utf8'));
  } catch {
    return undefined;
  }
}
