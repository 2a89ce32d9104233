import { z } from 'zod';
import { sampleLink } from '../../../person/index.ts';
import { checkText, type TextQuestion, senderFromBrand, waysOutUnder } from '../../../sms/index.ts';
import { Refusal } from '../../../platform/index.ts';
import { EVERYBODY } from '../../../base/index.ts';
import { frenchDay, type Day } from '../../../rule/index.ts';
import {
  routedAccounts,
  brandById,
  type Brand,
  tenantOf,
  PURPOSES,
  SECTORS,
  type Tenant,
} from '../../../company/index.ts';
import { NO_TENANT, type Caller } from '../../server/caller.ts';
import { type Api, tagged } from '../../server/route.ts';
import { accountTerms } from '../../../gateways/index.ts';
import { parsed, wrongField } from '../../server/input-error.ts';
import { lawRoute } from '../law/law.ts';
import { DateOnly, PurposeField, TerritoryName } from '../../server/schema.ts';
import { bilingual, languageOf, type Language } from '../../../words/index.ts';

/** Examples of the OpenAPI document, which has the real answers to them. */
const EXAMPLES = [
  {
    text: 'Maison Lumière : -20 % jusqu’à dimanche avec le code ÉTÉ. Appelez le 0899 12 34 56',
    purpose: 'marketing',
    sender: 'LUMIERE',
    brand: 'Maison Lumière',
  },
  {
    text: '{practice} : rappel de votre IRM {weekday} {date} à {time}. Profitez de nos offres !',
    purpose: 'appointment',
    sender: 'TILLEULS',
    sector: 'health',
  },
] as const;

/** The capabilities of the built-in sandbox, which the examples assume. */
const SANDBOX = { stopCode: '36180', canReceive: true, stopMentionReclassifies: false };

const TextBody = z.strictObject({
  text: z.string().max(2_000),
  purpose: PurposeField,
  sender: z
    .string()
    .max(20)
    .optional()
    .meta({ description: 'Whether people can reply to it decides the STOP mention; the tenant’s own.' }),
  name: z.string().max(200).optional().describe('The label of its campaign.'),
  brand: z.string().max(100).optional().describe('The name that must open the message.'),
  // Not transformed, since a schema with a transformation would be documented without its examples.
  brandId: z.guid().toLowerCase().optional().meta({
    description:
      'Instead of `brand`: the text as it leaves in the name of that brand, under its sender unless another is asked for.',
  }),
  gateway: z.string().max(100).optional().meta({
    description:
      'The account it leaves by, which decides the STOP mention; the one that the routes of the tenant choose.',
  }),
  startsOn: DateOnly.optional().describe('When it is meant to leave, to judge the days it names.'),
  domains: z
    .array(z.string().max(253))
    .max(20)
    .optional()
    .meta({ description: 'Sites that it may link to; those of the tenant unless given.' }),
  reference: z
    .union([z.literal(8), z.literal(16)])
    .optional()
    .meta({ description: 'Bits of the reference that ties parts together: 153 or 152 septets a part.' }),
  variables: z
    .record(z.string().regex(/^\w{1,60}$/), z.string().max(300))
    .optional()
    .meta({
      description:
        'Values of its variables. Without it samples stand in; with it, even empty, the alternatives written in the text do.',
    }),
  sector: z.enum(SECTORS).optional(),
  territory: TerritoryName.optional(),
  maxParts: z.int().min(1).max(10).optional(),
});

const EXAMPLE_DAY = '2027-04-12';

const Text = TextBody.meta({ id: 'TextQuestion', examples: [...EXAMPLES] });

const weight = {
  encoding: z.enum(['GSM-7', 'UCS-2']),
  parts: z.int(),
  units: z.int(),
  remaining: z.int(),
};

const Field = z.string().meta({
  description: 'What `at` counts in: `text`, `sender`, `name` or `variable:` and its name.',
  examples: ['text', 'variable:address'],
});

export const TextVerdictShown = z
  .object({
    ...weight,
    offenders: z
      .array(
        z.object({
          character: z.string(),
          in: Field,
          at: z.int(),
          instead: z.string().nullable(),
        }),
      )
      .readonly(),
    rewrite: z.string().optional(),
    findings: z
      .array(
        z.object({
          ruleId: z.string(),
          code: z.string(),
          severity: z.enum(['error', 'warning', 'notice']),
          in: Field,
          at: z.int(),
          message: z.string(),
        }),
      )
      .readonly(),
    final: z.object({ text: z.string(), ...weight }).describe('As it would leave, with the STOP mention.'),
  })
  .meta({
    id: 'TextVerdict',
    examples: EXAMPLES.map((asked) =>
      checkText({ ...asked, on: EXAMPLE_DAY, means: waysOutUnder(SANDBOX, asked.sender) }),
    ),
  });

