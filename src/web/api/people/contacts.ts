import { z } from 'zod';
import { readSurroundings } from '../../../campaigns/index.ts';
import { servesHealth } from '../../../company/index.ts';
import {
  contactView,
  readContact,
  readHolder,
  listContacts,
  mobileLine,
  patchContact,
  upsertContacts,
  consentsAt,
  ConsentsShown,
  ContactShown,
  changeNumber,
  type Contact,
  type ContactDeps,
} from '../../../people/index.ts';
import { withoutReasons, type ContactGiven } from '../../../person/index.ts';
import { Refusal, type Transaction } from '../../../platform/index.ts';
import { EVERYBODY, KEEPING_CONTACTS } from '../../../base/index.ts';
import { hasBooked } from '../../../reminders/index.ts';
import type { Caller } from '../../server/caller.ts';
import {
  Answer,
  type Api,
  route,
  type Context,
  orNotFound,
  noteAct,
  noteClearRead,
  tagged,
} from '../../server/route.ts';
import {
  DateOnly,
  TerritoryName,
  TimeZone,
  ById,
  Flag,
  listOf,
  PageQuery,
  Instant,
} from '../../server/schema.ts';
import { fakePurposes } from '../../../gateways/index.ts';

/** A phone number in any common notation. */
export const Phone = z.string().min(1).max(40).meta({ example: '06 39 98 00 01' });

/** The country of a number in national notation. */
export const Region = z
  .string()
  .regex(/^[A-Z]{2}$/, 'an ISO country, such as FR or RE')
  .optional();

const Attributes = z
  .record(
    z.string().regex(/^[\p{L}_][\p{L}\p{N}_]{0,59}$/u, 'a name of letters, digits and _'),
    z.union([z.string().max(500), z.number(), z.boolean()]),
  )
  .refine((attributes) => Object.keys(attributes).length <= 50, 'at most 50 attributes');

const detailFields = {
  territory: TerritoryName.optional(),
  postalCode: z.string().min(4).max(10).optional(),
  timeZone: TimeZone.optional(),
  attributes: Attributes.optional(),
  birthDate: DateOnly.optional(),
};

const NumberBody = z.strictObject({ phone: Phone, region: Region });

/** A new contact, who may be written to once they have given consent. */
const NewContactBody = NumberBody.extend(detailFields);

/** A correction of a contact; null removes a value. */
const ContactCorrection = z.strictObject({
  ...detailFields,
  attributes: z
    .record(
      z.string().regex(/^[\p{L}_][\p{L}\p{N}_]{0,59}$/u),
      z.union([z.string().max(500), z.number(), z.boolean(), z.null()]),
    )
    .optional(),
  birthDate: DateOnly.nullable().optional(),
});

export const contactRoutes = tagged('Contacts', [
  route('POST /v1/contacts', {
    roles: KEEPING_CONTACTS,
    summary: 'Makes the contact of a number, or completes it.',
    body: NewContactBody,
    reply: ContactShown,
    status: 201,
    also: [200],
    run: async ({ api, tx, caller, body: { phone, region, ...given } }) => {
      const deps = await depsOf(api, tx);
      const about = await harmless(tx, given);
      const line = mobileLine(phone, { region, territory: about.territory });
      const { contact, created } = await put(tx, deps, { line, ...about });
      return new Answer(created ? 201 : 200, shownTo(caller, contact));
    },
  }),
  route('GET /v1/contacts', {
    roles: EVERYBODY,
    summary: 'Lists contacts, or finds that of a number (better: POST /v1/contacts/search).',
    query: PageQuery.extend({ phone: Phone.optional(), region: Region }),
    reply: listOf(ContactShown),
    run: async ({ api, tx, caller, query: { phone, region, ...page } }) => {
      const deps = await depsOf(api, tx);
      if (phone !== undefined) return found(tx, deps, { caller, phone, region });
      const { items, next } = await listContacts(tx, deps.keys, page);
      return { items: items.map((contact) => shownTo(caller, contact)), next };
    },
  }),
  route('POST /v1/contacts/search', {
    roles: EVERYBODY,
    summary: 'Finds the contact of a number, without the number in an address.',
    body: NumberBody,
    reply: listOf(ContactShown),
    reads: true,
    run: async ({ api, tx, caller, body }) => found(tx, await depsOf(api, tx), { caller, ...body }),
  }),
  route('GET /v1/contacts/{id}', {
    roles: EVERYBODY,
    summary:
      'Shows a contact; `clear=true` shows the number to an admin, to a scheduler who booked for them, or to an auditor who says why.',
    params: ById,
    query: z.strictObject({ clear: Flag.optional() }),
    reply: ContactShown,
    run: async (call) => {
      const contact = await known(call.tx, await depsOf(call.api, call.tx), call.params.id);
      if (call.query.clear !== true) return shownTo(call.caller, contact);
      await noteNumberRead(call, contact.id);
      return { ...shownTo(call.caller, contact), phone: contact.person.phone };
    },
  }),
  route('PATCH /v1/contacts/{id}', {
    roles: KEEPING_CONTACTS,
    summary: 'Completes a contact: place, attributes, birth date.',
    params: ById,
    body: ContactCorrection,
    reply: ContactShown,
    run: async ({ api, tx, caller, params: { id }, body: given }) => {
      const deps = await depsOf(api, tx);
      const body = await harmless(tx, given);
      const contact = await known(tx, deps, id);
      const patched = await patchContact(tx, deps, { id: contact.id, ...body });
      if (patched === undefined) throw new Refusal('NUMBER_RETIRED');
      // The names of the changed fields, and never their values.
      const details = { fields: [...Object.keys(body), ...Object.keys(body.attributes ?? {})].toSorted() };
      await noteAct({ api, tx, caller }, 'contact.corrected', { subject: id, details });
      return shownTo(caller, patched);
    },
  }),
]);

