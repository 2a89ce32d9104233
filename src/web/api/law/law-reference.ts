import { z } from 'zod';
import { CALENDAR_YEARS, holidaysOf, rulesInForce } from '../../../law/index.ts';
import type { Api } from '../../server/api.ts';
import { EVERYBODY } from '../../server/caller.ts';
import { HolidayList, RuleList } from './law-schema.ts';
import { enforcedOf } from './law-enforcement.ts';
import { lawRoute } from './law-route.ts';
import type { Route } from '../../server/route.ts';
import { DayField, TerritoryName } from '../../server/schema.ts';

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
export const lawReferenceRoutes = ({ clock }: Api): Route[] => [
  lawRoute({
    method: 'get',
    path: '/v1/law/holidays',
    roles: [...EVERYBODY, 'instance'],
    summary: 'The public holidays of a territory.',
    query: Year,
    reply: HolidayList,
    run: async ({ language, query: { territory, year = clock.now().year } }) =>
      holidaysOf(territory, year).map(({ on, name, nameEn, class: kind, source }) => ({
        on,
        name: language === 'en' ? nameEn : name,
        class: kind,
        source,
      })),
  }),
  lawRoute({
    method: 'get',
    path: '/v1/law/rules',
    roles: [...EVERYBODY, 'instance'],
    summary:
      'The rules in force, with level, source, text, parameters, and what of this version enforces them.',
    query: z.strictObject({ at: DayField.optional() }),
    reply: RuleList,
    run: async ({ language, query: { at = clock.now() } }) =>
      rulesInForce(at.toFormat('yyyy-MM-dd'), language).map((rule) =>
        Object.assign({}, rule, { enforced: enforcedOf(rule.id, language) }),
      ),
  }),
];
