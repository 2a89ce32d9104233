import { DateTime, Duration } from 'luxon';
import { isSimulated, Refusal, type Clock, type Transaction, refusedField } from '../../platform/index.ts';
import { recordAudit, raise } from '../../company/index.ts';
import { hasEnded } from '../draft/refusals.ts';
import type { ThresholdDeps } from '../draft/approval.ts';
import type { CampaignAsked } from '../draft/campaign-route.ts';
import { insertCampaign, type Campaign } from '../campaign.repository.ts';
import { campaignTextPlace } from '../campaign.ts';
import { launchCampaign } from '../run/order.ts';
import {
  nextOccurrence,
  passedOccurrences,
  type Recurrence,
  insertOccurrences,
  keepLook,
  insertRecurrence,
  readRecurrence,
  type KeptRecurrence,
  type Occurrence,
} from './recurrence.repository.ts';
import { bilingual } from '../../words/index.ts';

interface RecurDeps extends ThresholdDeps {
  readonly newId: () => string;
}

interface Recurring {
  readonly campaign: Campaign;
  readonly recurrence: KeptRecurrence;
}

/** After this delay an occurrence may be false. */
const MISSED_AFTER_MS = 3_600_000;
const LONGEST_NAME = 200;

/**
 * Makes the due occurrence a campaign of its own, and returns the next moment; undefined after the last. However
 * many have passed, one starts at most: the last, unless an outage or a pause delayed it.
 */
export async function recur(
  tx: Transaction,
  deps: RecurDeps,
  { campaign, recurrence }: Recurring,
): Promise<DateTime<true> | undefined> {
  const now = deps.clock.now();
  const since = DateTime.fromISO(recurrence.lastAt ?? campaign.launchedAt ?? campaign.createdAt);
  const passed = passedOccurrences(recurrence, { after: since, upTo: now });
  const starting = startingOf(deps.clock, { campaign, recurrence }, passed.at(-1));
  const missed = passed.filter((moment) => moment !== starting);
  const because = campaign.status === 'paused' ? 'PAUSED' : 'START_MISSED';
  const noted: Occurrence[] = missed.map((moment) => noteOf(deps, moment, { campaignId: null, because }));
  if (starting !== undefined) noted.push(await made(tx, deps, { campaign, recurrence, moment: starting }));
  await insertOccurrences(tx, { recurrenceId: campaign.id, occurrences: noted, at: now.toISO() });
  await keepLook(tx, campaign.id, deps.clock.revision);
  return nextOccurrence(recurrence, DateTime.max(now, since));
}

const noteOf = (
  { newId }: RecurDeps,
  moment: DateTime<true>,
  became: Pick<Occurrence, 'campaignId' | 'because'>,
): Occurrence => ({ id: newId(), at: moment.toUTC().toISO(), ...became });

/** A clock moved past an occurrence meant that occurrence. */
function startingOf(
  clock: Clock,
  { campaign, recurrence }: Recurring,
  last: DateTime<true> | undefined,
): DateTime<true> | undefined {
  if (last === undefined || campaign.status !== 'scheduled') return undefined;
  const wasMoved = recurrence.lookedUnder !== null && recurrence.lookedUnder !== clock.revision;
  const isLate = clock.now().toMillis() - last.toMillis() > MISSED_AFTER_MS;
  const isOver = hasEnded({ expireAt: endOf(recurrence, last) }, clock.now());
  return isOver || (isLate && !wasMoved) ? undefined : last;
}

/** Makes one occurrence a campaign of its own: its audience, its accounts, and every check of a launch. */
async function made(
  tx: Transaction,
  deps: RecurDeps,
  { campaign, recurrence, moment }: Recurring & { readonly moment: DateTime<true> },
): Promise<Occurrence> {
  const { clock, keys } = deps;
  const id = deps.newId();
  const at = clock.now().toISO();
  await insertCampaign(tx, {
    ...campaign,
    id,
    name: nameOf(campaign, moment),
    sealed: keys.seal(campaignTextPlace(id), keys.open(campaignTextPlace(campaign.id), campaign.sealed)),
    startAt: null,
    expireAt: endOf(recurrence, moment),
    simulated: isSimulated(clock),
    createdAt: at,
  });
  const details = { recurrence: campaign.id };
  const entry = { actor: 'system', action: 'campaign.created', subject: id, details };
  await recordAudit(tx, entry, { at, machineMs: clock.machine() });
  const because = await launched(tx, deps, { id, of: campaign.id, recurrence });
  if (because !== null)
    await raise(tx, [{ type: 'campaign.parked', subject: id, about: { code: because } }], at);
  return noteOf(deps, moment, { campaignId: id, because });
}

/**
 * Launches it in the name of whoever launched the recurrence, whose key may be gone; an obstacle now leaves a
 * draft, for a person.
 */
async function launched(
  tx: Transaction,
  deps: RecurDeps,
  { id, of, recurrence }: { readonly id: string; readonly of: string; readonly recurrence: KeptRecurrence },
): Promise<string | null> {
  const { launchedBy, acknowledged: acknowledge } = recurrence;
  const details = { launchedBy, recurrence: of };
  try {
    await launchCampaign(tx, deps, { campaignId: id, actor: 'system', acknowledge, details });
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

function nameOf({ name }: Campaign, moment: DateTime): string {
  const day = ` · ${moment.toFormat('yyyy-MM-dd')}`;
  return `${name.slice(0, LONGEST_NAME - day.length)}${day}`;
}

const endOf = ({ expiresAfter }: Recurrence, moment: DateTime): string | null =>
  expiresAfter === null ? null : moment.plus(Duration.fromISO(expiresAfter)).toISO();

/** Stores a draft's recurrence; refuses one moment for all its occurrences, and a notice of one day. */
export async function keepRecurrence(
  tx: Transaction,
  campaignId: string,
  about: Pick<CampaignAsked, 'purpose' | 'startAt' | 'expireAt'> & {
    readonly recurrence: {
      readonly every: string;
      readonly on: string;
      readonly at: string;
      readonly timeZone?: string | undefined;
      readonly until?: string | undefined;
      readonly expiresAfter?: string | undefined;
    };
  },
): Promise<void> {
  const { recurrence, ...asked } = about;
  refuseWrong(asked);
  const { until = null, expiresAfter = null } = recurrence;
  await insertRecurrence(tx, campaignId, { ...recurrence, until, expiresAfter });
}

/** Refuses a change that would make a recurring campaign invalid as one; a single campaign is not judged. */
export async function refuseWrongIfAgain(
  tx: Transaction,
  campaignId: string,
  asked: Pick<CampaignAsked, 'purpose' | 'startAt' | 'expireAt'>,
): Promise<void> {
  if ((await readRecurrence(tx, campaignId)) !== undefined) refuseWrong(asked);
}

function refuseWrong({
  purpose,
  startAt,
  expireAt,
}: Pick<CampaignAsked, 'purpose' | 'startAt' | 'expireAt'>): void {
  if (purpose !== 'marketing') throw refusedField('/purpose', bilingual.campaign.recurrence.marketingAlone);
  if (startAt !== undefined) throw refusedField('/startAt', bilingual.campaign.recurrence.ownHours);
  if (expireAt !== undefined) throw refusedField('/expireAt', bilingual.campaign.recurrence.ownEnd);
}
