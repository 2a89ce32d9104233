import { DateTime } from 'luxon';
import { type ToldDay, openedDays, windows, localityNamed } from '../../law/index.ts';
import { purposeNamed } from '../../sending/index.ts';
import type { Campaign } from '../campaign.repository.ts';
import { startOf, type Reader } from './departure.ts';

/** The days that a rehearsal speaks of; instants. */
export interface Horizon {
  readonly from: string;
  readonly to: string;
}

/** When the law lets messages leave in one locality. */
export interface Hours {
  readonly windows: readonly { readonly opensAt: string; readonly closesAt: string }[];
  readonly closed: readonly ToldDay[];
  /** Open days that the default of the purpose closes, and why it does. */
  readonly opened: readonly ToldDay[];
}

/** What follows a week is told by the dates of departure. */
const MOST_DAYS = 7;

/** From the campaign's start to its last departure, a week at most; the day of its start when no end is known. */
export function horizonOf(
  campaign: Pick<Campaign, 'startAt'>,
  lastDepartureAt: string | null,
  now: DateTime<true>,
): Horizon {
  const from = startOf(campaign, now);
  const last = lastDepartureAt === null ? from : DateTime.fromISO(lastDepartureAt);
  const to = DateTime.min(DateTime.max(from, last), from.plus({ days: MOST_DAYS - 1 }));
  return { from: from.toUTC().toISO() ?? '', to: to.toUTC().toISO() ?? '' };
}

/** The windows of one locality on each local day of the horizon; none where the place is unknown. */
export function hoursOf(
  {
    purpose,
    profile,
    marginMs,
    goodFriday,
  }: Pick<Campaign, 'purpose' | 'profile' | 'marginMs' | 'goodFriday'>,
  { territory, timeZone }: { readonly territory: string; readonly timeZone: string },
  { language, horizon }: Pick<Reader, 'language'> & { readonly horizon: Horizon },
): Hours {
  const locality = localityNamed(territory, timeZone, goodFriday);
  if (locality === undefined) return { windows: [], closed: [], opened: [] };
  const [from, to] = [DateTime.fromISO(horizon.from), DateTime.fromISO(horizon.to)];
  const question = { profile, locality, from, to, marginMs: marginMs ?? undefined, language };
  const found = windows(question);
  return {
    windows: found.windows.map(({ opensAt, closesAt }) => ({
      opensAt: opensAt.toISO() ?? '',
      closesAt: closesAt.toISO() ?? '',
    })),
    closed: found.closed,
    opened: openedDays({ ...question, purpose: purposeNamed(purpose) }),
  };
}
