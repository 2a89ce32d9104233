const DELIMITERS = [';', ',', '\t', '|'] as const;

/** Guesses the delimiter of a first line: the most frequent candidate outside quotes. */
export function delimiterOf(firstLine: string): string {
  const bare = firstLine.replaceAll(/"[^"]*"/g, '');
  const met = DELIMITERS.map((sign) => ({ sign, count: bare.split(sign).length }));
  return met.toSorted((one, other) => other.count - one.count)[0]?.sign ?? ';';
}
