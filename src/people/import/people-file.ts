import { csvPages, wholeRow, type CsvFile, type CsvRow } from '../../base/index.ts';
import {
  type FileRow,
  type HeaderOrder,
  type FileInThread,
  readerOf,
  type RowReading,
  type ReadRow,
  type ImportCursor,
  type ReaderHome,
  longestCell,
} from '../../reading/index.ts';

/** What a thread needs to know to read the rows of a file of people. */
export interface PeopleOrder extends HeaderOrder {
  readonly cursor: ImportCursor;
  readonly home: ReaderHome;
  /** `YYYY-MM-DD` in the tenant's zone. */
  readonly today: string;
  /** True when a row is read together with the other rows of its number. */
  readonly knowsRepeats: boolean;
}

/** A row as read, and whether an earlier row had its number. */
export interface PersonRow extends FileRow {
  readonly reading: RowReading;
  readonly comesAgain: boolean;
}

/** Yields pages of rows from the cursor on, in order. */
export async function* personRows(
  order: PeopleOrder,
  file: FileInThread,
): AsyncGenerator<readonly PersonRow[]> {
  const csv = { textFrom: file.textFrom, delimiter: order.cursor.delimiter, reads: file.reads };
  const read = await readAhead(order, file, csv);
  for await (const rows of csvPages(csv, order.cursor))
    yield rows.map((row) => {
      file.reads(row.line);
      return Object.assign({ row }, read(row));
    });
}

/** Returns the reader of a row. Unless the order says otherwise, it first reads the file ahead for repeated numbers. */
async function readAhead(
  order: PeopleOrder,
  file: FileInThread,
  csv: CsvFile,
): Promise<(row: CsvRow) => Omit<PersonRow, 'row'>> {
  const { read: readRow, columns, hasBirthDates } = readerOf(order);
  if (!order.knowsRepeats) return (row) => ({ reading: readRow(row), comesAgain: false });
  const phoneColumns = columns.fields.phone ?? [];
  const repeats = await repeatsIn({
    pages: (most) => csvPages({ ...csv, most }, order.cursor),
    phoneColumns,
    read: (row) => {
      file.reads(row.line);
      return readRow(wholeRow(row, csv.delimiter));
    },
    refused: file.refused,
    hasBirthDates,
  });
  const comesAgain = repeatCheck(repeats);
  return (row) => {
    const number = rowNumberIn(phoneColumns, row);
    const reading = joined(readRow(row), { line: row.line, number }, repeats);
    return { reading, comesAgain: comesAgain(number) };
  };
}

/** What the rows of a file say of the numbers that occur more than once, by their last nine digits. */
interface Repeats {
  /** The line of the last row that counts, of each such number. */
  readonly lastLines: NumberTable;
  /** The latest date of birth: when a child shares a number, its date decides. */
  readonly youngest: Pick<YoungestBirths, 'get'>;
}

/** What reading a file ahead needs. */
interface ReadAhead {
  /** Reads the file from the cursor on; with `most`, rows may be cut behind so many cells. */
  readonly pages: (most?: number) => AsyncIterable<readonly CsvRow[]>;
  /** Columns of phone numbers: the first cell that is not empty counts. */
  readonly phoneColumns: readonly number[];
  /** Reads a whole row, also from one that was cut. */
  readonly read: (row: CsvRow) => RowReading;
  /** Returns the lines that the database would reject. */
  readonly refused: (rows: readonly ReadRow[]) => Promise<ReadonlySet<number>>;
  /** True when its rows may give dates of birth. */
  readonly hasBirthDates: boolean;
}

/**
 * Reads a file ahead for repeated numbers, so that their outcome depends neither on where merges end nor on how often
 * the file is read.
 */
async function repeatsIn(ahead: ReadAhead): Promise<Repeats> {
  const lastLines = await lastLinesOf(ahead);
  const isPlain = lastLines.size === 0 || !ahead.hasBirthDates;
  return { lastLines, youngest: isPlain ? new YoungestBirths() : await youngestOf(ahead, lastLines) };
}

/** Rows that the database judges at once, within a bound of bytes in memory. */
const JUDGED_AT_ONCE = 1_000;
const HELD_BYTES = 4 * 1024 * 1024;

