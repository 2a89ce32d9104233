import { DateTime } from 'luxon';
import { type Clock, type Transaction, addToWorkflowOutbox } from '../../platform/index.ts';
import type { GoodFridayChoice } from '../../rule/index.ts';
import { pendingByPlace, type PendingPlace } from './run.repository.ts';
import { openCampaigns, takeProfile, underWayAfter, type Campaign } from '../campaign.repository.ts';
import {
  departureOf,
  isoOf,
  mayLeave,
  type LocalDeparture,
  type RehearsalReader,
} from '../rehearsal/departure.ts';
import { replanIntent } from './order.ts';

/** Changed settings of a tenant that decide when its campaigns send. */
interface HoursChange {
  readonly profile?: string | undefined;
  readonly goodFriday?: GoodFridayChoice | undefined;
}

/** The expected effect of a change of hours on open campaigns. */
export type CampaignsForeseen = Awaited<ReturnType<typeof campaignsForeseen>>;

/** The most campaigns that are examined, newest first. */
const MOST_EXAMINED = 200;

/** Campaigns signalled by one statement. */
const NOTIFIED_AT_ONCE = 1_000;

/** Sets a changed profile on unfinished advertising, and makes all launched campaigns plan again at once. */
export async function followHours(
  tx: Transaction,
  { clock }: { readonly clock: Clock },
  { profile }: Pick<HoursChange, 'profile'>,
): Promise<void> {
  if (profile !== undefined) await takeProfile(tx, { profile, at: clock.now().toISO() });
  let after: string | undefined;
  do {
    const ids = await underWayAfter(tx, { after, most: NOTIFIED_AT_ONCE });
    const intents = ids.map((id) => replanIntent(tx.tenantId, id));
    await addToWorkflowOutbox(tx, intents, clock.machine());
    after = ids.length < NOTIFIED_AT_ONCE ? undefined : ids.at(-1);
  } while (after !== undefined);
}

/** Computes which campaigns would send at another time if the tenant had other hours; changes nothing. */
export async function campaignsForeseen(
  tx: Transaction,
  { now, language }: RehearsalReader,
  change: HoursChange,
) {
  const { campaigns, open } = await openCampaigns(tx, MOST_EXAMINED);
  const parts: ReturnType<typeof changesAt> = [];
  let uncounted = 0;
  for (const campaign of campaigns) {
    const after = withHours(campaign, change);
    if (campaign.profile === after.profile && campaign.goodFriday === after.goodFriday) continue;
    const places = isCounted(campaign)
      ? await pendingByPlace(tx, { campaignId: campaign.id, now: now.toISO() })
      : undefined;
    if (places === undefined) uncounted += 1;
    for (const place of places ?? []) parts.push(...changesAt({ campaign, after, place, now, language }));
  }
  return {
    parts,
    /** The number of open campaigns, and of those examined, which are the newest. */
    open,
    looked: campaigns.length,
    /** The number of campaigns whose hours change too and whose people are not counted: they are not frozen or not running. */
    uncounted,
  };
}

/** Returns the campaign under its tenant's new settings. */
const withHours = (campaign: Campaign, { profile, goodFriday }: HoursChange): Campaign => ({
  ...campaign,
  profile: campaign.purpose === 'marketing' ? (profile ?? campaign.profile) : campaign.profile,
  goodFriday: goodFriday ?? campaign.goodFriday,
});

/** Says whether the people of a campaign can be counted: it is frozen and running. */
const isCounted = ({ status, frozenAt }: Campaign): boolean => status === 'running' && frozenAt !== null;

/** Returns one campaign and place if its first lawful moment would change; `from` or `to` is null where there is none. */
function changesAt({
  campaign,
  after,
  place,
  ...reader
}: RehearsalReader & {
  readonly campaign: Campaign;
  readonly after: Campaign;
  readonly place: PendingPlace;
}) {
  const [from, to] = [campaign, after].map((one) => momentOf(departureOf(one, place, reader)));
  if (from?.toMillis() === to?.toMillis()) return [];
  const { territory, timeZone, count } = place;
  const { id: campaignId, name } = campaign;
  return [{ campaignId, name, territory, timeZone, messages: count, from: isoOf(from), to: isoOf(to) }];
}

const momentOf = ({ decision }: LocalDeparture): DateTime | undefined =>
  mayLeave(decision) ? decision.at : undefined;
