import { boundedCell, longestCell, type BoundedCell, type CellUse } from './cell-bounds.ts';
import { unguarded } from '../../platform/csv/csv-cell.ts';
import type { Columns } from './import-column.ts';
import { typedDate, couldBeMonthFirst, type TypedDate } from './import-date.ts';
import { IMPORT_FIELDS, type ImportField } from './import-heading.ts';
import type { OwnWords } from './import-word.ts';
import type { Attribute } from '../contact/person.ts';

/** How every row of a file is read. */
export interface RowRules {
  readonly columns: Columns;
  /** Positions of dates that somebody typed with the month first. */
  readonly monthFirst: readonly number[];
  /** What stands for an empty cell. */
  readonly defaults: Readonly<Partial<Record<ImportField, string>>>;
  readonly values: OwnWords;
  /** A row without a provable agreement is kept as a person nobody may write to. */
  readonly keepUnproven: boolean;
  /** The tenant's, IANA. */
  readonly timeZone: string;
  /** `YYYY-MM-DD` there. */
  readonly today: string;
}

/** No cell of so many characters is too long for what it is read as. */
const SHORTEST_BOUND = longestCell('phone');

/** No date at all, as some software writes it. */
const NO_DATE = /^0+[/.-]0+[/.-]0+(?:\s.*)?$/;

/** The cells of one row by the names of their fields. */
export class RowCells {
  readonly rules: RowRules;
  readonly #cells: readonly string[];
  #found: readonly string[] | undefined;

  constructor(cells: readonly string[], rules: RowRules) {
    this.#cells = cells;
    this.rules = rules;
  }

  /** Whether the file has a column of that field, or the caller a default. */
  knows(field: ImportField): boolean {
    return this.rules.columns.fields[field] !== undefined || this.rules.defaults[field] !== undefined;
  }

  /** The first cell of a field that says something, else the default; of one that is too long its beginning. */
  cell(field: ImportField): string {
    const at = this.#placeOf(field);
    return at === undefined ? (this.rules.defaults[field] ?? '').trim() : this.#at(at, field).text;
  }

  /** The names of what is longer than it can be; a column that nobody reads may hold anything. */
  tooLong(): readonly string[] {
    this.#found ??= this.#cut();
    return this.#found;
  }

  /** Whether a field, or `attributes.` and a name, is longer than it can be: what it begins with is not what it says. */
  isCut(name: string): boolean {
    return this.tooLong().includes(name);
  }

  #cut(): readonly string[] {
    if (this.#cells.every((cell) => cell.length <= SHORTEST_BOUND)) return [];
    const { fields, attributes, evidence } = this.rules.columns;
    const named = (columns: Columns['evidence'], use: 'attributes' | 'evidence'): string[] =>
      columns.flatMap(({ name, at }) => (this.#at(at, use).isCut ? [`${use}.${name}`] : []));
    return [
      ...IMPORT_FIELDS.filter((field) => (fields[field] ?? []).some((at) => this.#at(at, field).isCut)),
      ...named(attributes, 'attributes'),
      ...named(evidence, 'evidence'),
    ];
  }

  /** A date as typed; nothing when the cell is empty. One that is too long cannot be read: it may go on to say another. */
  date(field: ImportField): TypedDate | undefined {
    if (this.isCut(field)) return { kind: 'unreadable', code: 'DATE_INVALID' };
    const text = this.cell(field);
    if (text === '' || NO_DATE.test(text)) return undefined;
    const at = this.#placeOf(field);
    if (at !== undefined && this.rules.monthFirst.includes(at) && couldBeMonthFirst(text))
      return { kind: 'unreadable', code: 'DATE_AMBIGUOUS' };
    return typedDate(text, this.rules.timeZone);
  }

  /** What was asked to be kept of the person. */
  attributes(): Readonly<Record<string, Attribute>> {
    return this.#named(this.rules.columns.attributes, 'attributes');
  }

  /** Pieces of evidence under names of the caller's own. */
  evidence(): Readonly<Record<string, string>> {
    return this.#named(this.rules.columns.evidence, 'evidence');
  }

  #named(columns: Columns['evidence'], use: 'attributes' | 'evidence'): Record<string, string> {
    if (columns.length === 0) return {};
    return Object.fromEntries(
      columns
        .map(({ name, at }) => [name, this.#at(at, use).text] as const)
        .filter(([, text]) => text !== ''),
    );
  }

  #placeOf(field: ImportField): number | undefined {
    const places = this.rules.columns.fields[field];
    if (places === undefined) return undefined;
    for (const at of places) if (this.#at(at, field).text !== '') return at;
    return undefined;
  }

  #at(position: number, use: CellUse): BoundedCell {
    // The signs that keep a spreadsheet from running a cell are no part of what it says.
    return boundedCell(this.#cells[position], longestCell(use), unguarded);
  }
}
