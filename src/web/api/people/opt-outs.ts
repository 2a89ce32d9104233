import { z } from 'zod';
import { PURPOSES, tenantOf } from '../../../company/index.ts';
import {
  readContact,
  listSuppressions,
  suppress,
  withdraw,
  readHolder,
  agreedNow,
  refuseConsents,
  findWording,
  type ContactDeps,
} from '../../../people/index.ts';
import { endOf, linkAddress, type OptOutLinks } from '../../../person/index.ts';
import { Refusal, receive, type Clock, type Transaction, type OptOutEntry } from '../../../platform/index.ts';
import { EVERYBODY, MARKETING } from '../../../base/index.ts';
import { readPhone, refusedNumber } from '../../../sms/index.ts';
import { actorOf, type Caller } from '../../server/caller.ts';
import { wrongField } from '../../server/input-error.ts';
import { Answer, route, type Context, orNotFound, tagged } from '../../server/route.ts';
import {
  Id,
  Instant,
  line,
  listOf,
  PageQuery,
  PurposeField,
  PurposeOrPurposes,
  purposesOf,
  who,
  ById,
} from '../../server/schema.ts';
import { EvidenceBody } from './consents.ts';
import { Phone, Region } from './contacts.ts';

const Scope = z.enum([...PURPOSES, 'all']);

/** The channels by which an opt-out may have reached the tenant. */
const CHANNELS = ['sms', 'link', 'email', 'counter', 'phone', 'letter', 'form', 'api', 'operator'] as const;

const Withdrawal = z.strictObject({
  contactId: Id.optional(),
  phone: Phone.optional(),
  region: Region,
  purpose: Scope.optional(),
  purposes: z.array(PurposeField).min(1).max(4).optional(),
  channel: z.enum(CHANNELS),
  occurredAt: Instant.optional(),
  evidence: EvidenceBody.default({}),
});

const Withdrawn = z
  .object({
    contactId: z.string().nullable(),
    eventIds: z.array(z.string()).readonly(),
    endedSeries: z.array(z.object({ id: z.string(), kind: z.string() })).readonly(),
  })
  .meta({ id: 'Withdrawn' });

const Suppression = z.strictObject({
  phone: Phone,
  region: Region,
  purpose: Scope,
  since: Instant.optional(),
  source: line(100).default('api'),
});

/** A suppressed number, without its digits. */
export const SuppressionShown = z
  .object({
    id: z.string(),
    purpose: z.string(),
    since: z.string(),
    source: z.string(),
    recordedAt: z.string(),
    liftedAt: z.string().nullable(),
    contactId: z.string().nullable(),
  })
  .meta({ id: 'Suppression' });

export const optOutRoutes = tagged('Consents', [
  route('POST /v1/consents/withdrawals', {
    roles: EVERYBODY,
    summary: 'A person says stop: nothing more begins for them once this is answered.',
    body: Withdrawal,
    reply: Withdrawn,
    status: 201,
    also: [202],
    run: async ({ api: { vault, clock }, tx, caller, body, journal }) => {
      const deps = { keys: await vault.tenant(tx), clock };
      const phone = await numberOf(tx, deps, body);
      const entry = withdrawalEntry(clock, { caller, body, person: { phone } });
      await journal(entry);
      const { scope, channel, occurredAt, actor, evidence } = entry;
      const left = await withdraw(tx, deps, { phone, scope, channel, occurredAt, actor, evidence });
      return { contactId: left.contactId ?? null, eventIds: left.eventIds, endedSeries: left.endedSeries };
    },
    withoutDatabase: async ({ api: { clock }, caller, body, journal }) => {
      await journal(withdrawalEntry(clock, { caller, body, person: personOf(body) }));
      return { contactId: body.contactId ?? null, eventIds: [], endedSeries: [] };
    },
  }),
  route('POST /v1/suppressions', {
    roles: MARKETING,
    summary: 'Leaves a number alone; a suppression is never deleted.',
    body: Suppression,
    reply: z.object({
      id: z.string().nullable().describe('Null while only the journal has it (202).'),
      contactId: z.string().nullable(),
    }),
    status: 201,
    also: [200, 202],
    run: async ({ api: { vault, clock }, tx, caller, body, journal }) => {
      const deps = { keys: await vault.tenant(tx), clock };
      const phone = anyNumber(body.phone, body.region);
      const entry = suppressionEntry(clock, { caller, body, person: { phone } });
      await journal(entry);
      const [one] = await suppress(tx, deps, [
        {
          phone,
          scope: body.purpose,
          since: entry.occurredAt,
          source: body.source,
          actor: entry.actor,
        },
      ]);
      if (one === undefined) throw new Refusal('NUMBER_INVALID');
      return new Answer(one.created ? 201 : 200, { id: one.id, contactId: one.contactId ?? null });
    },
    withoutDatabase: async ({ api: { clock }, caller, body, journal }) => {
      const phone = anyNumber(body.phone, body.region);
      await journal(suppressionEntry(clock, { caller, body, person: { phone } }));
      return { id: null, contactId: null };
    },
  }),
  route('GET /v1/suppressions', {
    roles: EVERYBODY,
    summary: 'Lists suppressions, oldest first; none shows its number.',
    query: PageQuery.extend({
      contactId: Id.optional().describe('Those of this person’s number, also once it is retired.'),
    }),
    reply: listOf(SuppressionShown),
    run: async ({ tx, query }) => {
      const { items, next } = await listSuppressions(tx, query);
      return { items: [...items], next };
    },
  }),
]);

