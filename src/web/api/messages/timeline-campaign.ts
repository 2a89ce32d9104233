import { viewOf } from '../../../campaigns/index.ts';
import { knownCampaign } from '../campaigns/known-campaign.ts';
import { actsOn, haltsOn, heldBy, inOrder, type Look } from './timeline-look.ts';
import type { Happened, Timeline } from './timeline-schema.ts';
import { bilingual } from '../../../words/index.ts';

const LAST_DEPARTURE = bilingual.timeline.lastDeparture;
const NEXT_DEPARTURE = bilingual.timeline.nextDeparture;

/** A whole campaign: who did what to it, and what keeps back who is left. */
export async function campaignTimeline(look: Look, id: string): Promise<Timeline> {
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

/** A draft is halted by nothing, and what is over neither. */
async function haltsSince(look: Look, accountId: string, acts: readonly Happened[]): Promise<Happened[]> {
  const launched = acts.find(({ event }) => event === 'campaign.launched');
  if (launched === undefined) return [];
  const over = acts.findLast(({ event }) => event === 'campaign.finished' || event === 'campaign.cancelled');
  return haltsOn(look, { accountId, from: launched.at, to: over?.at ?? null });
}
