import type { z } from 'zod';
import { isReasonOfVisit } from '../../../person/index.ts';
import type { Transaction } from '../../../platform/index.ts';
import {
  type BookingGiven,
  type Filed,
  type BookingDeps,
  type SeriesKind,
  inForceOnly,
  seriesView,
  type SeriesView,
} from '../../../reminders/index.ts';
import { servesHealth } from '../../../company/index.ts';
import type { Api } from '../../server/route.ts';
import type { CommonBody, BookingTaking } from './booking-schema.ts';
import { actorOf, type Caller } from '../../server/caller.ts';
import { accountTerms } from '../../../gateways/index.ts';
import { settled, wrongField } from '../../server/input-error.ts';
import type { Language } from '../../../words/index.ts';

/** A booking as it was received, not validated yet, and the flags of its query. */
export interface BookingRequest {
  readonly externalId: string;
  readonly raw: unknown;
  readonly source: string | undefined;
  readonly ignoreUnknown: boolean;
  readonly replaceContact: boolean;
  readonly reopen: boolean;
  readonly caller: Caller;
  readonly language: Language;
}

export const takenAs = ({
  source,
  ignoreUnknown = false,
  replaceContact = false,
  reopen = false,
}: z.output<typeof BookingTaking>): Pick<
  BookingRequest,
  'source' | 'ignoreUnknown' | 'replaceContact' | 'reopen'
> => ({
  source,
  ignoreUnknown,
  replaceContact,
  reopen,
});

/** The filed booking, and the names of fields that were dropped. */
export interface Booked {
  readonly created: boolean;
  readonly view: SeriesView & { readonly ignored?: readonly string[] };
}

/** A body, with the part that all kinds of bookings have already converted. */
type Given<B extends CommonBody> = Omit<B, 'externalId' | 'consent'> &
  Pick<BookingGiven, 'externalId' | 'source' | 'actor' | 'keyName' | 'replaceContact' | 'reopen' | 'consent'>;

/** The definition of a kind of booking: its body, and the function that files it. */
interface KindSpec<S extends z.ZodType<CommonBody>> {
  readonly kind: SeriesKind;
  /** The resource under `/v1`. */
  readonly resource: string;
  readonly schema: S;
  readonly file: (tx: Transaction, deps: BookingDeps, given: Given<z.output<S>>) => Promise<Filed>;
}

export interface BodyFiled extends Pick<
  BookingGiven,
  'externalId' | 'source' | 'actor' | 'keyName' | 'replaceContact' | 'reopen'
> {
  readonly raw: unknown;
  readonly language: Language;
  readonly mayDrop: (field: string) => boolean;
}

/** A kind of booking, without the type of its body. */
export interface BookingKind extends Pick<KindSpec<z.ZodType<CommonBody>>, 'kind' | 'resource' | 'schema'> {
  /** Files a booking in the caller's transaction, or changes it; returns the names of dropped fields too. */
  file(
    tx: Transaction,
    deps: BookingDeps,
    body: BodyFiled,
  ): Promise<{ readonly filed: Filed; readonly ignored: readonly string[] }>;
}

export const bookingKind = <S extends z.ZodType<CommonBody>>(spec: KindSpec<S>): BookingKind => ({
  kind: spec.kind,
  resource: spec.resource,
  schema: spec.schema,
  file: async (tx, deps, { raw, mayDrop, ...about }) => {
    const { body, ignored } = settled(spec.schema, raw, { mayDrop });
    refuseOtherId(body.externalId, about.externalId);
    const { contactId, contact, consent } = body;
    if ((contactId === undefined) === (contact === undefined))
      throw wrongField('/contact', 'Give contactId, or contact.');
    return {
      filed: await spec.file(tx, deps, { ...body, ...about, consent: consent ?? undefined }),
      ignored,
    };
  },
});

export async function takeBooking(
  { vault, clock, gateways, optOut }: Api,
  tx: Transaction,
  { kind, ...asked }: BookingRequest & { readonly kind: BookingKind },
): Promise<Booked> {
  const { externalId, raw, caller, language, replaceContact, reopen } = asked;
  const deps = { keys: await vault.tenant(tx), clock, terms: accountTerms(gateways, optOut.base) };
  const { filed, ignored } = await kind.file(tx, deps, {
    raw,
    externalId,
    language,
    replaceContact,
    reopen,
    mayDrop: await droppable(tx, asked),
    source: asked.source ?? caller.source,
    actor: actorOf(caller),
    keyName: caller.name,
  });
  const view = inForceOnly(await seriesView(tx, { keys: deps.keys, language }, filed));
  return { created: filed.outcome === 'created', view: ignored.length === 0 ? view : { ...view, ignored } };
}

async function droppable(
  tx: Transaction,
  { ignoreUnknown }: BookingRequest,
): Promise<(field: string) => boolean> {
  if (ignoreUnknown) return () => true;
  const isHealth = await servesHealth(tx);
  return (field) => isHealth && isReasonOfVisit(field);
}

function refuseOtherId(repeated: string | undefined, externalId: string): void {
  if (repeated !== undefined && repeated !== externalId)
    throw wrongField('/externalId', 'This is not the external id of the address.');
}