interface OptOutAsked<Body> {
  readonly caller: Caller;
  readonly body: Body;
  readonly person: OptOutEntry['person'];
}

/** Makes the journal entry of an opt-out, with its id and time, so that it is one act however often it is applied. */
function withdrawalEntry(clock: Clock, { caller, body, person }: OptOutAsked<Left>): OptOutEntry {
  const reception = receive(clock);
  const now = clock.now();
  const occurredAt = body.occurredAt ?? now;
  if (occurredAt > now.plus({ minutes: 2 })) throw new Refusal('DATE_INVALID');
  return {
    kind: 'leaving',
    act: 'withdrawn',
    tenantId: caller.tenantId,
    person,
    scope: scopeOf(body),
    channel: body.channel,
    occurredAt: occurredAt.toISO(),
    actor: actorOf(caller),
    evidence: body.evidence,
    reception,
  };
}

type Left = z.output<typeof Withdrawal>;

function scopeOf({ purpose, purposes }: Left): OptOutEntry['scope'] {
  if (purposes !== undefined && purpose === undefined) return [...new Set(purposes)];
  if (purpose !== undefined && purposes === undefined) return purpose === 'all' ? 'all' : [purpose];
  throw wrongField('/purpose', 'Give purpose (or "all"), or purposes.');
}

async function numberOf(tx: Transaction, deps: ContactDeps, body: Left): Promise<string> {
  const person = who(body);
  if (person.kind === 'number') return anyNumber(person.phone, body.region);
  const contact = await readContact(tx, deps.keys, person.contactId);
  if (contact === undefined) throw new Refusal('CONTACT_NOT_FOUND');
  return contact.person.phone;
}

/** Returns the person as the body names them, since the database may be away. */
function personOf(body: Pick<Left, 'contactId' | 'phone' | 'region'>): OptOutEntry['person'] {
  const named = who(body);
  if (named.kind === 'contact') return { contactId: named.contactId };
  return { phone: anyNumber(named.phone, body.region) };
}

/** Returns any readable number in E.164: landlines and foreign numbers can be suppressed too. */
function anyNumber(phone: string, region: string | undefined): string {
  const reading = readPhone(phone, { region });
  if (reading.kind !== 'unreadable') return reading.e164;
  const { code, ...why } = refusedNumber(reading);
  throw new Refusal(code, why);
}

function suppressionEntry(
  clock: Clock,
  { caller, body, person }: OptOutAsked<z.output<typeof Suppression>>,
): OptOutEntry {
  const { purpose, source } = body;
  const reception = receive(clock);
  return {
    kind: 'leaving',
    act: 'objected',
    tenantId: caller.tenantId,
    person,
    scope: purpose === 'all' ? purpose : [purpose],
    channel: 'operator',
    occurredAt: body.since?.toISO() ?? reception.at,
    actor: actorOf(caller),
    source,
    evidence: { source },
    reception,
  };
}

const NewRefusal = PurposeOrPurposes.extend({
  contactId: Id.optional(),
  phone: Phone.optional(),
  region: Region,
  channel: z.enum(CHANNELS),
  occurredAt: Instant.optional(),
  wordingId: Id.optional(),
  evidence: EvidenceBody.default({}),
});

const Refused = z
  .object({
    contactId: z.string().nullable(),
    refusals: z.array(
      z.object({ id: z.string(), purpose: z.string(), kind: z.enum(['refused', 'withdrawn']) }),
    ),
  })
  .meta({ id: 'RefusedConsent' });

/** The routes of refusals by people who were asked and said no. */
export const refusalRoutes = tagged('Consents', [
  route('POST /v1/consents/refusals', {
    roles: EVERYBODY,
    summary: 'Somebody was asked and said no; where an agreement was in force, it is withdrawn.',
    body: NewRefusal,
    reply: Refused,
    status: 201,
    also: [202],
    run: async (call) =>
      refusedBy(call, { keys: await call.api.vault.tenant(call.tx), clock: call.api.clock }),
    // Without the database it is not known whether there is a consent, so that the refusal counts as a withdrawal.
    withoutDatabase: async ({ api: { clock }, caller, body, journal }) => {
      const person = personOf(body);
      const all = onlyFor(body, purposesOf(body));
      await journal(withdrawalEntry(clock, { caller, body: all, person }));
      return { contactId: body.contactId ?? null, refusals: [] };
    },
  }),
]);

