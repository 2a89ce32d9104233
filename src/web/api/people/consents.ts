import { DateTime } from 'luxon';
import { z } from 'zod';
import { type TenantPurpose, brandById } from '../../../company/index.ts';
import { BASES } from '../../../law/index.ts';
import { isoText } from '../../../rule/index.ts';
import {
  type ContactDeps,
  readContact,
  mobileLine,
  recordConsents,
  type Granted,
  upsertContacts,
  refusesWeakWordings,
  addWording,
  findWording,
  listWordings,
  findingsIn,
  type WordingFinding,
} from '../../../people/index.ts';
import { METHODS, missingFields } from '../../../person/index.ts';
import { type Transaction, Refusal } from '../../../platform/index.ts';
import { KEEPING_CONTACTS, EVERYBODY, MARKETING } from '../../../base/index.ts';
import { eventTime } from '../../../reminders/index.ts';
import { foundInEach, withRule } from '../../../sms/index.ts';
import type { Language } from '../../../words/index.ts';
import { actorOf, type Caller } from '../../server/caller.ts';
import { wrongField } from '../../server/input-error.ts';
import { route, Answer, orNotFound, tagged } from '../../server/route.ts';
import {
  PurposeOrPurposes,
  purposesOf,
  Id,
  Instant,
  WallTime,
  who,
  ById,
  listOf,
  PageQuery,
} from '../../server/schema.ts';
import { Phone, Region } from './contacts.ts';

/** The evidence of a consent; booleans and numbers are stored as text. */
export const EvidenceBody = z
  .record(
    z.string().regex(/^\w{1,60}$/, 'a name of letters, digits and _'),
    z.union([z.string().max(2_000), z.boolean(), z.number()]).transform(String),
  )
  .refine((evidence) => Object.keys(evidence).length <= 30, 'at most 30 fields');

const NewConsent = PurposeOrPurposes.extend({
  contactId: Id.optional(),
  phone: Phone.optional(),
  region: Region,
  basis: z.enum(BASES).optional(),
  wordingId: Id.optional(),
  method: z.enum(METHODS).optional(),
  grantedAt: z
    .union([Instant, WallTime.regex(/T[\d:.]+$/, 'a wall time without offset')])
    .optional()
    .meta({
      description:
        'Without an offset it is a wall time where the tenant is. Needed for `consent`; of another basis it is the moment when the person was told (`informedAt`), else now.',
    }),
  evidence: EvidenceBody.default({}),
});

