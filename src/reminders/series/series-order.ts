import { type Clock, type Transaction, Refusal } from '../../platform/index.ts';
import { announceEnd } from './news.repository.ts';
import type { Considered } from './next-turn.ts';
import { reconsider } from './reconsider.ts';
import { closeSeries, holdSeries, lockSeries } from './series.repository.ts';
import { isLive, type Series, type SeriesState } from './series.ts';
import { endOthers } from '../steps/step.repository.ts';
import { tellSeries } from './telling.repository.ts';
import { fault } from '../../words/index.ts';

/** The orders to a series. */
export type SeriesOrder = 'pause' | 'resume' | 'cancel';

/** An order, its author and its series. */
export interface OrderedSeries {
  readonly seriesId: string;
  readonly order: SeriesOrder;
  /** `key:<id>`, `temporal`. */
  readonly actor: string;
}

/** Obeys an order; repeating changes nothing; throws a Refusal when the series cannot. */
export async function orderSeries(
  tx: Transaction,
  deps: { readonly clock: Clock },
  { seriesId, order, actor }: OrderedSeries,
): Promise<Considered> {
  const series = await lockSeries(tx, seriesId);
  if (series === undefined) throw new Refusal('NOT_FOUND');
  if (order === 'cancel') return cancelSeries(tx, deps, { series, actor, action: 'series.cancelled' });
  if (!isLive(series.state)) throw cannot(order, series.state);
  const state = order === 'pause' ? 'paused' : 'open';
  if (series.state === state) return reconsider(tx, deps, series);
  await holdSeries(tx, seriesId, { state, at: deps.clock.now().toISO() });
  await tellSeries(tx, deps.clock, { seriesId, actor, action: `series.${PAST[order]}`, class: 'order' });
  return reconsider(tx, deps, { ...series, state });
}

const PAST = { pause: 'paused', resume: 'resumed' } as const;

/** Ends a series that the transaction has locked; a person already informed of the event is owed one more message. */
export async function cancelSeries(
  tx: Transaction,
  deps: { readonly clock: Clock },
  about: { readonly series: Series; readonly actor: string; readonly action: string },
): Promise<Considered> {
  const { series, actor, action } = about;
  if (series.state === 'cancelled') return reconsider(tx, deps, series);
  if (series.state === 'superseded') throw cannot('cancel', series.state);
  const at = deps.clock.now().toISO();
  await endOthers(tx, { batchId: series.batchId, keep: null, at });
  await closeSeries(tx, series.id, { state: 'cancelled', because: 'CANCELLED', at });
  await tellSeries(tx, deps.clock, { seriesId: series.id, actor, action });
  // One that had ended was reported then: a revision ends once.
  if (isLive(series.state))
    await announceEnd(tx, deps.clock, { seriesId: series.id, state: 'cancelled', actor });
  return reconsider(tx, deps, calledOff(series, at));
}

/** Returns a series as a cancellation leaves it. */
export const calledOff = (series: Series, at: string): Series => ({
  ...series,
  state: 'cancelled',
  revisedAt: at,
  correctionSeq: null,
});

const cannot = (order: string, state: SeriesState): Refusal =>
  new Refusal('SERIES_CANNOT_MOVE', {
    detail: fault('A series that is {state} cannot {order}.', { state, order }),
  });
