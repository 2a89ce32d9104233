import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';

/** The bytes before the 32 of an Ed25519 key in PKCS #8. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const KEY_BYTES = 32;

/** The signing key of one tenant's evidence files. */
export interface EvidenceKey {
  readonly sign: KeyObject;
  /** The public key, in hexadecimal. */
  readonly public: string;
}

/**
 * Returns the key that the newest anchor names, else the one in force. A file is accepted by the key that an
 * authority has seen: another one signs from the first anchor that names it.
 */
export function stampedEvidenceKey(
  [inForce, ...older]: readonly [KeyObject, ...KeyObject[]],
  tenantId: string,
  stamped: string | undefined,
): EvidenceKey {
  const newest = evidenceKey(inForce, tenantId);
  if (stamped === undefined || stamped === newest.public) return newest;
  return older.map((secret) => evidenceKey(secret, tenantId)).find((key) => key.public === stamped) ?? newest;
}

/** Derives a tenant's evidence key, always the same from the same secret. */
export function evidenceKey(secret: KeyObject, tenantId: string): EvidenceKey {
  const seed = Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `evidence|${tenantId}`, KEY_BYTES));
  const sign = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(sign).export({ format: 'der', type: 'spki' });
  return { sign, public: spki.subarray(-KEY_BYTES).toString('hex') };
}