/** Finds the last accepted line of each repeated number; a rejected row does not count. */
async function lastLinesOf(ahead: ReadAhead): Promise<NumberTable> {
  const [seen, lastLines] = [new NumberSet(), new NumberTable()];
  let repeated: (ReadRow & { readonly number: number })[] = [];
  let from = 0;
  const settle = async (): Promise<void> => {
    const refused = repeated.length === 0 ? new Set() : await ahead.refused(repeated);
    for (const { number, line } of repeated) if (!refused.has(line)) lastLines.set(number, line);
    repeated = [];
  };
  for await (const page of ahead.pages(1 + Math.max(0, ...ahead.phoneColumns))) {
    for (const row of page) {
      const number = rowNumberIn(ahead.phoneColumns, row);
      if (number === undefined || seen.add(number)) continue;
      const reading = ahead.read(row);
      if (reading.person !== undefined) repeated.push({ number, line: row.line, reading });
    }
    const until = page.at(-1)?.next.offset ?? from;
    if (repeated.length < JUDGED_AT_ONCE && until - from < HELD_BYTES) continue;
    await settle();
    from = until;
  }
  await settle();
  return lastLines;
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

/** Returns the last nine digits of a row's phone number; undefined where these columns have none. */
export function rowNumberIn(phoneColumns: readonly number[], { cells = [] }: CsvRow): number | undefined {
  for (const at of phoneColumns) {
    const cell = (cells[at] ?? '').trim();
    if (cell !== '') return cell.length > longestCell('phone') ? undefined : digitsOf(cell);
  }
  return undefined;
}

/** Country codes whose numbers have fewer than nine digits, so that the code must not become part of the key. */
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
export function repeatCheck({ lastLines }: Repeats): (number: number | undefined) => boolean {
  const met = new NumberSet();
  return (number) => number !== undefined && lastLines.get(number) !== undefined && !met.add(number);
}

/** Joins a row with the others of its number: the place comes from the last one, the person from all of them. */
function joined(
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

/** Splits a date of birth that is written as one whole number. */
const BORN = /^(\d{4})(\d\d)(\d\d)$/;

/** A page holds one bit for each of 2¹⁵ numbers. */
const PAGE_BITS = 15;
const WORDS = 2 ** PAGE_BITS / 32;

const FIRST_SLOTS = 1_024;

/** 2³² divided by the golden ratio: multiplying by it spreads numbers that follow each other. */
const SPREAD = 0x9e3779b1;

/** A map from whole numbers below 10⁹ to whole numbers below 2³², in eight to sixteen bytes an entry. */
export class NumberTable {
  #size = 0;
  /** Each number plus one: 0 marks a free slot. */
  #numbers = new Uint32Array(FIRST_SLOTS);
  #values = new Uint32Array(FIRST_SLOTS);

  get size(): number {
    return this.#size;
  }

  get(number: number): number | undefined {
    const slot = this.#slotOf(number);
    return this.#numbers[slot] === 0 ? undefined : this.#values[slot];
  }

  set(number: number, value: number): void {
    if (this.#size * 2 >= this.#numbers.length) this.#grow();
    const slot = this.#slotOf(number);
    if (this.#numbers[slot] === 0) this.#size += 1;
    this.#numbers[slot] = number + 1;
    this.#values[slot] = value;
  }

  /** Returns the slot of a number, or the free slot for it. */
  #slotOf(number: number): number {
    const mask = this.#numbers.length - 1;
    let slot = (Math.imul(number, SPREAD) >>> 1) & mask;
    while (this.#numbers[slot] !== 0 && this.#numbers[slot] !== number + 1) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [numbers, values] = [this.#numbers, this.#values];
    this.#numbers = new Uint32Array(numbers.length * 2);
    this.#values = new Uint32Array(numbers.length * 2);
    for (const [slot, kept] of numbers.entries()) {
      if (kept === 0) continue;
      const free = this.#slotOf(kept - 1);
      this.#numbers[free] = kept;
      this.#values[free] = values[slot] ?? 0;
    }
  }
}

/** A set of whole numbers below 10⁹: four bytes a number when it has a million, 125 MB when it has all. */
export class NumberSet {
  readonly #pages = new Map<number, Uint32Array>();

  /** Adds a number; returns true when it was new. */
  add(number: number): boolean {
    const words = this.#pageOf(number >>> PAGE_BITS);
    const at = (number >>> 5) % WORDS;
    const word = words[at] ?? 0;
    const bit = 1 << (number & 31);
    words[at] = word | bit;
    return (word & bit) === 0;
  }

  #pageOf(page: number): Uint32Array {
    const known = this.#pages.get(page);
    if (known !== undefined) return known;
    const made = new Uint32Array(WORDS);
    this.#pages.set(page, made);
    return made;
  }
}

/** The latest date of birth given for each number below 10⁹, in eight to sixteen bytes a number. */
export class YoungestBirths {
  /** Dates as whole numbers of their eight digits, which keep their order. */
  readonly #dates = new NumberTable();

  /** Returns `YYYY-MM-DD`; undefined when none was given. */
  get(number: number): string | undefined {
    return this.#dates.get(number)?.toString().padStart(8, '0').replace(BORN, '$1-$2-$3');
  }

  /** Keeps a date of `YYYY-MM-DD` unless a later one is known. */
  tell(number: number, birthDate: string): void {
    const date = Number(birthDate.replaceAll('-', ''));
    if (date > (this.#dates.get(number) ?? 0)) this.#dates.set(number, date);
  }
}