type RefusalBody = z.output<typeof NewRefusal>;
type Purposes = ReturnType<typeof purposesOf>;

const onlyFor = (body: RefusalBody, purposes: Purposes): RefusalBody => ({
  ...body,
  purpose: undefined,
  purposes: [...purposes],
});

/** Withdraws consent for the purposes that have one, and records the others as refused. */
async function refusedBy(
  { tx, caller, body, journal }: Context & { readonly body: RefusalBody },
  deps: ContactDeps,
): Promise<z.input<typeof Refused>> {
  const asked = await askedOf(tx, deps, body);
  const { contactId, phone } = asked;
  const inForce = await agreedNow(tx, deps, contactId);
  const takenBack = asked.purposes.filter((purpose) => inForce.includes(purpose));
  const entry = withdrawalEntry(deps.clock, { caller, body: onlyFor(body, takenBack), person: { phone } });
  if (takenBack.length > 0) await journal(entry);
  const { channel, occurredAt, actor, evidence } = entry;
  const act = { channel, occurredAt, actor, evidence };
  const { eventIds } =
    takenBack.length > 0 ? await withdraw(tx, deps, { phone, scope: takenBack, ...act }) : { eventIds: [] };
  const purposes = asked.purposes.filter((purpose) => !takenBack.includes(purpose));
  const refused = await refuseConsents(tx, deps, { ...asked, purposes, ...act });
  return {
    contactId,
    refusals: [
      ...eventIds.map((id, place) => ({ id, purpose: takenBack[place] ?? '', kind: 'withdrawn' as const })),
      ...refused.map((one) => Object.assign({ kind: 'refused' as const }, one)),
    ],
  };
}

/** Reads a refusal and its person; an unknown person is not made a contact for it. */
async function askedOf(tx: Transaction, deps: ContactDeps, body: RefusalBody) {
  const purposes = purposesOf(body);
  const phone = await numberOf(tx, deps, body);
  const contactId = body.contactId ?? (await readHolder(tx, deps.keys, deps.keys.phoneIndex(phone)))?.id;
  if (contactId === undefined) throw new Refusal('CONTACT_NOT_FOUND', { detail: NOBODY });
  const { wordingId } = body;
  if (wordingId !== undefined && (await findWording(tx, wordingId)) === undefined)
    throw new Refusal('WORDING_NOT_FOUND');
  const wordings =
    wordingId === undefined ? {} : Object.fromEntries(purposes.map((purpose) => [purpose, wordingId]));
  return { contactId, phone, purposes, wordings };
}

const NOBODY = 'Nobody holds this number here: to leave it alone for good, POST /v1/suppressions.';

const Shown = z
  .object({
    url: z.string().describe('The person’s own: whoever has it can stop what it names.'),
    purpose: PurposeField,
    expiresAt: z.string().describe('Three to four years from now.'),
  })
  .meta({ id: 'OptOutLink' });

/** The route of a person's opt-out link, for the tenant's own e-mails and pages. */
export const optOutLinkRoutes = tagged('Contacts', [
  route('GET /v1/contacts/{id}/opt-out-link', {
    roles: EVERYBODY,
    summary: 'The link that stops what is sent to a person; also for List-Unsubscribe (RFC 8058).',
    params: ById,
    query: z.strictObject({ purpose: PurposeField.default('marketing') }),
    reply: Shown,
    run: async ({ api: { vault, clock, optOut }, tx, params: { id }, query: { purpose } }) => {
      const contact = orNotFound(await readContact(tx, await vault.tenant(tx), id));
      const base = await linkBase(tx, optOut);
      if (base === undefined) throw new Refusal('OPT_OUT_IMPOSSIBLE', { detail: NO_ADDRESS });
      const link = { contactId: contact.id, purpose, year: clock.now().toUTC().year };
      return {
        url: linkAddress(base, optOut.tokens.tokenOf(link)),
        purpose,
        expiresAt: endOf(link).toISO(),
      };
    },
  }),
]);

const NO_ADDRESS = 'No public address is set: give BONHEURE_PUBLIC_URL, or publicUrl by PATCH /v1/tenant.';

/** Returns the base URL of links for the transaction's tenant: its own, or else the instance's. */
export const linkBase = async (
  tx: Transaction,
  { base }: Pick<OptOutLinks, 'base'>,
): Promise<string | undefined> => (await tenantOf(tx))?.settings.publicUrl ?? base;
