import { z } from 'zod';
import { messageKey } from '../../../sending/index.ts';
import type { Api } from '../../server/api.ts';
import { EVERYBODY } from '../../server/caller.ts';
import { route, type Context, type Route } from '../../server/route.ts';
import { Id } from '../../server/schema.ts';
import { contactTimeline } from './timeline-contact.ts';
import { refuseSeries, type TimelineReader, actsOn, haltsOn, heldBy, inOrder } from './timeline-look.ts';
import { messageTimeline } from './timeline-message.ts';
import { TimelineShown, type Timeline, type Happened } from './timeline-schema.ts';
import { seriesTimeline } from './timeline-series.ts';
import { viewOf } from '../../../campaigns/index.ts';
import { knownCampaign } from '../campaigns/known-campaign.ts';
import { bilingual } from '../../../words/index.ts';

/** Exactly one subject. */
const Asked = z
  .strictObject({
    message: z
      .string()
      .refine((id) => messageKey(id) !== undefined, 'the id of a message')
      .optional(),
    contact: Id.optional(),
    series: Id.optional(),
    campaign: Id.optional(),
  })
  .refine(
    (asked) => Object.values(asked).filter((id) => id !== undefined).length === 1,
    'one of message, contact, series, campaign',
  );

/** The route of a timeline: past events, the next one, its rule and its end. */
export const timelineRoutes = (api: Api): Route[] => [
  route({
    method: 'get',
    path: '/v1/timeline',
    roles: EVERYBODY,
    summary:
      'Tells of one message, person, series or campaign: what happened, what comes next, which rule holds it and until when.',
    tag: 'Operating',
    query: Asked,
    reply: TimelineShown,
    run: async (call) => timelineOf(await lookOf(api, call), call.query),
  }),
];

const lookOf = async ({ vault, clock }: Api, { tx, caller, language }: Context): Promise<TimelineReader> => ({
  tx,
  keys: await vault.tenant(tx),
  clock,
  now: clock.now(),
  language,
  caller,
});

function timelineOf(
  look: TimelineReader,
  { message, contact, series, campaign }: z.output<typeof Asked>,
): Promise<Timeline> {
  if (message !== undefined) return messageTimeline(look, message);
  if (contact !== undefined) return contactTimeline(look, contact);
  if (campaign !== undefined) return campaignTimeline(look, campaign);
  refuseSeries(look);
  return seriesTimeline(look, series ?? '');
}

const LAST_DEPARTURE = bilingual.timeline.lastDeparture;
const NEXT_DEPARTURE = bilingual.timeline.nextDeparture;

/** Builds a campaign's timeline: the orders to it, and the cause that holds the remaining people. */
async function campaignTimeline(look: TimelineReader, id: string): Promise<Timeline> {
  const { tx, now, language } = look;
  const campaign = await knownCampaign(tx, id);
  const view = await viewOf(tx, campaign, { now, language });
  const acts = await actsOn(look, id);
  const { nextDepartureAt, forecast, waitingFor } = view;
  const last = forecast?.lastDepartureAt ?? null;
  return {
    about: { kind: 'campaign', id, title: view.name, state: view.status },
    happened: inOrder([...acts, ...(await haltsSince(look, campaign.accountId, acts))]),
    next: [
      ...(nextDepartureAt === null ? [] : [{ at: nextDepartureAt, text: NEXT_DEPARTURE[language] }]),
      ...(last === null ? [] : [{ at: last, text: LAST_DEPARTURE[language] }]),
    ],
    heldBy: waitingFor === null ? null : heldBy(look, waitingFor),
    related: [],
    workflowId: view.workflowId,
  };
}

/** Neither a draft nor a finished campaign is halted. */
async function haltsSince(
  look: TimelineReader,
  accountId: string,
  acts: readonly Happened[],
): Promise<Happened[]> {
  const launched = acts.find(({ event }) => event === 'campaign.launched');
  if (launched === undefined) return [];
  const over = acts.findLast(({ event }) => event === 'campaign.finished' || event === 'campaign.cancelled');
  return haltsOn(look, { accountId, from: launched.at, to: over?.at ?? null });
}