/**
 * Judges a text as it would be sent: by the account that the tenant's routes choose, under the requested sender or the
 * tenant's own, and in the tenant's language. Refuses contradictory questions.
 */
export async function judgeText(
  api: Api,
  { caller, language }: { readonly caller: Caller; readonly language: Language },
  question: unknown,
): Promise<z.input<typeof TextVerdictShown>> {
  const { gateway, domains, brandId, ...said } = parsed(Text, question, { where: 'body' });
  const tenant = await tenantOfCaller(api, caller);
  const brand = await brandAsked(api, caller, { brandId, brand: said.brand });
  const sender = said.sender ?? brand?.sender ?? undefined;
  const asked = {
    ...said,
    ...(brand === undefined ? {} : { brand: brand.name }),
    ...(sender === undefined ? {} : { sender }),
  };
  return checkText({
    ...asked,
    on: frenchDay(api.clock.now()),
    sector: asked.sector ?? caller.sector,
    ownDomains: domains ?? caller.domains,
    language: tenant === undefined ? language : languageOf(tenant.locale),
    readBy: language,
    ...waysOutFor(api, tenant, { gateway, ...asked }),
  });
}

async function brandAsked(
  { database }: Api,
  { tenantId }: Caller,
  { brandId, brand }: { readonly brandId: string | undefined; readonly brand: string | undefined },
): Promise<Brand | undefined> {
  if (brandId === undefined) return undefined;
  if (brand !== undefined) throw wrongField('/brandId', bilingual.request.oneBrand);
  const found =
    tenantId === NO_TENANT ? undefined : await database.withTenant(tenantId, (tx) => brandById(tx, brandId));
  if (found === undefined)
    throw new Refusal('BRAND_NOT_FOUND', {
      errors: [{ in: 'body', pointer: '/brandId', message: bilingual.request.unknown }],
    });
  return found;
}

/** Returns the ways to opt out of a text, which depend on the account, the sender and the links. */
function waysOutFor(
  { gateways, optOut, clock }: Api,
  tenant: Tenant | undefined,
  asked: Omit<z.output<typeof Text>, 'brandId'>,
): Pick<TextQuestion, 'means' | 'stopLink'> {
  const terms = accountTerms(gateways);
  if (asked.gateway !== undefined && terms.means(asked.gateway) === undefined)
    throw new Refusal('GATEWAY_NOT_FOUND');
  const means = terms.means(asked.gateway ?? accountFor(asked, tenant, terms.defaultName));
  const base = tenant?.settings.publicUrl ?? optOut.base;
  return {
    means:
      means && waysOutUnder(means, asked.sender ?? ownSender(tenant, asked.brand, frenchDay(clock.now()))),
    stopLink: base === undefined ? undefined : sampleLink(base),
  };
}

const ownSender = (tenant: Tenant | undefined, brand: string | undefined, on: Day): string =>
  tenant?.sender ?? senderFromBrand(brand ?? tenant?.name ?? '', on) ?? '';

const tenantOfCaller = async ({ database }: Api, { tenantId }: Caller): Promise<Tenant | undefined> =>
  tenantId === NO_TENANT ? undefined : database.withTenant(tenantId, tenantOf);

function accountFor(
  { purpose, territory }: Pick<z.output<typeof Text>, 'purpose' | 'territory'>,
  tenant: Tenant | undefined,
  defaultName: string,
): string {
  const routed = PURPOSES.find((known) => known === purpose);
  if (routed === undefined) return defaultName;
  return routedAccounts(tenant?.settings ?? {}, { purpose: routed, territory, defaultName })[0];
}

export const textRoutes = tagged('Texts', [
  lawRoute('POST /v1/texts/check', {
    roles: [...EVERYBODY, 'instance'],
    summary: 'Counts parts, finds what is wrong, proposes a cheaper writing.',
    body: Text,
    reply: TextVerdictShown,
    reads: true,
    run: ({ api, caller, language, body }) => judgeText(api, { caller, language }, body),
  }),
]);
