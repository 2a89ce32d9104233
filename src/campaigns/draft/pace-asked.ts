import type { DateTime } from 'luxon';
import type { CampaignAsked } from './campaign-asked.ts';
import { decisionAt } from '../rehearsal/departure.ts';
import { refusedField } from './refused-field.ts';
import { bilingual } from '../../words/index.ts';

/** Where hours are tried before anybody's place is known. */
const SOMEWHERE = { territory: 'FR', timeZone: 'Europe/Paris' } as const;

/** The pace that a draft asks for; at an hour that is never open it would wait for ever. */
export function paceAsked(
  { localTime = null, spread, purpose }: Pick<CampaignAsked, 'localTime' | 'spread' | 'purpose'>,
  { profile, now }: { readonly profile: string; readonly now: DateTime<true> },
): { readonly localTime: string | null; readonly spreadDays: number | null } {
  const pace = { localTime, spreadDays: spread?.days ?? null };
  if (localTime === null) return pace;
  const campaign = {
    purpose,
    profile,
    marginMs: null,
    expireAt: null,
    startAt: null,
    launchedAt: null,
    goodFriday: null,
    ...pace,
  };
  const first = decisionAt(campaign, SOMEWHERE, { at: now, now, language: 'fr' });
  if (first !== undefined && first.at.setZone(SOMEWHERE.timeZone).toFormat('HH:mm') >= localTime) return pace;
  throw refusedField('/localTime', bilingual.campaign.nobodyFromThatHour);
}
