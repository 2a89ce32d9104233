import { refusals, type RefusalCode, refusalTitle } from '../../platform/index.ts';
import { NEEDED_FIELDS, isRowCode, sentenceFor } from '../../people/index.ts';
import type { BookingColumns } from './import-columns.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';

/** The reason for rejecting a row of bookings; its fields are names, never their content. */
export interface BookingProblem {
  readonly code: string;
  readonly fields: readonly string[];
}

const SENTENCES: Readonly<Record<string, Words>> = bilingual.importing.bookings;

/** Fields in words, for files without a column for them. */
const FIELDS: Readonly<Record<string, Words>> = { ...NEEDED_FIELDS, ...bilingual.importing.bookingFields };

/** The source of the columns that a sentence names. */
interface Named {
  /** Fields, or pointers to them such as `consent/method`. */
  readonly fields: readonly string[];
  readonly headings: readonly string[];
  readonly columns: BookingColumns;
}

/** Names fields by the file's headings, else in words. */
export function namesIn({ fields, headings, columns }: Named, language: Language): readonly string[] {
  const places: Readonly<Record<string, readonly number[] | undefined>> = columns.fields;
  const named = fields.map((pointer) => {
    const field = pointer.split('/').at(-1) ?? pointer;
    const [at] = places[field] ?? (field === 'startsAt' ? places['startsOn'] : undefined) ?? [];
    const heading = at === undefined ? undefined : headings[at]?.trim();
    if (heading === undefined) return FIELDS[field]?.[language] ?? pointer;
    return wordsIn(language).punctuation.quoted({ heading });
  });
  return [...new Set(named)];
}

const isRefusal = (code: string): code is RefusalCode => Object.hasOwn(refusals, code);

/** Words the sentence for one row, without its content. */
export function bookingSentence({ code, fields }: BookingProblem, language: Language): string {
  const own = SENTENCES[code]?.[language];
  if (own === undefined && isRowCode(code)) return sentenceFor({ code, fields }, language);
  const words = own ?? (isRefusal(code) ? refusalTitle(code, language).replace(/\.$/, '') : code);
  const colon = wordsIn(language).punctuation.colon;
  return fields.length === 0 ? `${words}.` : `${words}${colon}${fields.join(', ')}.`;
}
