import { Refusal, refusals, refusalTitle, type Transaction, type RefusalCode } from '../../platform/index.ts';
import type { Filed } from '../booking/filing.ts';
import type { BookedRow } from './booking-file.ts';
import type { BookingRules } from './import-row.ts';
import { inSavepoint } from '../booking/booking.repository.ts';
import type { SeriesKind } from '../series/series.ts';
import { NEEDED_FIELDS, isRowCode, sentenceFor } from '../../reading/index.ts';
import type { BookingColumns } from './import-columns.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';

/** One row to file under the same checks as a PUT of its booking. */
interface RowTaken {
  readonly kind: SeriesKind;
  readonly externalId: string;
  readonly body: unknown;
  readonly source: string;
  readonly actor: string;
  /** True when a cancelled booking is reopened. */
  readonly reopen: boolean;
}

/** The handling of rows; a Refusal concerns one row alone. */
export interface RowTaker {
  file(tx: Transaction, row: RowTaken): Promise<Filed>;
  /** Cancels a booking, or keeps the cancellation for later. */
  callOff(
    tx: Transaction,
    row: Omit<RowTaken, 'body' | 'reopen'> & {
      readonly status: 'cancelled' | 'absent';
      readonly sourceRevision: number | undefined;
    },
  ): Promise<void>;
  /** Returns the external id of the tenant's only practice; undefined without any or with several. */
  onlyPractice(tx: Transaction): Promise<string | undefined>;
}

/** What became of a row. */
export type RowFiled =
  | { readonly kind: 'filed'; readonly externalId: string; readonly filed: Filed }
  | { readonly kind: 'calledOff'; readonly externalId: string }
  | { readonly kind: 'rejected'; readonly problem: BookingProblem };

/** Files one row; a refusal leaves nothing behind in the caller's transaction. */
export async function fileRow(
  tx: Transaction,
  take: RowTaker,
  {
    row: { booking: read },
    rules: { kind, reopen },
    about: { source, actor },
  }: {
    readonly row: BookedRow;
    readonly rules: Pick<BookingRules, 'kind' | 'reopen'>;
    readonly about: Pick<RowTaken, 'source' | 'actor'>;
  },
): Promise<RowFiled> {
  if (read.kind === 'unreadable') return rejected(read);
  const { externalId } = read;
  const about = { kind, source, actor, externalId };
  return inSavepoint<RowFiled>(tx, {
    refused: (cause) => rejected(problemOf(cause)),
    work: async () => {
      if (read.kind === 'row') return filed(tx, take, { ...about, body: read.body, reopen });
      const { status, sourceRevision } = read;
      await take.callOff(tx, { ...about, status, sourceRevision });
      return { kind: 'calledOff', externalId };
    },
  });
}

/** The warnings of a row whose visit or booking is cancelled. */
const CALLED_OFF: readonly string[] = ['BOOKING_CANCELLED'];

async function filed(
  tx: Transaction,
  take: RowTaker,
  about: Omit<RowTaken, 'body'> & { readonly body: Readonly<Record<string, unknown>> },
): Promise<RowFiled> {
  const { externalId, body } = about;
  const isWithout = about.kind === 'appointment' && body['practice'] === undefined;
  const practice = isWithout ? await take.onlyPractice(tx) : undefined;
  if (isWithout && practice === undefined)
    return rejected({ code: 'PRACTICE_MISSING', fields: ['practice'] });
  const whole = practice === undefined ? body : { ...body, practice };
  return { kind: 'filed', externalId, filed: await take.file(tx, { ...about, body: whole }) };
}

const rejected = (problem: BookingProblem): RowFiled => ({ kind: 'rejected', problem });

/** Returns a row's fault from a refusal; any other error is not the row's and is thrown. */
function problemOf(cause: unknown): BookingProblem {
  if (!(cause instanceof Refusal)) throw cause;
  const fields = (cause.details.errors ?? []).map(({ pointer }) => pointer.replace(/^\//, ''));
  return { code: cause.code, fields };
}

/** Lists an accepted row's warnings: why nothing will be sent. */
export function rowWarningsOf(one: Exclude<RowFiled, { kind: 'rejected' }>): readonly string[] {
  if (one.kind === 'calledOff') return CALLED_OFF;
  const { series, eligibility } = one.filed;
  if (series.state === 'cancelled') return CALLED_OFF;
  return eligibility.why === null ? [] : [eligibility.why];
}

/** The reason for rejecting a row of bookings; its fields are names, never their content. */
export interface BookingProblem {
  readonly code: string;
  readonly fields: readonly string[];
}

const SENTENCES: Readonly<Record<string, Words>> = bilingual.importing.bookings;

/** Fields in words, for files without a column for them. */
const FIELDS: Readonly<Record<string, Words>> = { ...NEEDED_FIELDS, ...bilingual.importing.bookingFields };

/** Names fields, or pointers to them such as `consent/method`, by the file's headings, else in words. */
export function namesIn(
  {
    fields,
    headings,
    columns,
  }: {
    readonly fields: readonly string[];
    readonly headings: readonly string[];
    readonly columns: BookingColumns;
  },
  language: Language,
): readonly string[] {
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
