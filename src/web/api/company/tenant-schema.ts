import { z } from 'zod';
import type { DateTime } from 'luxon';
import { BASES, IF_LATE } from '../../../law/index.ts';
import { GOOD_FRIDAY_CHOICES, type Day } from '../../../rule/index.ts';
import {
  ON_DECLINE,
  SECTORS,
  UNDELIVERED_TWICE,
  WEAK_WORDINGS,
  AFFIRMATIONS,
  leftUnsaid,
  type Affirmation,
  type TenantChange,
} from '../../../company/index.ts';
import {
  Id,
  line,
  MoneyField,
  ProfileName,
  PurposeField,
  TerritoryName,
  TimeZone,
  DateOnly,
} from '../../server/schema.ts';
import { wrongField } from '../../server/input-error.ts';
import { checkSender, foundInEach } from '../../../sms/index.ts';
import { Refusal } from '../../../platform/index.ts';

/** The ways in which people reach the publisher. */
export const Means = z
  .strictObject({
    phone: z
      .string()
      .regex(/^\+?[\d .()-]{4,25}$/, 'a phone number')
      .optional(),
    email: z.email().max(200).optional(),
    address: line(300).optional(),
    url: z
      .url({ protocol: /^https?$/ })
      .max(300)
      .optional(),
  })
  .meta({ id: 'ContactMeans' });

/** At least one of these ways. */
export const SomeMeans = Means.refine(
  (means) => Object.keys(means).length > 0,
  'at least one of phone, email, address, url',
);

/** The sender of a message; `refuseSender` checks it by the rules. */
export const Sender = z.string().min(3).max(15);

/** Refuses a sender that operators or the rules of the sector do not allow. */
export function refuseSender(
  sender: string,
  about: { readonly sector: string; readonly pointer: string; readonly on: Day },
): void {
  const errors = foundInEach((language) => checkSender(sender, { ...about, language }))
    .filter(({ severity }) => severity === 'error')
    .map(({ message }) => ({ in: 'body' as const, pointer: about.pointer, message }));
  if (errors.length > 0) throw new Refusal('SENDER_INVALID', { errors });
}

// `Object.keys` loses the type of the names.
const NAMES = Object.keys(AFFIRMATIONS) as [Affirmation, ...Affirmation[]];

const MEANINGS = Object.entries(AFFIRMATIONS).map(([name, { en }]) => `\`${name}\`: ${en}`);

/** The signed statement that advertising to customers without consent requires. */
const SaleStatementBody = z
  .strictObject({
    documentRef: line(200).describe('Where you keep the signed paper.'),
    signedOn: DateOnly,
    signedAs: line(100).describe('The function of whoever signed, not a name.'),
    affirms: z.array(z.enum(NAMES)).max(NAMES.length).readonly(),
  })
  .meta({
    description: `Needed with \`bases.marketing: "legitimate_interest"\`, and nowhere else. It affirms all of: ${MEANINGS.join(' ')}`,
  });

/** Refuses to open advertising to customers without a complete statement, and a statement for anything else. */
export function refuseUnsigned(
  { bases, saleStatement }: Pick<TenantChange, 'bases' | 'saleStatement'>,
  today: DateTime<true>,
): void {
  const opens = bases?.marketing === 'legitimate_interest';
  if (!opens && saleStatement === undefined) return;
  if (!opens) throw wrongField('/saleStatement', 'It goes with bases.marketing: "legitimate_interest".');
  const missing = saleStatement === undefined ? ['saleStatement'] : leftUnsaid(saleStatement);
  if (missing.length > 0) throw new Refusal('STATEMENT_MISSING', { missing });
  if (saleStatement !== undefined && saleStatement.signedOn > today.toISODate())
    throw new Refusal('DATE_INVALID');
}

const METHODS = ['web_form', 'paper', 'event', 'oral', 'sms_keyword', 'import'] as const;

/** A duration before an event, such as `P7D` or `PT2H`; a year at most. */
const Offset = z
  .string()
  .regex(/^P(?:[1-9]\d{0,2}D|[1-9]\d?W|[1-9]\d?M|T[1-9]\d{0,2}H)$/, 'such as P2D or PT2H');

/** The domain of a web site, without scheme and path. */
const Domain = z
  .string()
  .max(253)
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$/, 'such as maison-lumiere.fr');

const byPurpose = <T extends z.ZodType>(
  schema: T,
): z.ZodOptional<z.ZodRecord<typeof PurposeField & z.core.$partial, T>> =>
  z.partialRecord(PurposeField, schema).optional();

const Times = z.int().min(1).max(1_000).optional();

const Frequency = z
  .partialRecord(
    z.enum(['marketing', 'appointment', 'renewal', 'payment']),
    z.strictObject({ perDay: Times, perMonth: Times }),
  )
  .meta({
    description:
      'Messages of a purpose that one person gets at most, on a day and in thirty days; {} takes a cap away. An advertisement too many is excluded (`FREQUENCY_CAP`) when it is its turn.',
  });

/** The thresholds from which a campaign needs the approval of a second person. */
export const ApprovalThresholds = z
  .strictObject({ recipients: z.int().min(0).optional(), cost: MoneyField.optional() })
  .meta({
    description:
      'Beyond so many recipients, or such a cost at most, a campaign is launched only after somebody else approved it; {} asks for nobody.',
  });

const USUAL = 'null for a purpose brings back what is usual.';

