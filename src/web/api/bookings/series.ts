import { type Transaction, Refusal } from '../../../platform/index.ts';
import { costOfSeries } from '../../../sending/index.ts';
import {
  orderSeries,
  type SeriesOrder,
  readSeries,
  seriesView,
  viewSeries,
} from '../../../reminders/index.ts';
import type { Api } from '../../server/api.ts';
import { SeriesAsked, SeriesShown } from './booking-schema.ts';
import { actorOf, type Caller, type Role } from '../../server/caller.ts';
import { CostShown } from '../messages/costs.ts';
import { route, type Route } from '../../server/route.ts';
import { ById, listOf, PageQuery } from '../../server/schema.ts';
import { listed } from './series-list.ts';

/** One series, with its cost so far. */
export const SeriesAlone = SeriesShown.extend({ cost: CostShown }).meta({ id: 'SeriesAlone' });

const READERS: readonly Role[] = ['admin', 'scheduler', 'operator', 'auditor'];

/** An operator pauses and resumes; the orders that end a series for good belong to the owners of the booking. */
const ORDERING: Readonly<Record<SeriesOrder, readonly Role[]>> = {
  pause: ['admin', 'scheduler', 'operator'],
  resume: ['admin', 'scheduler', 'operator'],
  cancel: ['admin', 'scheduler'],
};

const SUMMARIES: Readonly<Record<SeriesOrder, string>> = {
  pause: 'Nothing more of it is marked, from the next mark on.',
  resume: 'Lets a paused series go on.',
  cancel: 'Ends it; whoever was told of the event is told so.',
};

/** The routes of reminder series of any kind. */
export const seriesRoutes = (api: Api): Route[] => [
  list(api),
  one(api),
  order(api, 'pause'),
  order(api, 'resume'),
  order(api, 'cancel'),
];

const list = (api: Api): Route =>
  route({
    method: 'get',
    path: '/v1/reminder-series',
    roles: READERS,
    summary: 'Lists series in order of creation.',
    tag: 'Reminders',
    query: PageQuery.extend({ ...SeriesAsked, kind: SeriesShown.shape.kind.optional() }),
    reply: listOf(SeriesShown),
    run: ({ tx, language, query }) => listed(api, tx, { ...query, language }),
  });

const one = ({ vault, clock }: Api): Route =>
  route({
    method: 'get',
    path: '/v1/reminder-series/{id}',
    roles: READERS,
    summary: 'Shows every step: planned, sent, moved, skipped and why; what it cost so far.',
    tag: 'Reminders',
    params: ById,
    reply: SeriesAlone,
    run: async ({ tx, language, params: { id } }) => {
      const series = await readSeries(tx, id);
      if (series === undefined) throw new Refusal('NOT_FOUND');
      const view = await viewSeries(tx, { keys: await vault.tenant(tx), now: clock.now(), language }, series);
      return { ...view, cost: await costOfSeries(tx, id) };
    },
  });

const order = ({ vault, clock }: Api, word: SeriesOrder): Route =>
  route({
    method: 'post',
    path: `/v1/reminder-series/{id}/${word}`,
    roles: ORDERING[word],
    summary: SUMMARIES[word],
    tag: 'Reminders',
    params: ById,
    reply: SeriesShown,
    run: async ({ tx, caller, language, params: { id } }) => {
      await mayOrder(tx, caller, id);
      const ordered = { seriesId: id, order: word, actor: actorOf(caller) };
      const considered = await orderSeries(tx, { clock }, ordered);
      return seriesView(tx, { keys: await vault.tenant(tx), language }, considered);
    },
  });

/** A scheduler pauses and resumes the series of its own system. */
async function mayOrder(tx: Transaction, { role, source }: Caller, id: string): Promise<void> {
  if (role !== 'scheduler') return;
  const series = await readSeries(tx, id);
  if (series === undefined || series.source === source) return;
  throw new Refusal('ROLE_NOT_ALLOWED', {
    detail: 'A scheduler may order series made by a key of the same source.',
  });
}
