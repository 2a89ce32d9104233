import type { Transaction } from '../../platform/index.ts';
import type { CampaignAsked } from '../draft/campaign-asked.ts';
import { refusedField } from '../draft/refused-field.ts';
import { insertRecurrence, readRecurrence } from './recurrence.repository.ts';
import { bilingual } from '../../words/index.ts';

/** The requested recurrence of a new campaign. */
export interface RecurrenceAsked {
  readonly every: string;
  readonly on: string;
  readonly at: string;
  readonly timeZone?: string | undefined;
  readonly until?: string | undefined;
  readonly expiresAfter?: string | undefined;
}

/** Stores a draft's recurrence; refuses one moment for all its occurrences, and a notice of one day. */
export async function keepRecurrence(
  tx: Transaction,
  campaignId: string,
  {
    recurrence,
    ...asked
  }: Pick<CampaignAsked, 'purpose' | 'startAt' | 'expireAt'> & {
    readonly recurrence: RecurrenceAsked;
  },
): Promise<void> {
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
