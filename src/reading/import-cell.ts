import { DateTime } from 'luxon';
import {
  boundedCell,
  longestCell,
  IMPORT_FIELDS,
  type BoundedCell,
  type CellUse,
  type Columns,
  type ImportField,
} from './import-heading.ts';
import {
  plainHeading,
  type Attribute,
  METHODS,
  CONSENT_PURPOSES,
  type Method,
  type ConsentPurpose,
} from '../person/index.ts';
import type { Basis } from '../law/index.ts';
import { remembered, unguarded } from '../base/index.ts';
import { bilingual, wordsIn, type Language } from '../words/index.ts';
import { numberSentence, type NumberReason } from '../sms/index.ts';

/** The sentences of rejections and warnings, for the author of a file. */
const SENTENCES = bilingual.importing.rows;

type RowCode = keyof typeof SENTENCES;

/** Why a row is rejected; `fields` are names of columns, never their content. */
export interface RowProblem {
  readonly code: RowCode;
  /** Why the number is no mobile number. */
  readonly reason?: NumberReason | undefined;
  readonly fields?: readonly string[] | undefined;
}

/** Says whether a code is one of `RowProblem`. */
export const isRowCode = (code: string): code is RowCode => Object.hasOwn(SENTENCES, code);

/** Returns the sentence for a problem, which shows nothing of the row's content. */
export function sentenceFor({ code, reason, fields = [] }: RowProblem, language: Language): string {
  if (reason !== undefined) return numberSentence(reason, language);
  const sentence = SENTENCES[code][language];
  if (fields.length === 0) return /[.)]$/.test(sentence) ? sentence : `${sentence}.`;
  const separator = sentence.endsWith('.') ? ' ' : wordsIn(language).punctuation.colon;
  return `${sentence}${separator}${fields.join(', ')}.`;
}

/** How the rows of a file are read. */
export interface RowRules {
  readonly columns: Columns;
  /** Positions of columns whose dates have the month first. */
  readonly monthFirst: readonly number[];
  /** What empty cells count as, by field. */
  readonly defaults: Readonly<Partial<Record<ImportField, string>>>;
  readonly values: OwnWords;
  /** True when the person of a row without a proven agreement is kept, and may not be written to. */
  readonly keepUnproven: boolean;
  /** The tenant's zone, IANA. */
  readonly timeZone: string;
  /** `YYYY-MM-DD` in that zone. */
  readonly today: string;
}

/** A cell of so many characters is never too long, whatever its use. */
const SHORTEST_BOUND = longestCell('phone');

/** Matches a missing date as some software writes it. */
const NO_DATE = /^0+[/.-]0+[/.-]0+(?:\s.*)?$/;

/** Reads the cells of one row by the names of fields. */
export class RowCells {
  readonly rules: RowRules;
  readonly #cells: readonly string[];
  #found: readonly string[] | undefined;

  constructor(cells: readonly string[], rules: RowRules) {
    this.#cells = cells;
    this.rules = rules;
  }

  /** Says whether the file has a column for a field, or the caller a default. */
  knows(field: ImportField): boolean {
    return this.rules.columns.fields[field] !== undefined || this.rules.defaults[field] !== undefined;
  }

  /** Returns the first non-empty cell of a field, else the default; a cell that is too long is cut. */
  cell(field: ImportField): string {
    const at = this.#placeOf(field);
    return at === undefined ? (this.rules.defaults[field] ?? '').trim() : this.#at(at, field).text;
  }

  /** Returns the names of cells that are too long; columns that are not read do not count. */
  tooLong(): readonly string[] {
    this.#found ??= this.#cut();
    return this.#found;
  }

  /** Says whether the cell of a field, or of `attributes.` and a name, was too long and is cut. */
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

  /** Reads a date; undefined when the cell is empty. One that is cut is unreadable, since its rest may change the date. */
  date(field: ImportField): TypedDate | undefined {
    if (this.isCut(field)) return { kind: 'unreadable', code: 'DATE_INVALID' };
    const text = this.cell(field);
    if (text === '' || NO_DATE.test(text)) return undefined;
    const at = this.#placeOf(field);
    if (at !== undefined && this.rules.monthFirst.includes(at) && couldBeMonthFirst(text))
      return { kind: 'unreadable', code: 'DATE_AMBIGUOUS' };
    return typedDate(text, this.rules.timeZone);
  }

  /** Returns the attributes that the caller asked to keep. */
  attributes(): Readonly<Record<string, Attribute>> {
    return this.#named(this.rules.columns.attributes, 'attributes');
  }

  /** Returns the evidence under names of the caller's own. */
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
    // Guards that keep a spreadsheet from running a cell are no part of its content.
    return boundedCell(this.#cells[position], longestCell(use), unguarded);
  }
}

/** What a caller's own words mean: `borne` → `paper`. They are compared without accents, case and separators. */
export type OwnWords = Readonly<Record<string, string>>;

