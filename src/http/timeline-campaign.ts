import { viewOf } from '../campaigns/view.ts';
import { knownCampaign } from './known-campaign.ts';
import { actsOn, heldBy, type Look } from './timeline-look.ts';
import type { Timeline } from './timeline-schema.ts';

const LAST_DEPARTURE = { fr: 'Dernier départ prévu.', en: 'Last departure foreseen.' } as const;
const NEXT_DEPARTURE = { fr: 'Prochain départ.', en: 'Next departure.' } as const;

/** A whole campaign: who did what to it, and what keeps back who is left. */
export async function campaignTimeline(look: Look, id: string): Promise<Timeline> {
  const { tx, now, language } = look;
  const view = await viewOf(tx, await knownCampaign(tx, id), { now, language });
  const { nextDepartureAt, forecast, waitingFor } = view;
  const last = forecast?.lastDepartureAt ?? null;
  return {
    about: { kind: 'campaign', id, title: view.name, state: view.status },
    happened: await actsOn(look, id),
    next: [
      ...(nextDepartureAt === null ? [] : [{ at: nextDepartureAt, text: NEXT_DEPARTURE[language] }]),
      ...(last === null ? [] : [{ at: last, text: LAST_DEPARTURE[language] }]),
    ],
    heldBy: waitingFor === null ? null : heldBy(look, waitingFor),
    related: [],
    workflowId: view.workflowId,
  };
}
