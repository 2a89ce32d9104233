import { hash } from 'node:crypto';

/**
 * Serializes a value canonically (RFC 8785): keys sorted, undefined values left out, no spaces; '' for no value.
 *
 * Stored digests bind two differences: names made of digits come first, in the order of their numbers, and a lone
 * surrogate or an infinite number, which a caller’s body may hold, has a text as well.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(ordered(value)) ?? '';
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isRecord(value)) return value;
  return typeof value['toJSON'] === 'function' ? value : sorted(value);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Serializes a flat record of strings by RFC 8785, faster. */
export function canonicalRecord(record: Readonly<Record<string, string>>): string {
  let text = '';
  for (const key of inOrder(Object.keys(record)))
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${JSON.stringify(record[key])}`;
  return `{${text}}`;
}

/** Names are few and mostly in order: checking is cheaper than sorting. */
const inOrder = (names: string[]): string[] =>
  names.every((name, at) => at === 0 || name > (names[at - 1] ?? '')) ? names : names.sort();

const sorted = (record: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(record)
      .toSorted()
      .map((key) => [key, ordered(record[key])]),
  );

/** Returns SHA-256 over salt and proof, in hexadecimal: without the salt the proof cannot be guessed. */
export function proofDigest(salt: Buffer, proof: string): string {
  const salted = Buffer.allocUnsafe(salt.length + Buffer.byteLength(proof));
  salted.write(proof, salt.copy(salted), 'utf8');
  return hash('sha256', salted, 'hex');
}
