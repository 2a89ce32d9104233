import { z } from 'zod';
import { readSurroundings, type FreezeTerms, judgedCounts, judgedPage } from '../../../campaigns/index.ts';
import { readContacts, rowFunnel, importReport, RowFunnel } from '../../../people/index.ts';
import { IMPORT_FIELDS, isImportTarget } from '../../../reading/index.ts';
import type { Transaction } from '../../../platform/index.ts';
import { EVERYBODY, READING_CAMPAIGNS } from '../../../base/index.ts';
import { isBookingField, bookingSentence } from '../../../reminders/index.ts';
import { maskPhone } from '../../../sms/index.ts';
import type { Language } from '../../../words/index.ts';
import { jsonOf as parsedJson } from '../../server/read-body.ts';
import { type Api, route, orNotFound, tagged } from '../../server/route.ts';
import { ById, listOf, PageQuery, readPage, ReasonCode } from '../../server/schema.ts';
import { fakePurposes } from '../../../gateways/index.ts';

/** Parses a query parameter that is JSON, such as `mapping={"Portable":"phone"}`. */
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

/** The caller's own words and ours, `{ word: ours }`, for all columns or under the name of one. */
const Words = z
  .record(Word, z.union([Word, z.record(Word, Word)]))
  .transform((words) =>
    Object.fromEntries(
      Object.entries(words).flatMap(([word, ours]) =>
        typeof ours === 'string' ? [[word, ours] as const] : Object.entries(ours),
      ),
    ),
  );

/** The fields of columns, `{ heading: field }`, and under `values` the caller's own words. */
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

/** The values of fields without a column, `{ field: value }`. */
export const Defaults = jsonOf(
  z.record(
    z.string().refine((word) => IMPORT_FIELDS.some((field) => field === word) || isBookingField(word)),
    z.string().max(500),
  ),
).meta({
  override: { type: 'string', description: 'JSON: { field: value }' },
});

/** How many rows of a file are left after each step, and how many were lost. */
export const FunnelShown = z
  .object({
    ...RowFunnel,
    people: z.int().nullable().meta({ description: 'Different people; null unless it is a file of people.' }),
    sendable: z.int().nullable().meta({
      description: 'Who could be sent advertising now, judged as the audience of a campaign of some brand.',
    }),
    notSendable: z.record(z.string(), z.int()),
  })
  .meta({ id: 'ImportFunnel' });

/** A person of a file who may not be written to, with the number masked. */
export const NotSendable = z
  .object({ id: z.string(), to: z.string(), territory: z.string(), reason: z.string() })
  .meta({ id: 'NotSendable' });

export const importFunnelRoutes = tagged('Imports', [
  route('GET /v1/imports/{id}/funnel', {
    roles: EVERYBODY,
    summary: 'Counts from rows to people who may be written to, and tells what was lost at each step.',
    params: ById,
    reply: FunnelShown,
    run: async ({ api, tx, language, params: { id } }) => {
      const report = orNotFound(await importReport(tx, id));
      const rows = rowFunnel(report, (code) => sentenceOf(code, language));
      if (report.kind !== 'contacts') return { ...rows, people: null, sendable: null, notSendable: {} };
      const judged = await judgedCounts(tx, await terms(tx, api, id));
      const people = judged.reduce((sum, one) => sum + one.people, 0);
      const left = judged.flatMap(({ reason, people: many }) =>
        reason === null ? [] : [[reason, many] as const],
      );
      const sendable = judged.find(({ reason }) => reason === null)?.people ?? 0;
      return { ...rows, people, sendable, notSendable: Object.fromEntries(left) };
    },
  }),
  route('GET /v1/imports/{id}/not-sendable', {
    roles: READING_CAMPAIGNS,
    summary: 'Lists its people who could not be sent advertising now, each with the reason, numbers masked.',
    params: ById,
    query: PageQuery.extend({
      reason: ReasonCode.optional(),
    }),
    reply: listOf(NotSendable),
    run: async ({ api, tx, params: { id }, query }) => {
      orNotFound(await importReport(tx, id));
      const freeze = await terms(tx, api, id);
      const keys = await api.vault.tenant(tx);
      return readPage(query, async (page) => {
        const judged = await judgedPage(tx, freeze, page);
        const people = await readContacts(
          tx,
          keys,
          judged.map(({ contactId }) => contactId),
        );
        const numbers = new Map(people.map((one) => [one.id, maskPhone(one.person.phone)]));
        return judged.map(({ contactId, territory, reason }) => ({
          id: contactId,
          to: numbers.get(contactId) ?? '–',
          territory,
          reason: reason ?? '',
        }));
      });
    },
  }),
]);

/** Writes a reason that many rows share, without the missing fields, which differ from row to row. */
const sentenceOf = (code: string, language: Language): string =>
  bookingSentence({ code, fields: [] }, language).replace(/, (?:il manque|missing)\.$/, '.');

/**
 * Returns the terms by which a campaign to the people of a file would be judged, sent by the account for advertising.
 */
async function terms(tx: Transaction, { gateways, clock }: Api, importId: string): Promise<FreezeTerms> {
  const { settings } = await readSurroundings(tx);
  return {
    audience: { importId },
    purpose: 'marketing',
    brandId: null,
    anyBrand: true,
    fake: fakePurposes(gateways, settings).includes('marketing'),
    at: clock.now().toISO(),
  };
}