export const TenantChangeAsked = z.strictObject({
  name: line(100).optional(),
  legalName: line(200).optional(),
  brand: line(60).optional().describe('The name of the only brand.'),
  contact: Means.optional(),
  sender: Sender.nullable().optional(),
  sector: z.enum(SECTORS).optional(),
  profile: ProfileName.optional(),
  territory: TerritoryName.optional(),
  timeZone: TimeZone.optional(),
  locale: z
    .string()
    .regex(/^(?:fr|en)(?:-[A-Za-z]{2,4})?$/, 'fr or en, with or without a country')
    .optional(),
  domains: z
    .array(Domain)
    .max(20)
    .optional()
    .meta({ description: 'Sites that texts may link to; with none, links are not judged.' }),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .max(200)
    .transform((url) => url.replace(/(?<!\/)\/+$/, ''))
    .nullable()
    .optional()
    .meta({ description: 'Where people reach your forms; null goes back to the address of the instance.' }),
  dataProtectionOfficer: SomeMeans.nullable().optional().meta({
    description:
      'How people reach your data protection officer: forms, sheets and the register say it; null when you have none.',
  }),
  weakWordings: z.enum(WEAK_WORDINGS).optional().meta({
    description:
      '`refused`: no new agreement is taken to words with findings, by API, booking, import or form.',
  }),
  confirmationSkips: z
    .boolean()
    .optional()
    .meta({ description: 'Whoever confirmed an appointment is reminded of it no more.' }),
  appointmentReplies: z.boolean().optional().meta({
    description:
      'OUI or 1 confirms the appointment reminded of, ANNULER or 2 asks you to cancel it, and NON or 2 declines where the text asked by `{answers}`; false: replies are kept, and no more.',
  }),
  onDecline: z.enum(ON_DECLINE).optional().meta({
    description:
      'What a NON to a text that asks does to the reminders of its booking: `nothing`, or `cancel` those still to come. The booking stands either way.',
  }),
  ifLate: z.enum(IF_LATE).optional().meta({
    description:
      'What becomes of a reminder that is booked too late for its wish: `next-lawful`, while at least half of what was left is left then, or `skip`. Either way, whoever is told by nobody is on the list of whom to call.',
  }),
  goodFriday: z.enum(GOOD_FRIDAY_CHOICES).optional().meta({
    description:
      '`open`: the communes of Moselle, Bas-Rhin and Haut-Rhin where your people live have no Protestant church and none shared by both confessions. Closed until you say so (WIN-09); a practice may say otherwise for its appointments.',
  }),
  undeliveredTwice: z.enum(UNDELIVERED_TWICE).optional().meta({
    description: 'What becomes of the open series of a number that two reminders in a row did not reach.',
  }),
  frequency: z
    .partialRecord(Frequency.keyType, Frequency.valueType.nullable())
    .optional()
    .meta({ description: `Messages of a purpose that one person gets at most. ${USUAL}` }),
  approval: ApprovalThresholds.optional(),
  bases: byPurpose(z.enum(BASES).nullable()).meta({ description: USUAL }),
  saleStatement: SaleStatementBody.optional(),
  consentDefaults: byPurpose(z.strictObject({ method: z.enum(METHODS), wordingId: Id })),
  plans: byPurpose(z.array(Offset).min(1).max(10).nullable()).meta({ description: USUAL }),
  texts: byPurpose(z.string().min(1).max(1_000).nullable()).meta({ description: USUAL }),
  shadow: z.boolean().optional().meta({
    description:
      'Everything is decided and counted up to the last look, and nothing leaves: each person is excluded as `SHADOW` instead. Back to false only once campaigns launched so are over.',
  }),
  reason: line(300).optional().meta({
    description:
      'Needed with `bases`, and with another `profile`, `territory`, `timeZone`, `goodFriday`, `sender` (not the first one) or `texts`: kept in the audit with both values.',
  }),
});

export const TenantShown = z
  .object({
    id: z.string(),
    name: z.string(),
    legalName: z.string(),
    brand: z.string().nullable(),
    contact: Means,
    sender: z.string().nullable(),
    sector: z.string(),
    profile: z.string(),
    territory: z.string(),
    timeZone: z.string(),
    locale: z.string(),
    domains: z.array(z.string()).readonly(),
    publicUrl: z.string().nullable(),
    dataProtectionOfficer: Means.nullable(),
    weakWordings: z.enum(WEAK_WORDINGS),
    confirmationSkips: z.boolean(),
    appointmentReplies: z.boolean(),
    onDecline: z.enum(ON_DECLINE),
    ifLate: z.enum(IF_LATE),
    goodFriday: z.enum(GOOD_FRIDAY_CHOICES),
    undeliveredTwice: z.enum(UNDELIVERED_TWICE),
    frequency: Frequency,
    approval: ApprovalThresholds,
    bases: z.partialRecord(PurposeField, z.string()),
    saleStatement: SaleStatementBody.nullable(),
    consentDefaults: z.partialRecord(PurposeField, z.object({ method: z.string(), wordingId: z.string() })),
    plans: z.partialRecord(PurposeField, z.array(z.string()).readonly()),
    texts: z.partialRecord(PurposeField, z.string()),
    halted: z.boolean(),
    haltReason: z.string().nullable(),
    shadow: z.boolean(),
    missing: z.array(z.string()).describe('What a real account still asks for.'),
  })
  .meta({ id: 'Tenant' });
