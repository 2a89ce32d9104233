import { boundedCell, longestCell, type BoundedCell, type CellUse } from './cell-bounds.ts';
import { unguarded } from '../../platform/csv/csv-cell.ts';
import type { Columns } from './import-column.ts';
import { typedDate, couldBeMonthFirst, type TypedDate } from './import-date.ts';
import { IMPORT_FIELDS, type ImportField } from './import-heading.ts';
import type { OwnWords } from './import-word.ts';
import type { Attribute } from '../contact/person.ts';

/** The rules for reading every row of a file. */
export interface RowRules {
  readonly columns: Columns;
  /** Positions of dates with the month first. */
  readonly monthFirst: readonly number[];
  /** The replacements of empty cells. */
  readonly defaults: Readonly<Partial<Record<ImportField, string>>>;
  readonly values: OwnWords;
  /** True when a row without a provable agreement is kept as a person nobody may write to. */
  readonly keepUnproven: boolean;
  /** The tenant's, IANA. */
  readonly timeZone: string;
  /** `YYYY-MM-DD` there. */
  readonly today: string;
}

/** No cell of so many characters is too long for any use. */
const SHORTEST_BOUND = longestCell('phone');

/** A missing date, as some software writes it. */
const NO_DATE = /^0+[/.-]0+[/.-]0+(?:\s.*)?$/;

/** The cells of one row by field name. */
export class RowCells {
  readonly rules: RowRules;
  readonly #cells: readonly string[];
  #found: readonly string[] | undefined;

  constructor(cells: readonly string[], rules: RowRules) {
    this.#cells = cells;
    this.rules = rules;
  }

  /** Says whether the file has a column of that field, or the caller a default. */
  knows(field: ImportField): boolean {
    return this.rules.columns.fields[field] !== undefined || this.rules.defaults[field] !== undefined;
  }

  /** Returns the first non-empty cell of a field, else the default; a cell that is too long is cut. */
  cell(field: ImportField): string {
    const at = this.#placeOf(field);
    return at === undefined ? (this.rules.defaults[field] ?? '').trim() : this.#at(at, field).text;
  }

  /** Returns the names of cells that are too long; an unread column may hold anything. */
  tooLong(): readonly string[] {
    this.#found ??= this.#cut();
    return this.#found;
  }

  /** Says whether a field, or `attributes.` and a name, is longer than allowed: its beginning is not its content. */
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

  /** Reads a date; undefined when the cell is empty. A cell that is too long cannot be read: its rest may make it another date. */
  date(field: ImportField): TypedDate | undefined {
    if (this.isCut(field)) return { kind: 'unreadable', code: 'DATE_INVALID' };
    const text = this.cell(field);
    if (text === '' || NO_DATE.test(text)) return undefined;
    const at = this.#placeOf(field);
    if (at !== undefined && this.rules.monthFirst.includes(at) && couldBeMonthFirst(text))
      return { kind: 'unreadable', code: 'DATE_AMBIGUOUS' };
    return typedDate(text, this.rules.timeZone);
  }

  /** Returns the attributes of the person that the caller asked to keep. */
  attributes(): Readonly<Record<string, Attribute>> {
    return this.#named(this.rules.columns.attributes, 'attributes');
  }

  /** Returns the pieces of evidence under names of the caller's own. */
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
