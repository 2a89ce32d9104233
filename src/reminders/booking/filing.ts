import type { TenantKeys } from '../../crypto/index.ts';
import { uuidV7 } from '../../base/index.ts';
import { isSimulated, Refusal, refusedField, type Transaction } from '../../platform/index.ts';
import { readContact, type ContactDeps } from '../../people/index.ts';
import { filingFactsOf, type Filing, forgetCancelled, readCancelled } from './booking.repository.ts';
import { announceEnd, notifySeries, wakeSeries } from '../series/notify.repository.ts';
import { lastSaidBy, reconsider } from '../series/outlook.ts';
import {
  seriesDetailsOf,
  isLive,
  type Series,
  type SeriesDetails,
  type SeriesKind,
  type BookedPerson,
} from '../series/series.ts';
import {
  closeSeries,
  giveUpName,
  insertSeries,
  lockSeries,
  lockSeriesNamed,
  reviseSeries,
  touchSeries,
  waitForName,
  type ExternalName,
  type SeriesFacts,
} from '../series/series.repository.ts';
import { readEligibility } from '../series/reminder-eligibility.repository.ts';
import { endOthers, readSteps } from '../steps/step.repository.ts';
import type { StepWish } from '../steps/planned-step.ts';
import { bilingual } from '../../words/index.ts';
import type { SeriesSituation } from '../steps/owed-steps.ts';

/** The result of a filing. */
export interface Filed extends SeriesSituation {
  readonly outcome: 'created' | 'revised' | 'unchanged';
}

/** Returns the blind index of an external id; each kind and source has its own namespace. */
export const externalIndex = (
  keys: TenantKeys,
  kind: SeriesKind,
  about: { source: string; externalId: string },
): Buffer => keys.indexOf(`series-${kind}`, `${about.source}|${about.externalId}`);

/** Makes a series, or the next revision of the one with this external id; repeating changes nothing. */
export async function fileSeries(tx: Transaction, deps: ContactDeps, filing: Filing): Promise<Filed> {
  const { kind, source, details } = filing;
  const name = {
    kind,
    source,
    index: externalIndex(deps.keys, kind, { source, externalId: details.externalId }),
  };
  const known = await lockSeriesNamed(tx, name);
  const at = deps.clock.now().toISO();
  if (known === undefined) {
    const cancelled = await passCancelled(tx, name, filing);
    return create(tx, deps, { filing, name, after: cancelled, at });
  }
  refuseOlder(known, filing.sourceRevision);
  const before = await openedDetails(tx, deps, known);
  if (known.state === 'cancelled' && !isReopened(known, filing))
    return stayCancelled(tx, deps, { filing, known, before });
  if (isSomebodyElses(known, before, filing)) {
    if (isInForce(known, at) && !filing.replaceContact) throw new Refusal('BOOKING_OF_SOMEBODY_ELSE');
    await endForPerson(tx, deps, { known, actor: filing.actor, at });
    return create(tx, deps, { filing, name, after: known, at });
  }
  return update(tx, deps, { filing, known, before, at });
}

/** Waits for other writers of this external id; before anything else is locked. */
export const waitToFile = (
  tx: Transaction,
  keys: TenantKeys,
  about: { readonly kind: SeriesKind; readonly source: string; readonly externalId: string },
): Promise<void> =>
  waitForName(tx, { kind: about.kind, source: about.source, index: externalIndex(keys, about.kind, about) });

async function openedDetails(
  tx: Transaction,
  { keys }: ContactDeps,
  series: Series,
): Promise<SeriesDetails | undefined> {
  const holder = await readContact(tx, keys, series.contactId);
  return holder && seriesDetailsOf(holder.key, series);
}

/** Says whether a booking is kept: until its event also where all was sent, or where its person opted out. */
const isInForce = ({ state, eventAt }: Series, at: string): boolean =>
  isLive(state) || (state !== 'cancelled' && Date.parse(eventAt) > Date.parse(at));

const isPast = ({ pastFrom }: Filing, at: string): boolean => pastFrom.toMillis() <= Date.parse(at);

const isSomebodyElses = (
  known: Series,
  before: SeriesDetails | undefined,
  { contact, details }: Filing,
): boolean => known.contactId !== contact.id && !isSamePerson(before?.person, details.person);

