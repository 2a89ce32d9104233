import { z } from 'zod';
import {
  longestCell,
  type Columns,
  failureSentence,
  type FileFailure,
  readerOf,
  todayIn,
  type ReadColumns,
  type RowReading,
  type ImportKind,
  type ImportOptions,
  type ReaderHome,
} from '../../reading/index.ts';
import type { Clock } from '../../platform/index.ts';
import { maskPhone } from '../../sms/index.ts';
import { cutColumns, textOfHead } from './import-reception.ts';
import { peopleFiles } from './file-readers.ts';
import { plainText, counted, unpacked } from '../../upload/index.ts';
import type { Language } from '../../words/index.ts';

const ROWS = 1_000;
/** Bytes that have a thousand rows as a rule, and a bound for files without line ends. */
const MOST_BYTES = 8 * 1024 * 1024;
const SAMPLES = 3;

const Counts = z.record(z.string(), z.int());

/** The expected result of an import, computed from the first rows of its file. */
export const ImportRehearsed = z
  .object({
    rows: z.int().meta({ description: 'Rows read: a thousand at most.' }),
    accepted: z.int(),
    rejected: z.int(),
    duplicates: z
      .int()
      .meta({ description: 'Rows that are taken, of the number or the reference of a row before them.' }),
    rejectedBy: Counts,
    warningsBy: Counts,
    columns: z
      .array(
        z.object({
          heading: z.string(),
          field: z.string().nullable(),
          samples: z.array(z.string()).readonly(),
        }),
      )
      .readonly()
      .meta({ description: 'Each column, the field it is read as, and three masked samples.' }),
    ignoredColumns: z.array(z.string()).readonly(),
    wordings: z.array(z.object({ text: z.string(), rows: z.int() })).readonly(),
    failure: z.string().nullable(),
    failureDetail: z.string().nullable().meta({
      description: 'Why nothing of it could be read: what was found, what was expected, what to do.',
    }),
  })
  .meta({ id: 'ImportRehearsal' });

export type ImportRehearsal = z.output<typeof ImportRehearsed>;

/** Reads a thousand rows of a file and stores nothing; samples are masked. */
export async function rehearseImport(
  { clock, home }: { readonly clock: Clock; readonly home: ReaderHome },
  upload: {
    readonly tenantId: string;
    /** The beginning of the file, from `fileHeadOf`. */
    readonly head: Buffer;
    readonly kind: ImportKind;
    readonly options: ImportOptions;
    readonly language: Language;
  },
): Promise<ImportRehearsal> {
  const { tenantId, head, kind, options, language } = upload;
  const file = { tenantId, textFrom: textOfHead(head) };
  const header = await peopleFiles.header(file, { kind, options });
  if (header.kind === 'unreadable') return unreadableRehearsal(header.failure, language);
  const { cursor } = header;
  const order = { kind, options, cursor, home, today: todayIn(clock, home), knowsRepeats: false };
  const rows = await firstRows(peopleFiles.rows(file, order));
  const { columns } = readerOf(order);
  const cells = rows.map(({ row }) => row.cells ?? []);
  return {
    ...findingsOf(rows.map(({ reading }) => reading)),
    columns: shownColumns(cursor.headings, cells, (at) => fieldAt(columns, at)),
    ignoredColumns: header.ignored,
  };
}

/** Builds the rehearsal of a file that cannot be read. */
export const unreadableRehearsal = (failure: FileFailure, language: Language): ImportRehearsal => ({
  rows: 0,
  accepted: 0,
  rejected: 0,
  duplicates: 0,
  rejectedBy: {},
  warningsBy: {},
  columns: (failure.unread?.headings ?? []).map((heading, at) => ({
    heading,
    field: null,
    samples: (failure.unread?.rows ?? []).map((cells) => cells[at] ?? '').filter((cell) => cell !== ''),
  })),
  ignoredColumns: failure.unread?.unknown ?? [],
  wordings: [],
  failure: failure.code,
  failureDetail: failureSentence(failure, language),
});

