import { DateTime, Duration } from 'luxon';
import { isSimulated, Refusal, type Clock, type Transaction, refusedField } from '../../platform/index.ts';
import { recordAudit, raise } from '../../company/index.ts';
import { hasEnded } from '../draft/refusals.ts';
import type { ThresholdDeps } from '../draft/approval.ts';
import type { CampaignRequest } from '../draft/campaign-route.ts';
import { insertCampaign, type Campaign } from '../campaign.repository.ts';
import { campaignTextPlace } from '../campaign.ts';
import { launchCampaign } from '../run/order.ts';
import {
  nextOccurrence,
  passedOccurrences,
  type Recurrence,
  insertOccurrences,
  keepClockRevision,
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

/** After so long a delay the text of an occurrence may be false. */
const MISSED_AFTER_MS = 3_600_000;
const LONGEST_NAME = 200;

/**
 * Makes the due occurrence of a recurrence a campaign of its own; returns the moment of the next, undefined after the
 * last. However many have passed, only the last one starts, unless an outage or a pause delayed it.
 */
export async function recur(
  tx: Transaction,
  deps: RecurDeps,
  { campaign, recurrence }: Recurring,
): Promise<DateTime<true> | undefined> {
  const now = deps.clock.now();
  const since = DateTime.fromISO(recurrence.lastAt ?? campaign.launchedAt ?? campaign.createdAt);
  const passed = passedOccurrences(recurrence, { after: since, upTo: now });
  const due = occurrenceToStart(deps.clock, { campaign, recurrence }, passed.at(-1));
  const missed = passed.filter((moment) => moment !== due);
  const because = campaign.status === 'paused' ? 'PAUSED' : 'START_MISSED';
  const results: Occurrence[] = missed.map((moment) =>
    occurrenceRecord(deps, moment, { campaignId: null, because }),
  );
  if (due !== undefined)
    results.push(await createOccurrence(tx, deps, { campaign, recurrence, moment: due }));
  await insertOccurrences(tx, { recurrenceId: campaign.id, occurrences: results, at: now.toISO() });
  await keepClockRevision(tx, campaign.id, deps.clock.revision);
  return nextOccurrence(recurrence, DateTime.max(now, since));
}

const occurrenceRecord = (
  { newId }: RecurDeps,
  moment: DateTime<true>,
  outcome: Pick<Occurrence, 'campaignId' | 'because'>,
): Occurrence => ({ id: newId(), at: moment.toUTC().toISO(), ...outcome });

/** Returns the last occurrence if it is to start; one that the sandbox clock jumped over does, however late. */
function occurrenceToStart(
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

/** Makes one occurrence a campaign of its own and launches it, with every check of a launch. */
async function createOccurrence(
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
  const because = await launchOccurrence(tx, deps, { id, of: campaign.id, recurrence });
  if (because !== null)
    await raise(tx, [{ type: 'campaign.parked', subject: id, about: { code: because } }], at);
  return occurrenceRecord(deps, moment, { campaignId: id, because });
}

/**
 * Launches an occurrence; the audit names who launched the recurrence, whose key may be gone. Returns the code of a
 * refusal, which leaves a draft for a person to look at; null when it was launched.
 */
async function launchOccurrence(
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

/** Stores the recurrence of a draft; refuses a start or an end of the draft itself, and anything but advertising. */
export async function keepRecurrence(
  tx: Transaction,
  campaignId: string,
  about: Pick<CampaignRequest, 'purpose' | 'startAt' | 'expireAt'> & {
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
  const { recurrence, ...request } = about;
  refuseWrong(request);
  const { until = null, expiresAfter = null } = recurrence;
  await insertRecurrence(tx, campaignId, { ...recurrence, until, expiresAfter });
}

/** Refuses a change after which a recurring campaign could not recur; any other campaign passes. */
export async function refuseWrongRecurrence(
  tx: Transaction,
  campaignId: string,
  request: Pick<CampaignRequest, 'purpose' | 'startAt' | 'expireAt'>,
): Promise<void> {
  if ((await readRecurrence(tx, campaignId)) !== undefined) refuseWrong(request);
}

function refuseWrong({
  purpose,
  startAt,
  expireAt,
}: Pick<CampaignRequest, 'purpose' | 'startAt' | 'expireAt'>): void {
  if (purpose !== 'marketing') throw refusedField('/purpose', bilingual.campaign.recurrence.marketingAlone);
  if (startAt !== undefined) throw refusedField('/startAt', bilingual.campaign.recurrence.ownHours);
  if (expireAt !== undefined) throw refusedField('/expireAt', bilingual.campaign.recurrence.ownEnd);
}
