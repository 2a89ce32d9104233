import type { CsvRow } from './csv-reader.ts';
import type { RowReading } from './import-row.ts';

/** What a file says in all its rows of a number that comes more than once. */
interface Repeat {
  lastLine: number;
  /** `YYYY-MM-DD`: on a shared number the child's date protects. */
  youngest: string | undefined;
}

/** Repeated numbers by their last nine digits. */
export type Repeats = ReadonlyMap<number, Repeat>;

/** How a file is read ahead. */
export interface ReadAhead {
  readonly rows: () => AsyncIterable<CsvRow>;
  readonly phoneOf: (cells: readonly string[]) => string;
  readonly read: (row: CsvRow) => RowReading;
}

/**
 * Looks ahead for numbers that come more than once, so that what becomes of them hangs neither on where
 * a merge ends nor on how often the file is read.
 */
export async function repeatsIn(ahead: ReadAhead): Promise<Repeats> {
  const repeated = await repeatedNumbers(ahead);
  if (repeated.size === 0) return repeated;
  for await (const row of ahead.rows()) {
    const repeat = repeated.get(numberIn(ahead, row) ?? -1);
    const birthDate = repeat && ahead.read(row).person?.birthDate;
    if (repeat && birthDate !== undefined && birthDate > (repeat.youngest ?? '')) repeat.youngest = birthDate;
  }
  return repeated;
}

async function repeatedNumbers(ahead: ReadAhead): Promise<Map<number, Repeat>> {
  const [seen, repeated] = [new Set<number>(), new Map<number, Repeat>()];
  for await (const row of ahead.rows()) {
    const number = numberIn(ahead, row);
    if (number === undefined) continue;
    if (seen.has(number)) repeated.set(number, { lastLine: row.line, youngest: undefined });
    else seen.add(number);
  }
  return repeated;
}

const numberIn = ({ phoneOf }: ReadAhead, { cells }: CsvRow): number | undefined =>
  digitsOf(cells === undefined ? '' : phoneOf(cells));

const digitsOf = (cell: string): number | undefined => {
  const digits = cell.replaceAll(/\D/g, '').slice(-9);
  return digits.length < 6 ? undefined : Number(digits);
};

/** A row in the light of the others of its number: only the last one tells where and what, all of them who. */
export function among(reading: RowReading, line: number, repeats: Repeats): RowReading {
  const { person, phone } = reading;
  const repeat = repeats.get(digitsOf(phone ?? '') ?? -1);
  if (person === undefined || repeat === undefined) return reading;
  const { youngest: birthDate = person.birthDate, lastLine } = repeat;
  if (line >= lastLine) return { ...reading, person: { ...person, birthDate } };
  const { line: number, firstName, lastName, lastInteractionAt } = person;
  return { ...reading, person: { line: number, firstName, lastName, birthDate, lastInteractionAt } };
}