/** Says whether two bookings are known to be for one person; missing data never count as equal. */
function isSamePerson(one: BookedPerson | undefined, other: BookedPerson | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  if (one.ref !== undefined && other.ref !== undefined) return one.ref === other.ref;
  if (one.birthDate !== undefined && other.birthDate !== undefined && one.birthDate !== other.birthDate)
    return false;
  const names = [fullName(one), fullName(other)];
  return names[0] !== undefined && names[0] === names[1];
}

function fullName({ firstName, lastName }: BookedPerson): string | undefined {
  return firstName === undefined || lastName === undefined
    ? undefined
    : `${normalisedName(firstName)}|${normalisedName(lastName)}`;
}

/** Normalizes a name: `Éloïse`, `ELOISE` and `eloise` are one. */
const normalisedName = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}]+/gu, ' ')
    .trim();

async function create(
  tx: Transaction,
  deps: ContactDeps,
  about: {
    readonly filing: Filing;
    readonly name: ExternalName;
    /** The former series of that name: its revision goes on counting. */
    readonly after: BookingState | undefined;
    readonly at: string;
  },
): Promise<Filed> {
  const { filing, name, after, at } = about;
  if (isPast(filing, at)) throw nothingAhead(filing);
  const id = uuidV7(deps.clock.machine());
  const { kind, purpose, actor } = filing;
  await insertSeries(tx, {
    ...filingFactsOf(deps.keys, filing, { id, known: after && { ...after, notifyChange: true } }),
    ...name,
    id,
    purpose,
    batchId: uuidV7(deps.clock.machine()),
    simulated: isSimulated(deps.clock),
    at,
  });
  await notifySeries(tx, deps.clock, {
    seriesId: id,
    actor,
    action: `${kind}.booked`,
    details: { revision: 1 },
  });
  return considered(tx, deps, { id, outcome: 'created' });
}

async function considered(
  tx: Transaction,
  deps: ContactDeps,
  { id, outcome }: { readonly id: string } & Pick<Filed, 'outcome'>,
) {
  const series = await lockSeries(tx, id);
  if (series === undefined) throw new SeriesLost(id);
  return { ...(await reconsider(tx, deps, series)), outcome };
}

/** Thrown for a series that vanished while it was written. */
class SeriesLost extends Error {
  override readonly name = 'SeriesLost';
}

/**
 * Ends a booking for its former person when it goes to somebody else; a past one does not end. A person already
 * informed of it is owed one more message.
 */
async function endForPerson(
  tx: Transaction,
  deps: ContactDeps,
  { known, actor, at }: { readonly known: Series; readonly actor: string; readonly at: string },
): Promise<void> {
  if (known.state === 'cancelled' || !(isInForce(known, at) || (await isAwaited(tx, known, at)))) {
    await giveUpName(tx, known.id);
    return;
  }
  await endOthers(tx, { batchId: known.batchId, keep: null, at });
  await closeSeries(tx, known.id, { state: 'superseded', because: 'SUPERSEDED', at });
  await reconsider(tx, deps, { ...known, state: 'superseded', revisedAt: at, correctionSeq: null });
  await notifySeries(tx, deps.clock, { seriesId: known.id, actor, action: `${known.kind}.superseded` });
  if (isLive(known.state))
    await announceEnd(tx, deps.clock, { seriesId: known.id, state: 'superseded', actor });
}

/** Says whether its person was informed of an event that is still ahead, though it moved into the past. */
async function isAwaited(tx: Transaction, known: Series, at: string): Promise<boolean> {
  const lastSaid = lastSaidBy(await readSteps(tx, known));
  return lastSaid !== undefined && Date.parse(lastSaid.eventAt) > Date.parse(at);
}

interface Found {
  readonly filing: Filing;
  readonly known: Series;
  readonly before: SeriesDetails | undefined;
}

/** Answers a repeated call after a cancellation, which changes nothing; refuses a different one. */
async function stayCancelled(tx: Transaction, deps: ContactDeps, change: Found): Promise<Filed> {
  const { filing, known } = change;
  const facts = filingFactsOf(deps.keys, filing, { id: known.id, known });
  if (!owesTheSame(change, facts)) throw staysCancelled(known);
  return { ...(await reconsider(tx, deps, known)), outcome: 'unchanged' };
}

const owesTheSame = ({ filing, known, before }: Found, facts: SeriesFacts): boolean =>
  isUnchanged(known, facts) && before?.text === filing.details.text;

