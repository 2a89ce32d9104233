const DELIMITERS = [';', ',', '\t', '|'] as const;

/** The sign between the cells of a first line: the one that is met most outside quotes. */
export function delimiterOf(firstLine: string): string {
  const bare = firstLine.replaceAll(/"[^"]*"/g, '');
  const met = DELIMITERS.map((sign) => ({ sign, count: bare.split(sign).length }));
  return met.toSorted((one, other) => other.count - one.count)[0]?.sign ?? ';';
}
