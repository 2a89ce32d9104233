import { longestCell } from './cell-bounds.ts';
import type { CsvRow } from '../../platform/csv/csv-reader.ts';
import type { ReadRow, RowReading } from './import-row.ts';
import { NumberSet, NumberTable, YoungestBirths } from './number-table.ts';

/** The data of all rows about numbers that occur more than once, by their last nine digits. */
export interface Repeats {
  readonly lastLines: NumberTable;
  /** On a shared number the child's date protects. */
  readonly youngest: Pick<YoungestBirths, 'get'>;
}

/** The options of reading a file ahead. */
export interface ReadAhead {
  /** Most rows are limited to so many cells. */
  readonly pages: (most?: number) => AsyncIterable<readonly CsvRow[]>;
  /** Columns of numbers: the first cell that is not empty counts. */
  readonly phoneColumns: readonly number[];
  /** Reads a whole row, however few of its cells were cut. */
  readonly read: (row: CsvRow) => RowReading;
  /** Returns the lines that only the database rejects. */
  readonly refused: (rows: readonly ReadRow[]) => Promise<ReadonlySet<number>>;
  /** True when its rows may give dates of birth. */
  readonly tellsBirths: boolean;
}

/**
 * Reads ahead for repeated numbers, so that their outcome depends neither on the limits of a merge nor on how often
 * the file is read.
 */
export async function repeatsIn(ahead: ReadAhead): Promise<Repeats> {
  const lastLines = await lastLinesOf(ahead);
  const isPlain = lastLines.size === 0 || !ahead.tellsBirths;
  return { lastLines, youngest: isPlain ? new YoungestBirths() : await youngestOf(ahead, lastLines) };
}

/** Rows per question to the database, within a limit of bytes in memory. */
const ASKED_AT_ONCE = 1_000;
const HELD_BYTES = 4 * 1024 * 1024;

/** A rejected row contributes nothing: the last accepted one counts. */
async function lastLinesOf(ahead: ReadAhead): Promise<NumberTable> {
  const [seen, lastLines] = [new NumberSet(), new NumberTable()];
  let again: Again[] = [];
  let from = 0;
  const settle = async (): Promise<void> => {
    const refused = again.length === 0 ? new Set() : await ahead.refused(again);
    for (const { number, line } of again) if (!refused.has(line)) lastLines.set(number, line);
    again = [];
  };
  for await (const page of ahead.pages(1 + Math.max(0, ...ahead.phoneColumns))) {
    for (const row of page) {
      const number = rowNumberIn(ahead.phoneColumns, row);
      if (number === undefined || seen.add(number)) continue;
      const reading = ahead.read(row);
      if (reading.person !== undefined) again.push({ number, line: row.line, reading });
    }
    const until = page.at(-1)?.next.offset ?? from;
    if (again.length < ASKED_AT_ONCE && until - from < HELD_BYTES) continue;
    await settle();
    from = until;
  }
  await settle();
  return lastLines;
}

/** A row with a repeated number. */
interface Again extends ReadRow {
  readonly number: number;
}

async function youngestOf(ahead: ReadAhead, lastLines: NumberTable): Promise<YoungestBirths> {
  const youngest = new YoungestBirths();
  for await (const page of ahead.pages())
    for (const row of page) {
      const number = rowNumberIn(ahead.phoneColumns, row);
      if (number === undefined || lastLines.get(number) === undefined) continue;
      const birthDate = ahead.read(row).person?.birthDate;
      if (birthDate !== undefined) youngest.tell(number, birthDate);
    }
  return youngest;
}

/** Returns the number of a row in these columns; undefined where it has none. */
export function rowNumberIn(phoneColumns: readonly number[], { cells = [] }: CsvRow): number | undefined {
  for (const at of phoneColumns) {
    const cell = (cells[at] ?? '').trim();
    if (cell !== '') return cell.length > longestCell('phone') ? undefined : digitsOf(cell);
  }
  return undefined;
}

/** Numbers of these plans have fewer than nine digits: their country code is not part of the key. */
const OWN_PLAN = /^(?:\+|00)(?:508(?=\d{6}$)|681|687|689)/;

const digitsOf = (cell: string): number | undefined => {
  const digits = cell
    .replaceAll(/[^\d+]/g, '')
    .replace(OWN_PLAN, '')
    .replaceAll('+', '')
    .slice(-9);
  return digits.length < 6 ? undefined : Number(digits);
};

/** Says, for rows in order, whether an earlier one had the same number. */
export function comingAgain({ lastLines }: Repeats): (number: number | undefined) => boolean {
  const met = new NumberSet();
  return (number) => number !== undefined && lastLines.get(number) !== undefined && !met.add(number);
}

/** Joins a row with the others of its number: the last one gives place and time, all of them the person. */
export function among(
  reading: RowReading,
  { line, number }: { readonly line: number; readonly number: number | undefined },
  { lastLines, youngest }: Repeats,
): RowReading {
  const { person } = reading;
  const lastLine = number === undefined ? undefined : lastLines.get(number);
  if (person === undefined || number === undefined || lastLine === undefined) return reading;
  const birthDate = youngest.get(number) ?? person.birthDate;
  if (line >= lastLine) return { ...reading, person: { ...person, birthDate } };
  const { line: phoneLine, firstName, lastName, lastInteractionAt } = person;
  return { ...reading, person: { line: phoneLine, firstName, lastName, birthDate, lastInteractionAt } };
}
