/**
 * One text for one value: keys sorted, absent ones left out, no spaces; nothing for what JSON cannot say.
 *
 * The text of RFC 8785, but that names made of digits come first, by their number, and that half a character and a
 * number without end have a text as well: digests that are kept were made so, and callers send such bodies.
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

/** The text of RFC 8785 for a flat record of strings, sooner. */
export function canonicalRecord(record: Readonly<Record<string, string>>): string {
  let text = '';
  for (const key of inOrder(Object.keys(record)))
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${JSON.stringify(record[key])}`;
  return `{${text}}`;
}

/** Few names, mostly in order: to look costs less than to sort. */
const inOrder = (names: string[]): string[] =>
  names.every((name, at) => at === 0 || name > (names[at - 1] ?? '')) ? names : names.sort();

const sorted = (record: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.keys(record)
      .toSorted()
      .map((key) => [key, ordered(record[key])]),
  );
