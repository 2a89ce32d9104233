import { z } from 'zod';
import { readSurroundings, type FreezeTerms, judgedCounts, judgedPage } from '../../../campaigns/index.ts';
import { readContacts, rowFunnel, importReport, type ImportReport } from '../../../people/index.ts';
import { type Transaction, Refusal, EVERYBODY, READING_CAMPAIGNS } from '../../../platform/index.ts';
import { bookingSentence } from '../../../reminders/index.ts';
import { maskPhone } from '../../../sms/index.ts';
import type { Api } from '../../server/api.ts';
import { fakePurposes } from '../../../gateways/index.ts';
import { route, type Route } from '../../server/route.ts';
import { ById, listOf, PageQuery, pageOf } from '../../server/schema.ts';
import type { Language } from '../../../words/index.ts';

const Lost = z.object({ code: z.string(), rows: z.int(), text: z.string() });

/** The rows of a file that remain at each step, and the lost ones. */
export const FunnelShown = z
  .object({
    rows: z.int(),
    readable: z.int(),
    proven: z.int(),
    unreadable: z.array(Lost).readonly(),
    unproven: z.array(Lost).readonly(),
    people: z.int().nullable().meta({ description: 'Different people; null unless it is a file of people.' }),
    sendable: z.int().nullable().meta({
      description: 'Who could be sent advertising now, judged as the audience of a campaign of some brand.',
    }),
    notSendable: z.record(z.string(), z.int()),
  })
  .meta({ id: 'ImportFunnel' });

/** A person of a file who cannot be served; the number is masked. */
export const NotSendable = z
  .object({ id: z.string(), to: z.string(), territory: z.string(), reason: z.string() })
  .meta({ id: 'NotSendable' });

/** The routes of a file's results, from rows to people who may be written to. */
export const importFunnelRoutes = (api: Api): Route[] => [funnel(api), notSendable(api)];

const funnel = (api: Api): Route =>
  route({
    method: 'get',
    path: '/v1/imports/{id}/funnel',
    roles: EVERYBODY,
    summary: 'Counts from rows to people who may be written to, and tells what was lost at each step.',
    tag: 'Imports',
    params: ById,
    reply: FunnelShown,
    run: async ({ tx, language, params: { id } }) => {
      const report = await known(tx, id);
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
  });

const notSendable = (api: Api): Route =>
  route({
    method: 'get',
    path: '/v1/imports/{id}/not-sendable',
    roles: READING_CAMPAIGNS,
    summary: 'Lists its people who could not be sent advertising now, each with the reason, numbers masked.',
    tag: 'Imports',
    params: ById,
    query: PageQuery.extend({
      reason: z
        .string()
        .regex(/^\w{1,60}$/)
        .optional(),
    }),
    reply: listOf(NotSendable),
    run: async ({ tx, params: { id }, query: { limit, ...page } }) => {
      await known(tx, id);
      const judged = await judgedPage(tx, await terms(tx, api, id), { ...page, limit: limit + 1 });
      const keys = await api.vault.tenant(tx);
      const people = await readContacts(
        tx,
        keys,
        judged.map(({ contactId }) => contactId),
      );
      const numbers = new Map(people.map((one) => [one.id, maskPhone(one.person.phone)]));
      const listed = judged.map(({ contactId, territory, reason }) => ({
        id: contactId,
        to: numbers.get(contactId) ?? '–',
        territory,
        reason: reason ?? '',
      }));
      return pageOf(listed, limit);
    },
  });

/** Words the reason for many rows: the missing fields differ from one to the next. */
const sentenceOf = (code: string, language: Language): string =>
  bookingSentence({ code, fields: [] }, language).replace(/, (?:il manque|missing)\.$/, '.');

async function known(tx: Transaction, id: string): Promise<ImportReport> {
  const report = await importReport(tx, id);
  if (report === undefined) throw new Refusal('NOT_FOUND');
  return report;
}

/** Judges as a campaign to that file would, of some brand, by the account of advertising. */
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
