import type { Transaction } from '../database/connection.ts';
import { Refusal } from '../errors.ts';
import type { Language } from '../law/rule.ts';
import { bookAppointment } from '../reminders/appointment.ts';
import { inForceOnly, seriesView, type SeriesView } from '../reminders/series-view.ts';
import { tenantOf } from '../tenants/tenant.repository.ts';
import type { Api } from './api.ts';
import { Booking } from './booking-schema.ts';
import { actorOf, type Caller } from './caller.ts';
import { accountTerms } from './gateway-terms.ts';
import { settled } from './lenient.ts';

/** One booking as it came. */
export interface BookingAsked {
  readonly externalId: string;
  readonly raw: unknown;
  readonly source: string | undefined;
  readonly ignoreUnknown: boolean;
  readonly replaceContact: boolean;
  readonly caller: Caller;
  readonly language: Language;
}

/** What a booking became, and what of it was not kept. */
export interface Booked {
  readonly created: boolean;
  readonly view: SeriesView & { readonly ignored?: readonly string[] };
}

/** Books or moves one appointment in the caller's transaction. */
export async function book(
  { vault, clock, gateways }: Api,
  tx: Transaction,
  asked: BookingAsked,
): Promise<Booked> {
  const { externalId, caller, language, replaceContact } = asked;
  const { body, ignored } = settled(Booking, asked.raw, { mayDrop: await droppable(tx, asked), language });
  refuseOtherId(body.externalId, externalId);
  const { contactId, contact, consent, ...rest } = body;
  if ((contactId === undefined) === (contact === undefined))
    throw wrong('/contact', 'Give contactId, or contact.');
  const deps = { keys: await vault.tenant(tx), clock, terms: accountTerms(gateways) };
  const filed = await bookAppointment(tx, deps, {
    ...rest,
    externalId,
    source: asked.source ?? caller.source,
    actor: actorOf(caller),
    keyName: caller.name,
    replaceContact,
    contactId,
    contact,
    consent: consent ?? undefined,
  });
  const view = inForceOnly(await seriesView(tx, { keys: deps.keys, language }, filed));
  return { created: filed.outcome === 'created', view: ignored.length === 0 ? view : { ...view, ignored } };
}

/** Why somebody comes to a practice is nobody's business: it is dropped, never stored. */
const REASON_OF_VISIT =
  /^(?:motif|raison|reason|objet|pathologi|diagnos|sympt|acte|sp[eé]cialit|specialt|traitement|treatment|examen|exam$|note|commentaire|comment)/i;

async function droppable(
  tx: Transaction,
  { ignoreUnknown }: BookingAsked,
): Promise<(field: string) => boolean> {
  if (ignoreUnknown) return () => true;
  const isHealth = (await tenantOf(tx))?.sector === 'health';
  return (field) => isHealth && REASON_OF_VISIT.test(field);
}

function refuseOtherId(repeated: string | undefined, externalId: string): void {
  if (repeated !== undefined && repeated !== externalId)
    throw wrong('/externalId', 'This is not the external id of the address.');
}

const wrong = (pointer: string, message: string): Refusal =>
  new Refusal('INVALID_REQUEST', { errors: [{ in: 'body', pointer, message }] });
