import { z } from 'zod';
import type { Request } from 'express';
import { CALENDAR_YEARS, holidaysOf, rulesInForce } from '../../../law/index.ts';
import {
  type Api,
  EmptyBody,
  Nothing,
  streamRoute,
  type Route,
  type StreamSpec,
  Answer,
  type Endpoint,
} from '../../server/route.ts';
import type { Caller } from '../../server/caller.ts';
import { HolidayList, RuleList, enforcedOf } from './law-schema.ts';
import { DayField, TerritoryName } from '../../server/schema.ts';
import { type Html, EVERYBODY } from '../../../base/index.ts';
import { sendHtml } from '../../page/page.ts';
import { parsed } from '../../server/input-error.ts';
import { readJson } from '../../server/read-body.ts';
import type { Language } from '../../../words/index.ts';

const Year = z.strictObject({
  territory: TerritoryName.default('FR'),
  year: z
    .string()
    .regex(/^\d{4}$/)
    .transform(Number)
    .refine(
      (year) => year >= CALENDAR_YEARS.first && year <= CALENDAR_YEARS.last,
      'a year whose holidays are known',
    )
    .optional()
    .meta({ override: { type: 'integer', minimum: CALENDAR_YEARS.first, maximum: CALENDAR_YEARS.last } }),
});

/** The routes of the law's sources: days of rest and rules in force. */
export const lawReferenceRoutes: readonly Route[] = [
  lawRoute('GET /v1/law/holidays', {
    roles: [...EVERYBODY, 'instance'],
    summary: 'The public holidays of a territory.',
    tag: 'Law',
    query: Year,
    reply: HolidayList,
    run: async ({ api, language, query: { territory, year = api.clock.now().year } }) =>
      holidaysOf(territory, year).map(({ on, name, nameEn, class: kind, source }) => ({
        on,
        name: language === 'en' ? nameEn : name,
        class: kind,
        source,
      })),
  }),
  lawRoute('GET /v1/law/rules', {
    roles: [...EVERYBODY, 'instance'],
    summary:
      'The rules in force, with level, source, text, parameters, and what of this version enforces them.',
    tag: 'Law',
    query: z.strictObject({ at: DayField.optional() }),
    reply: RuleList,
    run: async ({ api, language, query: { at = api.clock.now() } }) =>
      rulesInForce(at.toFormat('yyyy-MM-dd'), language).map((rule) =>
        Object.assign({}, rule, { enforced: enforcedOf(rule.id, language) }),
      ),
  }),
];

/** The inputs of answering a question to the law; it opens no transaction by itself. */
interface LawCall<Q extends z.ZodType, B extends z.ZodType> {
  readonly api: Api;
  readonly caller: Caller;
  readonly language: Language;
  readonly req: Request;
  readonly query: z.output<Q>;
  readonly body: z.output<B>;
}

/** One endpoint of the law. */
interface LawSpec<Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType> extends Omit<
  StreamSpec<typeof Nothing, Q>,
  'run' | 'reply'
> {
  readonly body?: B;
  readonly reply: R;
  /** Returns the answer, or a page when the caller wants one. */
  readonly run: (call: LawCall<Q, B>) => Promise<z.input<R> | LawPage>;
}

/** An answer for a browser. */
export class LawPage {
  readonly html: Html;
  readonly policy: string;

  constructor(html: Html, policy: string) {
    this.html = html;
    this.policy = policy;
  }
}

/** Defines an endpoint of the law, which needs no database: none is used after the key is known. */
export function lawRoute<
  R extends z.ZodType,
  Q extends z.ZodType = typeof Nothing,
  B extends z.ZodType = typeof EmptyBody,
>(endpoint: Endpoint, spec: LawSpec<Q, B, R>): Route {
  // Without a body B is the type of EmptyBody, its default.
  const { body = EmptyBody as unknown as B, run, reply, ...described } = spec;
  const route = streamRoute<typeof Nothing, Q>(endpoint, {
    ...described,
    reply,
    run: async ({ api, caller, language, req, res, query }) => {
      const asked = parsed(body, await readJson(req, res), { where: 'body' });
      const made = await run({ api, caller, language, req, query, body: asked });
      if (!(made instanceof LawPage))
        return new Answer(200, reply.parse(made), { Vary: 'Accept, Accept-Language' });
      res.set({ 'Content-Security-Policy': made.policy, Vary: 'Accept, Accept-Language' });
      sendHtml(res, made.html);
      return undefined;
    },
  });
  return { ...route, isShort: true, schemas: { ...route.schemas, body } };
}
