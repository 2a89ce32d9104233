import { z } from 'zod';
import { messageKey } from '../../../sending/index.ts';
import type { Api } from '../../server/api.ts';
import { EVERYBODY } from '../../server/caller.ts';
import { route, type Context, type Route } from '../../server/route.ts';
import { Id } from '../../server/schema.ts';
import { campaignTimeline } from './timeline-campaign.ts';
import { contactTimeline } from './timeline-contact.ts';
import { refuseSeries, type Look } from './timeline-look.ts';
import { messageTimeline } from './timeline-message.ts';
import { TimelineShown, type Timeline } from './timeline-schema.ts';
import { seriesTimeline } from './timeline-series.ts';

/** About one thing, and one only. */
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

/** What happened, what comes next, which rule holds it and until when. */
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
    run: async (call) => told(await lookOf(api, call), call.query),
  }),
];

const lookOf = async ({ vault, clock }: Api, { tx, caller, language }: Context): Promise<Look> => ({
  tx,
  keys: await vault.tenant(tx),
  clock,
  now: clock.now(),
  language,
  caller,
});

function told(look: Look, { message, contact, series, campaign }: z.output<typeof Asked>): Promise<Timeline> {
  if (message !== undefined) return messageTimeline(look, message);
  if (contact !== undefined) return contactTimeline(look, contact);
  if (campaign !== undefined) return campaignTimeline(look, campaign);
  refuseSeries(look);
  return seriesTimeline(look, series ?? '');
}
