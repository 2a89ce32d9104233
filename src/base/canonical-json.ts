import { hash } from 'node:crypto';

/**
 * Serializes a value canonically (RFC 8785): keys sorted, undefined values left out, no spaces; '' for undefined.
 *
 * It differs from RFC 8785 in two ways, which stored digests depend on: keys made of digits come first, in numeric
 * order, and a lone surrogate or an infinite number is serialized instead of refused.
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

/** Serializes a flat record of strings by RFC 8785, faster than `canonicalJson`. */
export function canonicalRecord(record: Readonly<Record<string, string>>): string {
  let text = '';
  for (const key of inOrder(Object.keys(record)))
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${JSON.stringify(record[key])}`;
  return `{${text}}`;
}

/** Sorts names, which are few and mostly in order already: checking is cheaper than sorting. */
const inOrder = (names: string[]): string[] =>
  names.every((name, at) => at === 0 || name > (names[at - 1] ?? '')) ? names : names.sort();

const sorted = (record: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(record)
      .toSorted()
      .map((key) => [key, ordered(record[key])]),
  );

/** Returns the SHA-256 of salt and proof, in hexadecimal; without the salt nobody can test guesses of the proof. */
export function proofDigest(salt: Buffer, proof: string): string {
  const salted = Buffer.allocUnsafe(salt.length + Buffer.byteLength(proof));
  salted.write(proof, salt.copy(salted), 'utf8');
  return hash('sha256', salted, 'hex');
}

/** Parses JSON; returns undefined when the text is not JSON, as in a file that is being written. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