const depsOf = async ({ vault, clock }: Api, tx: Transaction): Promise<ContactDeps> => ({
  keys: await vault.tenant(tx),
  clock,
});

/** Removes attributes that tell the reason of a visit, for tenants in the health sector. */
async function harmless<T extends { readonly attributes?: Readonly<Record<string, unknown>> | undefined }>(
  tx: Transaction,
  given: T,
): Promise<T> {
  const { attributes } = given;
  if (attributes === undefined || !(await servesHealth(tx))) return given;
  return { ...given, attributes: withoutReasons(attributes) };
}

async function put(
  tx: Transaction,
  deps: ContactDeps,
  given: ContactGiven,
): Promise<{ readonly contact: Contact; readonly created: boolean }> {
  const [upserted] = await upsertContacts(tx, deps, [given]);
  const contact = orNotFound(upserted && (await readContact(tx, deps.keys, upserted.id)));
  return { contact, created: upserted?.outcome === 'created' };
}

async function found(
  tx: Transaction,
  deps: ContactDeps,
  asked: { readonly caller: Caller; readonly phone: string; readonly region?: string | undefined },
): Promise<{ items: z.input<typeof ContactShown>[]; next: null }> {
  const line = mobileLine(asked.phone, { region: asked.region });
  const contact = await readHolder(tx, deps.keys, deps.keys.phoneIndex(line.e164));
  return { items: contact === undefined ? [] : [shownTo(asked.caller, contact)], next: null };
}

/**
 * Records in the audit that a number was read in clear; refuses everybody but an admin, a system with a booking of
 * its holder, and an auditor with a reason.
 */
async function noteNumberRead(call: Context, subject: string): Promise<void> {
  const { role, source } = call.caller;
  const isOwn = role === 'scheduler' && (await hasBooked(call.tx, { contactId: subject, source }));
  if (role !== 'admin' && role !== 'auditor' && !isOwn)
    throw new Refusal('ROLE_NOT_ALLOWED', { detail: 'This role sees masked numbers only.' });
  await noteClearRead(call, 'contact.number-read', subject);
}

async function known(tx: Transaction, deps: ContactDeps, id: string): Promise<Contact> {
  return orNotFound(await readContact(tx, deps.keys, id));
}

/** Returns a contact as the caller may see it: an operator sees neither attributes nor dates. */
function shownTo({ role }: Caller, contact: Contact): z.output<typeof ContactShown> {
  const view = contactView(contact);
  return role === 'operator' ? { ...view, attributes: {}, birthDate: null, adultOn: null } : view;
}

export const contactConsentRoutes = tagged('Consents', [
  route('GET /v1/contacts/{id}/consents', {
    roles: EVERYBODY,
    summary: 'Says where a person stood at an instant, and by which acts.',
    params: ById,
    query: z.strictObject({ at: Instant.optional() }),
    reply: ConsentsShown,
    run: async ({ api: { vault, clock, gateways }, tx, params: { id }, query: { at } }) => {
      const deps = { keys: await vault.tenant(tx), clock };
      const { settings } = await readSurroundings(tx);
      const fakeFor = fakePurposes(gateways, settings);
      return orNotFound(await consentsAt(tx, deps, { contactId: id, at: at?.toISO(), fakeFor }));
    },
  }),
]);

export const contactPhoneRoutes = tagged('Contacts', [
  route('PUT /v1/contacts/{id}/phone', {
    roles: KEEPING_CONTACTS,
    summary:
      'Gives a person another number: consents, refusals and open series follow; the old is not used again.',
    params: ById,
    body: NumberBody,
    reply: ContactShown,
    run: async ({ api, tx, caller, params: { id }, body: { phone, region } }) => {
      const line = mobileLine(phone, { region });
      const deps = await depsOf(api, tx);
      const changed = orNotFound(await changeNumber(tx, deps, { contactId: id, line }));
      await noteAct({ api, tx, caller }, 'contact.number-changed', { subject: id });
      return contactView(changed);
    },
  }),
]);