const METHOD_WORDS: Readonly<Record<Method, string>> = {
  web_form:
    'site, site internet, site web, formulaire, formulaire web, formulaire en ligne, internet, web, online, en ligne, form, website',
  paper:
    'bulletin, bulletin papier, papier, formulaire papier, caisse, magasin, en caisse, en magasin, boutique, fiche, courrier, store',
  event: 'salon, evenement, foire, stand, fair',
  oral: 'telephone, oral, vocal, appel, par telephone, phone, call, verbal',
  sms_keyword: 'sms, mot cle, mot cle sms, keyword',
  import: 'fichier, reprise, file',
};

const PURPOSE_WORDS: Readonly<Record<ConsentPurpose, string>> = {
  marketing: 'publicite, pub, promo, promotion, promotions, commercial, offres, prospection, newsletter',
  appointment: 'rendez vous, rdv, rappel rdv, rappels de rendez vous, appointments',
  renewal: 'renouvellement, abonnement, contrat, echeance contrat, subscription',
  payment: 'paiement, paiements, echeance, echeances, facture, payments, instalment',
};

const BASIS_WORDS: Readonly<Record<Basis, string>> = {
  consent: 'consentement, accord, optin',
  contract: 'contrat, execution du contrat',
  legitimate_interest: 'interet legitime, client existant',
};

type Dictionary<Word extends string> = ReadonlyMap<string, Word>;

function dictionary<Word extends string>(
  words: Readonly<Record<Word, string>>,
  names: readonly Word[],
): Dictionary<Word> {
  return new Map(
    names.flatMap((name) =>
      [name, ...words[name].split(', ')].map((word) => [plainHeading(word), name] as const),
    ),
  );
}

const methods = dictionary(METHOD_WORDS, METHODS);
const purposes = dictionary(PURPOSE_WORDS, CONSENT_PURPOSES);
const bases = dictionary(BASIS_WORDS, ['consent', 'contract', 'legitimate_interest']);

const wordFor = <Word extends string>(
  words: Dictionary<Word>,
  cell: string,
  own: OwnWords,
): Word | undefined => words.get(plainHeading(inOwnWords(cell, own)));

/** Translates a cell by the caller's own words; returns it unchanged when it is none of them. */
export function inOwnWords(cell: string, own: OwnWords): string {
  const word = plainHeading(cell);
  // A cell may be `constructor`.
  return Object.hasOwn(own, word) ? (own[word] ?? cell) : cell;
}

/** Returns the method that a cell names, in English or French. */
export const methodNamed = (cell: string, own: OwnWords = NO_WORDS): Method | undefined =>
  wordFor(methods, cell, own);

/** Returns the basis that a cell names. */
export const basisNamed = (cell: string, own: OwnWords = NO_WORDS): Basis | undefined =>
  wordFor(bases, cell, own);

const NO_WORDS: OwnWords = {};

/** The cached reader of purposes for the words of each caller. */
const purposeReaders = new WeakMap<OwnWords, (cell: string) => readonly ConsentPurpose[] | undefined>();

/** Returns the purposes that a cell names, separated by `|`, `,` or `+`; undefined when one is unknown. */
export function purposesNamed(cell: string, own: OwnWords = NO_WORDS): readonly ConsentPurpose[] | undefined {
  const known = purposeReaders.get(own) ?? remembered(200, (text) => purposesIn(text, own));
  purposeReaders.set(own, known);
  return known(cell);
}

function purposesIn(cell: string, own: OwnWords): readonly ConsentPurpose[] | undefined {
  const named = cell.split(/[|,+]/).map((word) => wordFor(purposes, word, own));
  const known = named.filter((purpose) => purpose !== undefined);
  return known.length === named.length
    ? CONSENT_PURPOSES.filter((purpose) => known.includes(purpose))
    : undefined;
}

/** Prepares a caller's words for comparison. */
export const ownWords = (values: OwnWords): OwnWords =>
  Object.fromEntries(Object.entries(values).map(([word, ours]) => [plainHeading(word), ours]));

const NO = new Set(['non', 'no', '0', 'false', 'faux', 'n', 'jamais', 'never', '']);

/** Says whether a cell is empty or means no. */
export const saysNo = (cell: string): boolean => NO.has(plainHeading(cell));

/** The result of reading a date. */
export type TypedDate =
  | {
      readonly kind: 'date';
      /** ISO instant with the offset of that day; midnight when no hour was typed. */
      readonly at: string;
      /** `YYYY-MM-DD` as typed. */
      readonly on: string;
    }
  | { readonly kind: 'unreadable'; readonly code: 'DATE_INVALID' | 'DATE_AMBIGUOUS' };

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?$/i;
const DAY_FIRST =
  /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:(?:,?\s+|T)(?:à\s*)?(\d{1,2})\s*[:hH]\s*(\d{2})?(?::(\d{2}))?)?$/;

/** Matches a date with a year of two digits, which is ambiguous. */
const SHORT_YEAR = /^\d{1,2}[/.-]\d{1,2}[/.-]\d{2}(?!\d)/;

/** Matches the usual form of a cell, which needs no tidying. */
const ONE_SPACED = /^[!-~]+(?: [!-~]+)*$/;

