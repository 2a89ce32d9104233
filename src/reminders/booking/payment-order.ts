import { type Transaction, Refusal } from '../../platform/index.ts';
import { held, type ActDeps, type NamedBooking } from './appointment-order.ts';
import type { Considered } from '../series/next-turn.ts';
import { reconsider } from '../series/reconsider.ts';
import { notePaid } from '../series/series.repository.ts';
import { seqOf, type Series } from '../series/series.ts';
import { endReadySteps, readSteps } from '../steps/step.repository.ts';
import { tellSeries } from '../series/telling.repository.ts';
import { instalmentOf, paidAt, type Instalment } from '../series/terms.ts';

/** A paid instalment of a plan. */
export interface PaidInstalment extends NamedBooking {
  readonly number: number;
  /** ISO instant; now when absent. */
  readonly paidAt?: string | undefined;
}

/** Notes a payment: nothing more asks for it. The plan itself has not changed. */
export async function payInstalment(
  tx: Transaction,
  deps: ActDeps,
  order: PaidInstalment,
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
  await tellSeries(tx, deps.clock, { seriesId: series.id, actor, action: 'payment-plan.paid', details });
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
  const seqs = asking.map(({ revision, position }) => seqOf(revision, position));
  if (seqs.length > 0) await endReadySteps(tx, { batchId: series.batchId, seqs, at });
}
