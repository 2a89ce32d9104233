import { DateTime } from 'luxon';
import { z } from 'zod';
import {
  type ContactDeps,
  findContact,
  mobileLine,
  METHODS,
  missingFields,
  recordConsents,
  type Granted,
  upsertContacts,
} from '../../../people/index.ts';
import { type Transaction, Refusal, KEEPING_CONTACTS } from '../../../platform/index.ts';
import { BASES, isoText } from '../../../law/index.ts';
import { eventTime } from '../../../reminders/index.ts';
import type { TenantPurpose } from '../../../company/index.ts';
import type { Api } from '../../server/api.ts';
import { actorOf, type Caller } from '../../server/caller.ts';
import { Phone, Region } from './contact-schema.ts';
import { PurposeOrPurposes, purposesOf, Id, Instant, WallTime, who } from '../../server/schema.ts';
import { route, type Route } from '../../server/route.ts';

/** The evidence of an agreement; booleans and numbers are kept as text. */
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

/** A recorded agreement. */
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

/** The routes of agreements and their proofs. */
export const consentRoutes = ({ vault, clock }: Api): Route[] => [
  route({
    method: 'post',
    path: '/v1/consents',
    roles: KEEPING_CONTACTS,
    summary: 'Records an agreement, or another basis, with its proof.',
    tag: 'Consents',
    body: NewConsent,
    reply: RecordedConsent,
    status: 201,
    run: async ({ tx, caller, body }) => {
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
];

type Body = z.output<typeof NewConsent>;

/** A person who agrees becomes a contact, when the number was unknown. */
async function contactOf(tx: Transaction, deps: ContactDeps, body: Body): Promise<string> {
  const person = who(body);
  if (person.kind === 'contact') {
    if ((await findContact(tx, deps, person.contactId)) === undefined) throw new Refusal('CONTACT_NOT_FOUND');
    return person.contactId;
  }
  const [upserted] = await upsertContacts(tx, deps, [
    { line: mobileLine(person.phone, { region: body.region }) },
  ]);
  if (upserted === undefined) throw new Refusal('CONTACT_NOT_FOUND');
  return upserted.id;
}

/** Returns the time of the consent: a local time is read in the tenant's zone, another basis dates from the person's information. */
function momentOf({ clock }: ContactDeps, body: Body, home: string): string {
  const { basis = 'consent', grantedAt, evidence } = body;
  if (DateTime.isDateTime(grantedAt)) return grantedAt.toISO();
  if (grantedAt !== undefined)
    return isoText(eventTime({ text: grantedAt, timeZone: undefined, home, pointer: '/grantedAt' }));
  if (basis === 'consent') throw undated(body);
  const informedAt = DateTime.fromISO(evidence['informedAt'] ?? '', { zone: home });
  return informedAt.isValid ? informedAt.toISO() : clock.now().toISO();
}

/** A proof without its time lacks a field, like any other. */
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

interface Given {
  readonly contactId: string;
  readonly purposes: readonly TenantPurpose[];
  readonly grantedAt: string;
  readonly caller: Caller;
}

function grants(body: Body, { grantedAt, ...to }: Given): Parameters<typeof recordConsents>[2] {
  const { basis, method, wordingId, evidence } = body;
  return to.purposes.map((purpose) => ({
    contactId: to.contactId,
    purpose,
    basis,
    method,
    wordingId,
    grantedAt,
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
    // It stands beside a STOP and lifts nothing: the caller must not believe that it does.
    if (why !== null && LEFT.has(why)) throw new Refusal('PROOF_NOT_NEW');
    return { id, purpose: purposes[position] ?? '', sendable, why, reinstated };
  });
  return { id: consents[0]?.id ?? '', contactId, consents };
}

/** One refusal refuses all: nothing of the request is kept. */
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
