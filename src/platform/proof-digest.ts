import { hash } from 'node:crypto';

/** Returns SHA-256 over salt and proof, in hexadecimal: without the salt the proof cannot be guessed. */
export function proofDigest(salt: Buffer, proof: string): string {
  const salted = Buffer.allocUnsafe(salt.length + Buffer.byteLength(proof));
  salted.write(proof, salt.copy(salted), 'utf8');
  return hash('sha256', salted, 'hex');
}