/** Reads a date, either ISO or with the day first; it never guesses that the month comes first. */
export function typedDate(text: string, timeZone: string): TypedDate {
  const cell = ONE_SPACED.test(text) ? text : text.replaceAll(/\s+/g, ' ').trim();
  if (ISO.test(cell)) return isoDate(cell, timeZone);
  const parts: (string | undefined)[] | null = DAY_FIRST.exec(cell);
  if (parts === null) return unreadable(SHORT_YEAR.test(cell) ? 'DATE_AMBIGUOUS' : 'DATE_INVALID');
  const [, day, month, year, hour, minute, second] = parts.map((part) => Number(part ?? 0));
  if (isMonthFirstPair(Number(day), Number(month))) return unreadable('DATE_AMBIGUOUS');
  const wall = { year, month, day, hour, minute, second };
  return plainDate(wall, timeZone) ?? dateOf(DateTime.fromObject(wall, { zone: timeZone }));
}

/** No date is longer, whatever spaces it has. */
const LONGEST_DATE = longestCell('grantedAt');

/** Says whether a date is only possible with the month first. */
export function isMonthFirst(text: string): boolean {
  if (text.length > LONGEST_DATE) return false;
  const parts = DAY_FIRST.exec(text.trim());
  return parts !== null && isMonthFirstPair(Number(parts[1]), Number(parts[2]));
}

/** Says whether a date is possible with the month first too, and would then be another one. */
export function couldBeMonthFirst(text: string): boolean {
  const parts = DAY_FIRST.exec(text.trim());
  return parts !== null && Number(parts[1]) <= 12 && parts[1] !== parts[2];
}

const isMonthFirstPair = (first: number, second: number): boolean =>
  first >= 1 && first <= 12 && second > 12 && second <= 31;

type Wall = Readonly<Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number | undefined>>;

/** Returns the offset of a zone on a day; empty on a day with a clock change, which needs the calendar. */
const dayOffset = remembered(20_000, (zoneAndDay) => {
  const [zone = '', day = ''] = zoneAndDay.split(' ');
  const midnight = DateTime.fromISO(day, { zone });
  const isPlain = midnight.hour === 0 && midnight.offset === midnight.plus({ days: 1 }).offset;
  const offset = midnight.isValid && isPlain ? midnight.toISO({ suppressMilliseconds: true }).slice(19) : '';
  return offset.length > 6 ? '' : offset;
});

/** Computes a local time from the offset of its day, which is fast; undefined when it needs the calendar. */
function plainDate({ year, month, day, hour = 0, minute = 0, second = 0 }: Wall, zone: string) {
  const on = `${year ?? 0}-${padded(month ?? 0)}-${padded(day ?? 0)}`;
  const offset = isClockTime([hour, minute, second]) && isNear(year) ? dayOffset(`${zone} ${on}`) : '';
  if (offset === '') return undefined;
  return {
    kind: 'date',
    on,
    at: `${on}T${padded(hour)}:${padded(minute)}:${padded(second)}${offset}`,
  } as const;
}

const isClockTime = ([hour = 0, minute = 0, second = 0]: readonly number[]): boolean =>
  hour <= 23 && minute <= 59 && second <= 59;

const isNear = (year = 0): boolean => year >= 1900 && year <= 2200;

const padded = (value: number): string => String(value).padStart(2, '0');

/** Matches an ISO date without offset and fractions. */
const ISO_WALL = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?$/i;

function isoDate(cell: string, timeZone: string): TypedDate {
  const parts: (string | undefined)[] = ISO_WALL.exec(cell) ?? [];
  const [, year, month, day, hour, minute, second] = parts.map((part) => Number(part ?? 0));
  return plainDate({ year, month, day, hour, minute, second }, timeZone) ?? anyIsoDate(cell, timeZone);
}

const anyIsoDate = (cell: string, zone: string): TypedDate =>
  dateOf(DateTime.fromISO(cell.replace(/^(\S+) (?=\d)/, '$1T').replaceAll(' ', ''), { zone, setZone: true }));

/** The largest offset from UTC, in minutes: no clock on Earth has more, and PostgreSQL accepts sixteen hours at most. */
export const FURTHEST_OFFSET = 14 * 60;

function dateOf(moment: DateTime<true> | DateTime<false>): TypedDate {
  if (!moment.isValid || !isNear(moment.year) || Math.abs(moment.offset) > FURTHEST_OFFSET)
    return unreadable('DATE_INVALID');
  return {
    kind: 'date',
    at: moment.toISO({ suppressMilliseconds: true }),
    on: moment.toFormat('yyyy-MM-dd'),
  };
}

const unreadable = (code: 'DATE_INVALID' | 'DATE_AMBIGUOUS'): TypedDate => ({ kind: 'unreadable', code });

/** Says whether a date is in the future in a zone; one that was typed with an offset is converted to the zone. */
export const isToCome = (
  { on, at }: Extract<TypedDate, { kind: 'date' }>,
  { today, timeZone }: { readonly today: string; readonly timeZone: string },
): boolean => on > today && DateTime.fromISO(at, { zone: timeZone }).toFormat('yyyy-MM-dd') > today;