async function update(
  tx: Transaction,
  deps: ContactDeps,
  change: Found & { readonly at: string },
): Promise<Filed> {
  const { filing, known, at } = change;
  const facts = { ...filingFactsOf(deps.keys, filing, { id: known.id, known }), at };
  if (owesTheSame(change, facts) && !(await mayOweAgain(tx, known, at)))
    return touch(tx, deps, { known, facts });
  // An appointment may really have moved into the past: what was planned for its old moment must not be sent.
  if (isPast(filing, at) && filing.kind !== 'appointment') throw nothingAhead(filing);
  await endOthers(tx, { batchId: known.batchId, keep: null, at });
  await reviseSeries(tx, known.id, facts);
  const revised = await considered(tx, deps, { id: known.id, outcome: 'revised' });
  const { actor, kind } = filing;
  const details = { revision: revised.series.revision };
  await notifySeries(tx, deps.clock, { seriesId: known.id, actor, action: `${kind}.moved`, details });
  return revised;
}

async function touch(
  tx: Transaction,
  deps: ContactDeps,
  { known, facts }: { readonly known: Series; readonly facts: SeriesFacts & { readonly at: string } },
): Promise<Filed> {
  await touchSeries(tx, known.id, facts);
  const same = await considered(tx, deps, { id: known.id, outcome: 'unchanged' });
  // A consent that came with the booking may have planned what had no basis.
  if (same.changes > 0)
    await wakeSeries(tx, [known.id], { class: 'change', machineMs: deps.clock.machine() });
  return same;
}

const POINTERS = {
  appointment: '/startsAt',
  subscription: '/refuseBy',
  'payment-plan': '/instalments',
} as const;

const nothingAhead = ({ kind }: Filing): Refusal =>
  refusedField(POINTERS[kind], bilingual.booking.nothingAhead, 'NOTHING_AHEAD');

/** Compares everything that decides which messages are owed, to whom, when and by which sender. */
function isUnchanged(known: Series, facts: SeriesFacts): boolean {
  return (
    known.facts.equals(facts.facts) &&
    known.contactId === facts.contactId &&
    known.accountId === facts.accountId &&
    known.sender === facts.sender &&
    planText(known.plan) === planText(facts.plan)
  );
}

const planText = (plan: readonly StepWish[]): string =>
  JSON.stringify(plan.map(({ offset, at }) => [offset, at ?? '']));

/** Says whether it may owe messages again: after a cancellation, or after a STOP once the person came back. */
async function mayOweAgain(tx: Transaction, known: Series, at: string): Promise<boolean> {
  if (known.state === 'cancelled') return true;
  if (known.state !== 'stopped') return false;
  return (await readEligibility(tx, { ...known, at })).sendable;
}

/** The state of a booking before another call about it. */
type BookingState = Pick<Series, 'sourceRevision'> & { readonly state: string };

/** Refuses a call with a lower revision than the booking has: the caller's order wins over the order of arrival. */
export function refuseOlder(booked: BookingState, sourceRevision: number | undefined): void {
  const { sourceRevision: known } = booked;
  if (sourceRevision === undefined || known === null || sourceRevision >= known) return;
  throw new Refusal('REVISION_SUPERSEDED', {
    detail: bilingual.booking.olderRevision({ known }),
    ...stateFacts(booked),
  });
}

/** Says whether a cancelled booking is reopened: by a higher revision, or by the caller's request. */
const isReopened = ({ sourceRevision: known }: BookingState, { sourceRevision, reopen }: Filing): boolean =>
  reopen || (sourceRevision !== undefined && known !== null && sourceRevision > known);

function staysCancelled(booked: BookingState): Refusal {
  const { sourceRevision } = booked;
  const { staysCancelled: stays, reopen, revisionOrReopen } = bilingual.booking;
  const by = sourceRevision === null ? reopen : revisionOrReopen({ revision: sourceRevision });
  return new Refusal('BOOKING_CANCELLED', { detail: stays({ by }), ...stateFacts(booked) });
}

const stateFacts = ({ state, sourceRevision }: BookingState): { readonly stands: BookingState } => ({
  stands: { state, sourceRevision },
});

/** Removes a cancellation that came before its booking, or refuses the booking for it. */
async function passCancelled(
  tx: Transaction,
  name: ExternalName,
  filing: Filing,
): Promise<BookingState | undefined> {
  const cancelled = await readCancelled(tx, name);
  if (cancelled === undefined) return undefined;
  refuseOlder(cancelled, filing.sourceRevision);
  if (!isReopened(cancelled, filing)) throw staysCancelled(cancelled);
  await forgetCancelled(tx, name);
  return cancelled;
}
