import type { DateTime } from 'luxon';
import { decide } from './decide.ts';
import type { Purpose } from '../rule.ts';
import { localityIn, localityOf, TERRITORIES, zonesOf, type Territory } from '../territory.ts';

/** A past decision, with the place as known when it was made. */
export interface PastDecision {
  readonly purpose: Purpose;
  readonly profile: string;
  readonly at: DateTime;
  readonly marginMs: number;
  readonly territory: Territory;
  readonly timeZone: string;
  /** Every zone asked about; absent in decisions that asked about one without a reason. */
  readonly timeZones?: readonly [string, ...string[]] | undefined;
}

/** The territories in which a zone must be known before one of them may decide alone. */
export const TERRITORIES_OF_SEVERAL_ZONES: readonly Territory[] = TERRITORIES.filter(
  (territory) => zonesOf(territory).length > 1,
);

/**
 * Returns the moment up to which a past decision held in the strictest of the places possible then; its own moment
 * when it never held. The usual zone of a territory with several, alone and unexplained, narrows nothing: all of
 * them were possible.
 */
export function strictestClose({ territory, timeZone, timeZones, ...asked }: PastDecision): DateTime {
  const isGuess = timeZones === undefined && timeZone === zonesOf(territory)[0];
  const locality = isGuess ? localityOf(territory) : localityIn([territory], timeZones ?? [timeZone]);
  const { verdict, until } = decide({ ...asked, locality });
  return verdict === 'allow' && until !== undefined ? until : asked.at;
}
