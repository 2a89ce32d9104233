import { Refusal, type Transaction } from '../../platform/index.ts';
import { refuseOlder, externalIndex, waitToFile } from './filing.ts';
import { readCancelled, rememberCancelled } from './booking.repository.ts';
import { answerSeries, cancelSeries } from '../series/series-order.ts';
import type { Considered } from '../series/outlook.ts';
import { reconsider } from '../series/outlook.ts';
import {
  lockSeriesNamed,
  noteAttendance,
  noteSourceRevision,
  readSeriesNamed,
  notePaid,
  type ExternalName,
} from '../series/series.repository.ts';
import { instalmentOf, paidAt, type Series, type SeriesKind, type Instalment } from '../series/series.ts';
import { recordAudit } from '../../company/index.ts';
import type { ContactDeps } from '../../people/index.ts';
import { notifySeries } from '../series/notify.repository.ts';
import type { BareFault } from '../../words/index.ts';
import { endReadySteps, readSteps } from '../steps/step.repository.ts';
import { seqOfStep } from '../steps/step.ts';

/** A booking by its external id, and the actor. */
export interface NamedBooking {
  readonly kind: SeriesKind;
  readonly source: string;
  readonly externalId: string;
  readonly actor: string;
  readonly sourceRevision?: number | undefined;
}

/** Finds the current series of an external id. */
export async function findBooking(
  tx: Transaction,
  { keys }: Pick<ContactDeps, 'keys'>,
  { kind, source, externalId }: Pick<NamedBooking, 'kind' | 'source' | 'externalId'>,
): Promise<Series> {
  const index = externalIndex(keys, kind, { source, externalId });
  const series = await readSeriesNamed(tx, { kind, source, index });
  if (series === undefined) throw new Refusal('NOT_FOUND');
  return series;
}

/** Reads and locks the current series of an external id until the transaction ends. */
async function held(tx: Transaction, deps: ContactDeps, booking: NamedBooking): Promise<Series> {
  const series = await lockSeriesNamed(tx, await nameHeld(tx, deps, booking));
  if (series === undefined) throw new Refusal('NOT_FOUND');
  return series;
}

/** Locks a booking's external id until the transaction ends. */
async function nameHeld(
  tx: Transaction,
  { keys }: ContactDeps,
  booking: NamedBooking,
): Promise<ExternalName> {
  const { kind, source, externalId } = booking;
  await waitToFile(tx, keys, { kind, source, externalId });
  return { kind, source, index: externalIndex(keys, kind, { source, externalId }) };
}

/** The outcome: the booking was cancelled, or its cancellation is kept for when it arrives. */
export type Cancelled = 'cancelled' | 'remembered';

/** Cancels a booking; repeating changes nothing, and a cancellation ahead of its booking prevents it. */
export async function cancelBooking(
  tx: Transaction,
  deps: ContactDeps,
  booking: NamedBooking,
): Promise<Cancelled> {
  const { kind, actor, sourceRevision } = booking;
  const name = await nameHeld(tx, deps, booking);
  const series = await lockSeriesNamed(tx, name);
  if (series === undefined) return cancelAhead(tx, deps, { name, booking });
  refuseOlder(series, sourceRevision);
  await cancelSeries(tx, deps, { series, actor, action: `${kind}.cancelled` });
  if (sourceRevision !== undefined) await noteSourceRevision(tx, series.id, sourceRevision);
  return 'cancelled';
}

/** Notes an absence after the start; before it the booking is cancelled. */
export async function missBooking(tx: Transaction, deps: ContactDeps, booking: NamedBooking): Promise<void> {
  const series = await lockSeriesNamed(tx, await nameHeld(tx, deps, booking));
  const isBegun = series !== undefined && Date.parse(series.eventAt) <= deps.clock.now().toMillis();
  if (isBegun && series.state !== 'cancelled') await noteNoShow(tx, deps, booking);
  else await cancelBooking(tx, deps, booking);
}

async function cancelAhead(
  tx: Transaction,
  { clock }: ContactDeps,
  { name, booking }: { readonly name: ExternalName; readonly booking: NamedBooking },
): Promise<Cancelled> {
  const { kind, actor, sourceRevision } = booking;
  const known = await readCancelled(tx, name);
  if (known !== undefined) refuseOlder(known, sourceRevision);
  const at = clock.now().toISO();
  await rememberCancelled(tx, name, { sourceRevision, at });
  if (known === undefined)
    await recordAudit(tx, { actor, action: `${kind}.cancelled-ahead` }, { at, machineMs: clock.machine() });
  return 'remembered';
}

/** Notes the person's confirmation. */
export async function confirmBooking(
  tx: Transaction,
  deps: ContactDeps,
  booking: NamedBooking,
): Promise<Considered> {
  const series = await held(tx, deps, booking);
  if (series.state === 'cancelled') throw cannot('a cancelled booking cannot be confirmed');
  return answerSeries(tx, deps, { series, actor: booking.actor, comes: true });
}

/** Notes the person's absence; only after the start. */
export async function noteNoShow(
  tx: Transaction,
  deps: ContactDeps,
  booking: NamedBooking,
): Promise<Considered> {
  const series = await held(tx, deps, booking);
  const at = deps.clock.now().toISO();
  if (series.state === 'cancelled') throw cannot('a cancelled booking was not missed');
  if (Date.parse(series.eventAt) > Date.parse(at)) throw cannot('the appointment has not begun');
  const noShowAt = series.noShowAt ?? at;
  if (series.noShowAt === null) {
    await noteAttendance(tx, series.id, { noShowAt });
    await notifySeries(tx, deps.clock, {
      seriesId: series.id,
      actor: booking.actor,
      action: `${booking.kind}.no-show`,
    });
  }
  return reconsider(tx, deps, { ...series, noShowAt });
}

const cannot = (detail: BareFault): Refusal => new Refusal('SERIES_CANNOT_MOVE', { detail });

/** Notes a payment: nothing more asks for it. The plan itself has not changed. */
export async function payInstalment(
  tx: Transaction,
  deps: ContactDeps,
  order: NamedBooking & {
    readonly number: number;
    /** ISO instant; now when absent. */
    readonly paidAt?: string | undefined;
  },
): Promise<Considered> {
  const series = await held(tx, deps, order);
  const instalment = instalmentOf(String(order.number), series.terms);
  if (instalment === undefined) throw new Refusal('NOT_FOUND');
  if (paidAt(series.paid, instalment) !== undefined) return reconsider(tx, deps, series);
  const at = deps.clock.now().toISO();
  const paid = [
    ...series.paid.filter(({ number }) => number !== instalment.number),
    { ...instalment, paidAt: order.paidAt ?? at },
  ];
  await notePaid(tx, series.id, paid);
  await endWhatAsks(tx, { series, instalment, at });
  const { actor } = order;
  const details = { number: instalment.number };
  await notifySeries(tx, deps.clock, { seriesId: series.id, actor, action: 'payment-plan.paid', details });
  return reconsider(tx, deps, { ...series, paid });
}

/** Ends a ready message about it. */
async function endWhatAsks(
  tx: Transaction,
  about: { readonly series: Series; readonly instalment: Instalment; readonly at: string },
): Promise<void> {
  const { series, instalment, at } = about;
  const asking = (await readSteps(tx, series)).filter(
    ({ step, message }) => message?.state === 'ready' && step.startsWith(`${instalment.number}/`),
  );
  const seqs = asking.map(seqOfStep);
  if (seqs.length > 0) await endReadySteps(tx, { batchId: series.batchId, seqs, at });
}
