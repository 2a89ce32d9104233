import type { CsvRow } from './csv-reader.ts';
import type { RowReading } from './import-row.ts';

/** The last line of each number that comes more than once. */
export type LatestLines = ReadonlyMap<number, number>;

/**
 * Looks ahead through a file for numbers that come more than once, by their last nine digits.
 *
 * Without it a file read twice would move such a person to the older row and back.
 */
export async function latestLines(
  rows: AsyncIterable<CsvRow>,
  phoneOf: (cells: readonly string[]) => string,
): Promise<LatestLines> {
  const seen = new Set<number>();
  const latest = new Map<number, number>();
  for await (const { cells, line } of rows) {
    const digits = numberIn(cells === undefined ? '' : phoneOf(cells));
    if (digits === undefined) continue;
    if (seen.has(digits)) latest.set(digits, line);
    else seen.add(digits);
  }
  return latest;
}

const numberIn = (cell: string): number | undefined => {
  const digits = cell.replaceAll(/\D/g, '').slice(-9);
  return digits.length < 6 ? undefined : Number(digits);
};

/** What a row tells when a later one of the file speaks of the same number: who it is, not where or what. */
export function superseded(reading: RowReading, line: number, latest: LatestLines): RowReading {
  const { person, phone } = reading;
  const last = latest.get(numberIn(phone ?? '') ?? -1);
  if (person === undefined || last === undefined || line >= last) return reading;
  const { line: number, firstName, lastName, birthDate, lastInteractionAt } = person;
  return { ...reading, person: { line: number, firstName, lastName, birthDate, lastInteractionAt } };
}
