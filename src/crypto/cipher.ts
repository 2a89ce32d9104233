import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hash,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';
import { randomPiece } from '../base/index.ts';

const FORMAT = 1;
const HEADER = 1 + 4 + 12 + 16;

/** A symmetric key and the version that ciphertexts name. */
export interface VersionedKey {
  readonly version: number;
  readonly key: KeyObject;
}

/**
 * The place of a ciphertext. It is bound to the ciphertext as associated data: moved to another place, it does not
 * open.
 */
export interface Place {
  /** Tenant id, or `instance`. */
  readonly tenant: string;
  readonly table: string;
  readonly column: string;
  readonly row: string;
}

/** Thrown for a ciphertext that is not ours, was moved or altered, or was made with another key. */
export class CiphertextRefused extends Error {
  override readonly name = 'CiphertextRefused';
}

/** Returns what `open` returns; undefined when it throws CiphertextRefused. */
export function ifOpens<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (cause) {
    if (cause instanceof CiphertextRefused) return undefined;
    throw cause;
  }
}

const additionalData = (place: Place, version: number): Buffer =>
  Buffer.from(`${place.tenant}|${place.table}|${place.column}|${place.row}|${version}`);

/**
 * Encrypts with AES-256-GCM. The ciphertext begins with the format (1 byte), key version (4), nonce (12) and tag
 * (16).
 */
export function sealBytes(key: VersionedKey, place: Place, plain: Buffer | string): Buffer {
  const nonce = randomPiece(12);
  const cipher = createCipheriv('aes-256-gcm', key.key, nonce).setAAD(additionalData(place, key.version));
  const body = typeof plain === 'string' ? cipher.update(plain, 'utf8') : cipher.update(plain);
  // In GCM, `final` returns no further bytes.
  cipher.final();
  const sealed = Buffer.allocUnsafe(HEADER + body.length);
  sealed.writeUInt8(FORMAT, 0);
  sealed.writeUInt32BE(key.version, 1);
  nonce.copy(sealed, 5);
  cipher.getAuthTag().copy(sealed, 17);
  body.copy(sealed, HEADER);
  return sealed;
}

/** Returns the version of the key with which a ciphertext was made; throws CiphertextRefused for anything else. */
export function versionOf(sealed: Buffer): number {
  if (sealed.length < HEADER || sealed.readUInt8(0) !== FORMAT)
    throw new CiphertextRefused('not a ciphertext of ours');
  return sealed.readUInt32BE(1);
}

/** Decrypts a ciphertext; throws CiphertextRefused when it was altered, moved, or made with another key. */
export function unseal(key: VersionedKey, place: Place, sealed: Buffer): Buffer {
  if (versionOf(sealed) !== key.version)
    throw new CiphertextRefused(`key version ${key.version} does not open it`);
  const decipher = createDecipheriv('aes-256-gcm', key.key, sealed.subarray(5, 17))
    .setAAD(additionalData(place, key.version))
    .setAuthTag(sealed.subarray(17, HEADER));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(HEADER)), decipher.final()]);
  } catch (cause) {
    throw new CiphertextRefused(`does not open at ${place.table}.${place.column}`, { cause });
  }
}

/** Makes a random 256-bit key, as bytes to wrap. */
export const newKeyBytes = (): Buffer => randomPiece(32);

/** Makes a key that OpenSSL holds: with raw bytes each call costs some 12 µs more on Node 24. */
export const keyOf = (version: number, bytes: Buffer): VersionedKey => ({
  version,
  key: createSecretKey(bytes),
});

/** Computes HMAC-SHA-256, 32 bytes. */
export function keyedDigest(key: KeyObject, text: string | Buffer): Buffer {
  const { inner, outer } = padsOf(key);
  outer.write(hash('sha256', appended(inner, text), 'hex'), BLOCK, 'hex');
  return Buffer.from(hash('sha256', outer, 'hex'), 'hex');
}

const BLOCK = 64;
const DIGEST = 32;
const [INNER, OUTER] = [0x36, 0x5c];

/** Compares two texts in constant time; their lengths are no secret. */
export function isSameSecret(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/**
 * The inner and the outer pad of each key: two plain digests over prepared pads cost half of an HMAC object. They live
 * as long as their key, and nothing else of a key is kept outside of OpenSSL.
 */
const pads = new WeakMap<KeyObject, { readonly inner: Buffer; readonly outer: Buffer }>();

function padsOf(key: KeyObject) {
  const known = pads.get(key);
  if (known !== undefined) return known;
  const bytes = key.export();
  const short = bytes.length > BLOCK ? hash('sha256', bytes, 'buffer') : bytes;
  const made = { inner: Buffer.alloc(BLOCK, INNER), outer: Buffer.alloc(BLOCK + DIGEST, OUTER) };
  for (const [at, byte] of short.entries()) {
    made.inner[at] = byte ^ INNER;
    made.outer[at] = byte ^ OUTER;
  }
  bytes.fill(0);
  short.fill(0);
  pads.set(key, made);
  return made;
}

/** A buffer that is used again for each text, most of which are short. */
const scratch = Buffer.alloc(1_024);

/** Returns the pad and the text after it; short ones in `scratch`, so that the result is valid until the next call. */
function appended(pad: Buffer, text: string | Buffer): Buffer {
  const length = BLOCK + (typeof text === 'string' ? Buffer.byteLength(text) : text.length);
  const whole = length > scratch.length ? Buffer.alloc(length) : scratch.subarray(0, length);
  pad.copy(whole);
  if (typeof text === 'string') whole.write(text, BLOCK, 'utf8');
  else text.copy(whole, BLOCK);
  return whole;
}