export const RecordedConsent = z
  .object({
    id: z.string(),
    contactId: z.string(),
    consents: z.array(
      z.object({
        id: z.string(),
        purpose: z.string(),
        sendable: z.boolean(),
        why: z.string().nullable(),
        reinstated: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'RecordedConsent' });

export const consentRoutes = tagged('Consents', [
  route('POST /v1/consents', {
    roles: KEEPING_CONTACTS,
    summary: 'Records an agreement, or another basis, with its proof.',
    body: NewConsent,
    reply: RecordedConsent,
    status: 201,
    run: async ({ api: { vault, clock }, tx, caller, body }) => {
      const deps = { keys: await vault.tenant(tx), clock };
      const purposes = purposesOf(body);
      const contactId = await contactOf(tx, deps, body);
      const grantedAt = momentOf(deps, body, caller.home.timeZone);
      const granted = await recordConsents(
        tx,
        deps,
        grants(body, { contactId, purposes, grantedAt, caller }),
      );
      return recorded(contactId, purposes, granted);
    },
  }),
]);

type Body = z.output<typeof NewConsent>;

/** Returns the contact who consents, which is made when the number was unknown. */
async function contactOf(tx: Transaction, deps: ContactDeps, body: Body): Promise<string> {
  const person = who(body);
  if (person.kind === 'contact') {
    if ((await readContact(tx, deps.keys, person.contactId)) === undefined)
      throw new Refusal('CONTACT_NOT_FOUND');
    return person.contactId;
  }
  const [upserted] = await upsertContacts(tx, deps, [
    { line: mobileLine(person.phone, { region: body.region }) },
  ]);
  if (upserted === undefined) throw new Refusal('CONTACT_NOT_FOUND');
  return upserted.id;
}

/**
 * Returns the time of the consent, a local time in the tenant's zone; for another basis, the time at which the person
 * was informed.
 */
function momentOf({ clock }: ContactDeps, body: Body, home: string): string {
  const { basis = 'consent', grantedAt, evidence } = body;
  if (DateTime.isDateTime(grantedAt)) return grantedAt.toISO();
  if (grantedAt !== undefined)
    return isoText(eventTime({ text: grantedAt, timeZone: undefined, home, pointer: '/grantedAt' }));
  if (basis === 'consent') throw undated(body);
  const informedAt = DateTime.fromISO(evidence['informedAt'] ?? '', { zone: home });
  return informedAt.isValid ? informedAt.toISO() : clock.now().toISO();
}

/** Makes the refusal of a proof without its time, as of one that lacks any other field. */
const undated = ({ wordingId, method, evidence }: Body): Refusal =>
  refused({
    kind: 'refused',
    code: 'CONSENT_PROOF_INCOMPLETE',
    missing: [
      ...(wordingId === undefined ? ['wordingId'] : []),
      ...(method === undefined ? ['method'] : missingFields(method, evidence)),
      'grantedAt',
    ],
  });

function grants(
  body: Body,
  to: {
    readonly contactId: string;
    readonly purposes: readonly TenantPurpose[];
    readonly grantedAt: string;
    readonly caller: Caller;
  },
): Parameters<typeof recordConsents>[2] {
  const { basis, method, wordingId, evidence } = body;
  return to.purposes.map((purpose) => ({
    contactId: to.contactId,
    purpose,
    basis,
    method,
    wordingId,
    grantedAt: to.grantedAt,
    undated: body.grantedAt === undefined,
    evidence,
    channel: 'api' as const,
    actor: actorOf(to.caller),
  }));
}

/** The reasons for which a person who opted out stays suppressed. */
const LEFT: ReadonlySet<string> = new Set(['CONSENT_WITHDRAWN', 'SUPPRESSED']);

/** Returns the result of each purpose, or the refusal of all of them. */
export function recorded(
  contactId: string,
  purposes: readonly TenantPurpose[],
  granted: readonly Granted[],
): z.input<typeof RecordedConsent> {
  const consents = granted.map((one, position) => {
    if (one.kind === 'refused') throw refused(one);
    const { eventId: id, sendable, why, reinstated } = one;
    // The consent does not lift an opt-out, and the caller must not believe that it does.
    if (why !== null && LEFT.has(why)) throw new Refusal('PROOF_NOT_NEW');
    return { id, purpose: purposes[position] ?? '', sendable, why, reinstated };
  });
  return { id: consents[0]?.id ?? '', contactId, consents };
}

/** Makes the refusal of a request, of which nothing is stored. */
function refused({ code, missing = [] }: Extract<Granted, { kind: 'refused' }>): Refusal {
  if (missing.length === 0) return new Refusal(code);
  const own = new Set(['wordingId', 'method', 'grantedAt']);
  return new Refusal(code, {
    missing,
    errors: missing.map((field) => ({
      in: 'body' as const,
      pointer: own.has(field) ? `/${field}` : `/evidence/${field}`,
      message: 'missing',
    })),
  });
}

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

/** The routes of wordings, which are never changed. */
export const wordingRoutes = tagged('Consents', [
  route('POST /v1/wordings', {
    roles: MARKETING,
    summary: 'Keeps the words of a consent, by their SHA-256, and says what they lack.',
    body: NewWording,
    reply: WordingShown,
    status: 201,
    also: [200],
    run: async ({ api: { clock }, tx, body, language }) => {
      const { brandId, inUseFrom, inUseUntil } = body;
      if (brandId !== undefined && (await brandById(tx, brandId)) === undefined)
        throw new Refusal('BRAND_NOT_FOUND');
      if (inUseFrom !== undefined && inUseUntil !== undefined && inUseUntil <= inUseFrom)
        throw wrongField('/inUseUntil', 'comes before inUseFrom');
      const { created, ...wording } = await addWording(
        tx,
        { clock },
        { ...body, purposes: purposesOf(body) },
      );
      if (wording.findings.length > 0 && (await refusesWeakWordings(tx))) throw weak(wording.findings);
      return new Answer(created ? 201 : 200, readIn(wording, language));
    },
  }),
  route('GET /v1/wordings', {
    roles: EVERYBODY,
    summary: 'Lists wordings, oldest first.',
    query: PageQuery,
    reply: listOf(WordingShown),
    run: async ({ tx, query, language }) => {
      const { items, next } = await listWordings(tx, query);
      return { items: items.map((item) => readIn(item, language)), next };
    },
  }),
  route('GET /v1/wordings/{id}', {
    roles: EVERYBODY,
    summary: 'Shows a wording.',
    params: ById,
    reply: WordingShown,
    run: async ({ tx, params: { id }, language }) => {
      const wording = orNotFound(await findWording(tx, id));
      return readIn(wording, language);
    },
  }),
]);

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
