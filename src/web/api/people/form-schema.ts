import { z } from 'zod';
import { AGE_CHECKS, CONFIRMATIONS, FORM_FIELDS } from '../../../people/index.ts';
import { TRANSFER_BASES } from '../../../company/index.ts';
import { Phone, Region } from './contacts.ts';
import { Id, Instant, line, PurposeField } from '../../server/schema.ts';
import { Means } from '../company/tenant-schema.ts';

const Box = z.strictObject({
  purpose: PurposeField,
  wordingId: Id,
  translations: z
    .strictObject({ fr: Id.optional(), en: Id.optional() })
    .default({})
    .meta({ description: 'The same words in another language, by its code.' }),
});

const boxes = z
  .array(Box)
  .min(1)
  .max(4)
  .refine(
    (given) => new Set(given.map(({ purpose }) => purpose)).size === given.length,
    'one box for each purpose',
  );

/** An origin, as browsers write it. */
const Origin = z
  .string()
  .max(200)
  .regex(
    /^https:\/\/(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?::\d{1,5})?$|^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d{1,5})?$/,
    'such as https://www.maison-lumiere.fr',
  );

const Company = z.union([line(200), z.strictObject({ name: line(200), contact: Means.optional() })]);

const paragraphs = z
  .string()
  .trim()
  .min(1)
  .max(5_000)
  .regex(/^(?:\P{Cc}|[\n\r\t])*$/u, 'no control characters')
  .meta({ override: { type: 'string' } });

const terms = {
  title: line(120),
  company: Company.describe('Who asks; the contact of the tenant when none is given.'),
  purposes: boxes,
  notice: paragraphs.nullable(),
  confirm: z.enum(CONFIRMATIONS).describe('`off` grants at once, with a weaker proof and a finding.'),
  brandId: Id.nullable(),
  locale: z.string().regex(/^(?:fr|en)(?:-[A-Za-z]{2,4})?$/, 'fr or en, with or without a country'),
  ageCheck: z.enum(AGE_CHECKS),
  fields: z.array(z.enum(FORM_FIELDS)).max(FORM_FIELDS.length),
  origins: z.array(Origin).max(20).describe('Sites that may show the page inside theirs.'),
};

export const NewForm = z.strictObject({
  slug: z
    .string()
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'small letters, digits and hyphens')
    .max(40)
    .meta({ description: 'The beginning of the slug; the rest is random.' }),
  ...terms,
  notice: terms.notice.optional(),
  confirm: terms.confirm.default('code'),
  brandId: Id.optional(),
  locale: terms.locale.default('fr'),
  ageCheck: terms.ageCheck.default('marketing'),
  fields: terms.fields.default([]),
  origins: terms.origins.default([]),
});

/** The changes of a form's next version; absent fields keep their values. */
export const FormChange = z.strictObject(terms).partial();

const shownTerms = {
  version: z.int(),
  title: z.string(),
  company: z.object({ name: z.string(), contact: Means }),
  purposes: z
    .array(
      z.object({
        purpose: z.string(),
        wordingId: z.string(),
        translations: z.partialRecord(z.enum(['fr', 'en']), z.string()),
      }),
    )
    .readonly(),
  notice: z.string().nullable(),
  confirm: z.enum(CONFIRMATIONS),
  brandId: z.string().nullable(),
  locale: z.string(),
  ageCheck: z.enum(AGE_CHECKS),
  fields: z.array(z.string()).readonly(),
  origins: z.array(z.string()).readonly(),
  disclosure: z
    .object({
      dataProtectionOfficer: Means.nullable(),
      processors: z
        .array(z.object({ name: z.string(), country: z.string(), basis: z.enum(TRANSFER_BASES).nullable() }))
        .readonly()
        .nullable()
        .meta({ description: 'null where an account that is used does not name its processor.' }),
      othersAbroad: z.boolean().meta({
        description:
          'Whether another account of the instance is outside the European Economic Area, or unknown: the page then does not say that there is no transfer.',
      }),
    })
    .meta({
      description:
        'What the page tells of the data protection officer, of who carries the messages, and why outside the European Economic Area; it follows the tenant, its routes and their accounts by a version of its own when the page is next shown.',
    }),
  publishedAt: z.string(),
};

export const FormView = z
  .object({
    id: z.string(),
    slug: z.string(),
    url: z.string(),
    sheetUrl: z.string().describe('The page to print, for events.'),
    state: z.enum(['open', 'closed']),
    ...shownTerms,
    createdAt: z.string(),
    closedAt: z.string().nullable(),
    findings: z.array(
      z.object({
        ruleId: z.string(),
        code: z.string(),
        severity: z.literal('warning'),
        message: z.string(),
        wordingId: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'Form' });

export const FormVersionView = z.object(shownTerms).meta({ id: 'FormVersion' });

/** A signed sheet, entered by staff. */
export const NewSheet = z.strictObject({
  phone: Phone,
  region: Region,
  firstName: line(60).optional(),
  boxes: z
    .union([z.array(PurposeField).min(1).max(4), z.partialRecord(PurposeField, z.boolean())])
    .transform((given) => tickedOf(given))
    .refine((ticked) => ticked.length > 0, 'no box is ticked: there is nothing to record')
    .meta({ override: { type: 'array', items: { type: 'string' } }, example: ['marketing'] }),
  adult: z.boolean().default(false).describe('The box "18 or over" is ticked; needed for marketing.'),
  signedAt: Instant.transform((at) => at.toISO()),
  documentRef: line(200).describe('The number printed on the sheet.'),
  scanRef: line(500).optional(),
  operator: line(200).describe('Who keys the sheet in.'),
  method: z.enum(['paper', 'event']).default('paper'),
  version: z.int().min(1).optional(),
  language: z.enum(['fr', 'en']).optional(),
});

type PurposeName = z.output<typeof PurposeField>;

function tickedOf(given: readonly PurposeName[] | Partial<Record<PurposeName, boolean>>): PurposeName[] {
  if (Array.isArray(given)) return [...new Set<PurposeName>(given)];
  // Array.isArray does not exclude a readonly array from the type.
  return PurposeField.options.filter(
    (purpose) =>
      Object.hasOwn(given, purpose) && (given as Partial<Record<PurposeName, boolean>>)[purpose] === true,
  );
}
