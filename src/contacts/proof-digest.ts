import { hash } from 'node:crypto';

/** SHA-256 over salt and proof, in hexadecimal: without the salt the proof cannot be guessed. */
export function proofDigest(salt: Buffer, proof: string): string {
  return hash('sha256', Buffer.concat([salt, Buffer.from(proof)]), 'hex');
}
