import { z } from 'zod';
import { IMPORT_FIELDS, isImportTarget } from '../../../people/index.ts';
import { isBookingField } from '../../../reminders/index.ts';
import { jsonOf as parsedJson } from '../../server/read-body.ts';

/** Parses a query parameter with JSON, as `mapping={"Portable":"phone"}`. */
const jsonOf = <T extends z.ZodType>(schema: T): z.ZodType<z.output<T>, string> =>
  z
    .string()
    .max(10_000)
    .transform((text, context): unknown => {
      try {
        return parsedJson(Buffer.from(text));
      } catch {
        context.addIssue({ code: 'custom', message: 'this is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);

const Word = z.string().max(200);

/** `{ word: ours }`, or the same under its column. */
const Words = z
  .record(Word, z.union([Word, z.record(Word, Word)]))
  .transform((words) =>
    Object.fromEntries(
      Object.entries(words).flatMap(([word, ours]) =>
        typeof ours === 'string' ? [[word, ours] as const] : Object.entries(ours),
      ),
    ),
  );

/** `{ heading: field }`, and under `values` the caller's own words. */
export const Mapping = jsonOf(
  z
    .object({ values: Words.optional() })
    .catchall(
      z
        .string()
        .refine(
          (word) => isImportTarget(word) || isBookingField(word),
          'no such field: see the columns of imports',
        ),
    )
    .transform(({ values, ...headings }) => ({ values, headings })),
).meta({ override: { type: 'string', description: 'JSON: { heading: field, values?: { word: ours } }' } });

/** `{ field: value }` for missing columns. */
export const Defaults = jsonOf(
  z.record(
    z.string().refine((word) => IMPORT_FIELDS.some((field) => field === word) || isBookingField(word)),
    z.string().max(500),
  ),
).meta({
  override: { type: 'string', description: 'JSON: { field: value }' },
});

const Counts = z.record(z.string(), z.int());

/** The expected result of a file, from its first rows. */
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

/** The result of a file. */
export const ImportShown = z
  .object({
    id: z.string(),
    kind: z.string(),
    state: z.enum(['queued', 'reading', 'parked', 'finished', 'failed', 'cancelled']),
    rows: z.int(),
    accepted: z.int(),
    rejected: z.int(),
    duplicates: z.int(),
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    withdrawals: z.int(),
    rejectedBy: z.record(z.string(), z.int()),
    warningsBy: z.record(z.string(), z.int()),
    ignoredColumns: z.array(z.string()).readonly(),
    wordings: z
      .array(z.object({ id: z.string(), text: z.string(), rows: z.int(), findings: z.unknown() }))
      .readonly(),
    failure: z.string().nullable(),
    failureDetail: z.string().nullable().meta({
      description: 'Why nothing of it could be read: what was found, what was expected, what to do.',
    }),
    unread: z
      .object({
        headings: z.array(z.string()).readonly(),
        unknown: z.array(z.string()).readonly(),
        lacking: z.array(z.string()).readonly(),
        rows: z.array(z.array(z.string()).readonly()).readonly(),
      })
      .nullable()
      .meta({
        description:
          'The columns of a file that could not be read: all, those not understood, the fields that none is for, and the first rows with letters as x and digits as 9.',
      }),
    progress: z
      .object({
        read: z.number(),
        total: z.number(),
        rowsPerSecond: z.number().nullable(),
        secondsLeft: z.number().nullable(),
      })
      .meta({ description: 'Bytes of text; how fast and how long still, while it is read.' }),
    createdAt: z.string(),
    finishedAt: z.string().nullable(),
  })
  .meta({ id: 'Import' });