/** Returns the first 8 MiB of a file as plain text; the rest is read to its end and dropped. */
export async function fileHeadOf(
  bytes: AsyncIterable<Buffer>,
  readColumns: ReadColumns | undefined,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  const text = counted(plainText(unpacked(bytes)));
  for await (const piece of readColumns === undefined ? text : cutColumns(text, readColumns)) {
    if (length < MOST_BYTES) pieces.push(piece);
    length += piece.length;
  }
  return Buffer.concat(pieces).subarray(0, MOST_BYTES);
}

/** Returns the first thousand rows. */
export async function firstRows<Row>(pages: AsyncIterable<readonly Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of pages) {
    rows.push(...page);
    if (rows.length >= ROWS) break;
  }
  return rows.slice(0, ROWS);
}

function findingsOf(readings: readonly RowReading[]): Omit<ImportRehearsal, 'columns' | 'ignoredColumns'> {
  const texts = readings.flatMap(({ cited }) => (cited !== undefined && 'text' in cited ? cited.text : []));
  return {
    ...countsOfTried(readings.map(triedAs)),
    wordings: Object.entries(countsBy(texts)).map(([text, rows]) => ({ text, rows })),
    failure: null,
    failureDetail: null,
  };
}

/** The outcome of a rehearsed row: the code of its rejection, or the key of the person whom it names. */
export type TriedRow =
  | { readonly code: string }
  | { readonly names: string | undefined; readonly warnings: readonly string[] };

const triedAs = ({ problem, person, phone, warnings }: RowReading): TriedRow =>
  problem ?? { names: person === undefined ? undefined : phone, warnings };

/** Counts rehearsed rows; one with the key of an earlier row is a duplicate. */
export function countsOfTried(
  tried: readonly TriedRow[],
): Pick<ImportRehearsal, 'rows' | 'accepted' | 'rejected' | 'duplicates' | 'rejectedBy' | 'warningsBy'> {
  const rejected = tried.flatMap((one) => ('code' in one ? one.code : []));
  const taken = tried.flatMap((one) => ('code' in one ? [] : one));
  const named = taken.flatMap(({ names }) => names ?? []);
  const duplicates = named.length - new Set(named).size;
  return {
    rows: tried.length,
    accepted: taken.length - duplicates,
    rejected: rejected.length,
    duplicates,
    rejectedBy: countsBy(rejected),
    warningsBy: countsBy(taken.flatMap(({ warnings }) => Array.from(new Set(warnings)))),
  };
}

/** Counts occurrences of each word. */
export const countsBy = (words: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, some]) => [word, some.length]));

/** Lists each column with the field it was read as and masked samples. */
export function shownColumns(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  fieldOf: (at: number) => string | null,
): ImportRehearsal['columns'] {
  return headings.map((heading, at) => ({
    heading,
    field: fieldOf(at),
    samples: rows
      .flatMap((cells) => (cells[at] ?? '').trim() || [])
      .slice(0, SAMPLES)
      .map(maskedSample),
  }));
}

function fieldAt({ fields, attributes, evidence }: Columns, at: number): string | null {
  const [field] = Object.entries(fields).find(([, places]) => places.includes(at)) ?? [];
  const attribute = attributes.find((column) => column.at === at);
  const piece = evidence.find((column) => column.at === at);
  return (
    field ?? (attribute && `attributes.${attribute.name}`) ?? (piece && `evidence.${piece.name}`) ?? null
  );
}

/** Masks a sample so that its column can be recognized, and its person cannot. */
const maskedSample = (cell: string): string =>
  cell.length <= longestCell('phone') && /^\+\d{8,}$/.test(cell)
    ? maskPhone(cell)
    : cell.slice(0, 2).padEnd(Math.min(cell.length, 12), '•');
