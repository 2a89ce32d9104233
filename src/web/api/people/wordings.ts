import { z } from 'zod';
import {
  refusesWeakWordings,
  addWording,
  findWording,
  listWordings,
  findingsIn,
  type WordingFinding,
} from '../../../people/index.ts';
import { Refusal, EVERYBODY, MARKETING } from '../../../platform/index.ts';
import { brandById } from '../../../company/index.ts';
import { Answer } from '../../server/answer.ts';
import type { Api } from '../../server/api.ts';
import { PurposeOrPurposes, purposesOf, ById, Id, Instant, listOf, PageQuery } from '../../server/schema.ts';
import { route, type Route } from '../../server/route.ts';
import { foundInEach, withRule } from '../../../sms/index.ts';
import type { Language } from '../../../words/index.ts';

const isoOf = Instant.transform((at) => at.toISO());

const NewWording = PurposeOrPurposes.extend({
  locale: z
    .string()
    .regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, 'a BCP 47 tag, such as fr-FR')
    .default('fr'),
  text: z.string().trim().min(1).max(5_000),
  brandId: Id.optional(),
  inUseFrom: isoOf.optional(),
  inUseUntil: isoOf.optional(),
});

/** A wording for answers. */
export const WordingShown = z
  .object({
    id: z.string(),
    purposes: z.array(z.string()).readonly(),
    locale: z.string(),
    version: z.int(),
    text: z.string(),
    sha256: z.string(),
    origin: z.enum(['published', 'declared']),
    brandId: z.string().nullable(),
    inUseFrom: z.string().nullable(),
    inUseUntil: z.string().nullable(),
    findings: z
      .array(
        z.object({
          ruleId: z.string(),
          code: z.string(),
          severity: z.literal('warning'),
          at: z.int(),
          message: z.string(),
        }),
      )
      .readonly(),
    createdAt: z.string(),
  })
  .meta({ id: 'Wording' });

/** The routes of wordings; they are never rewritten. */
export const wordingRoutes = (api: Api): Route[] => [declaring(api), list(), one()];

const declaring = ({ clock }: Api): Route =>
  route({
    method: 'post',
    path: '/v1/wordings',
    roles: MARKETING,
    summary: 'Keeps the words of a consent, by their SHA-256, and says what they lack.',
    tag: 'Consents',
    body: NewWording,
    reply: WordingShown,
    status: 201,
    also: [200],
    run: async ({ tx, body, language }) => {
      const { brandId, inUseFrom, inUseUntil } = body;
      if (brandId !== undefined && (await brandById(tx, brandId)) === undefined)
        throw new Refusal('BRAND_NOT_FOUND');
      if (inUseFrom !== undefined && inUseUntil !== undefined && inUseUntil <= inUseFrom)
        throw new Refusal('INVALID_REQUEST', {
          errors: [{ in: 'body', pointer: '/inUseUntil', message: 'comes before inUseFrom' }],
        });
      const { created, ...wording } = await addWording(
        tx,
        { clock },
        { ...body, purposes: purposesOf(body) },
      );
      if (wording.findings.length > 0 && (await refusesWeakWordings(tx))) throw weak(wording.findings);
      return new Answer(created ? 201 : 200, readIn(wording, language));
    },
  });

/** Words a wording's findings in one language. */
const readIn = <W extends { readonly findings: readonly WordingFinding[] }>(
  wording: W,
  language: Language,
): W => ({
  ...wording,
  findings: findingsIn(wording.findings, language),
});

const weak = (findings: readonly WordingFinding[]): Refusal =>
  new Refusal('WORDING_WEAK', {
    errors: foundInEach((language) => findingsIn(findings, language)).map(({ message, ruleId }) => ({
      in: 'body',
      pointer: '/text',
      message: withRule(message, ruleId),
    })),
  });

const list = (): Route =>
  route({
    method: 'get',
    path: '/v1/wordings',
    roles: EVERYBODY,
    summary: 'Lists wordings, oldest first.',
    tag: 'Consents',
    query: PageQuery,
    reply: listOf(WordingShown),
    run: async ({ tx, query, language }) => {
      const { items, next } = await listWordings(tx, query);
      return { items: items.map((item) => readIn(item, language)), next };
    },
  });

const one = (): Route =>
  route({
    method: 'get',
    path: '/v1/wordings/{id}',
    roles: EVERYBODY,
    summary: 'Shows a wording.',
    tag: 'Consents',
    params: ById,
    reply: WordingShown,
    run: async ({ tx, params: { id }, language }) => {
      const wording = await findWording(tx, id);
      if (wording === undefined) throw new Refusal('NOT_FOUND');
      return readIn(wording, language);
    },
  });
