import type { Clock } from '../clock.ts';
import type { Transaction } from '../database/connection.ts';
import { Refusal } from '../errors.ts';
import type { Considered } from './next-turn.ts';
import { orderSeries } from './series-order.ts';
import { readSeriesPage, type SeriesFilter } from './series.repository.ts';
import { fault } from '../words/fault.ts';

/** Appointments that one closure may end: more are told in parts. */
const MOST = 1_000;

/** Whoever got every reminder still expects to be received; what is owed to nobody is not held back. */
const STATES = { cancel: ['open', 'paused', 'completed'], pause: ['open'] } as const;

/** The time in which nobody is received. */
export interface Closure extends Pick<SeriesFilter, 'practice' | 'from' | 'to'> {
  readonly action: 'cancel' | 'pause';
  readonly actor: string;
}

/** Cancels or pauses every appointment of a practice in a time; whoever was told of one is told so. */
export async function closePractice(
  tx: Transaction,
  deps: { readonly clock: Clock },
  { action, actor, ...when }: Closure,
): Promise<readonly Considered[]> {
  const now = deps.clock.now().toMillis();
  const found: string[] = [];
  for (const state of STATES[action]) {
    const page = await readSeriesPage(tx, { ...when, kind: 'appointment', state, limit: MOST + 1 });
    const ahead = page.filter(({ eventAt }) => state !== 'completed' || Date.parse(eventAt) > now);
    found.push(...ahead.map(({ id }) => id));
  }
  if (found.length > MOST)
    throw new Refusal('INVALID_REQUEST', {
      detail: fault('More than {most} appointments: close a shorter time.', { most: MOST }),
    });
  const ended: Considered[] = [];
  // In order of ids, as every other writer of several series locks them.
  for (const seriesId of found.toSorted())
    ended.push(await orderSeries(tx, deps, { seriesId, order: action, actor }));
  return ended;
}
