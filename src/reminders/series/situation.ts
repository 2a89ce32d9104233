import type { DateTime } from 'luxon';
import { type Locality, localityNamed, isoText } from '../../law/index.ts';
import type { Series } from './series.ts';
import type { Eligibility } from './reminder-eligibility.repository.ts';
import type { Step } from '../steps/step.ts';

/** All known facts of a series at one instant. */
export interface SeriesSituation {
  readonly series: Series;
  readonly steps: readonly Step[];
  readonly eligibility: Eligibility;
  /** The law clock. */
  readonly now: DateTime;
  /** True when that clock may be wrong: then nothing is too late by it. */
  readonly inDoubt?: boolean;
}

/** Returns the recipient's present place; undefined when it is unknown. */
export const placeNow = ({ eligibility }: SeriesSituation): Locality | undefined =>
  localityNamed(eligibility.territory, eligibility.timeZone, eligibility.goodFriday);

/** Says whether the person declined, and that ends the remaining reminders. */
export function declineEnds(
  { declinedAt, terms }: Pick<Series, 'declinedAt' | 'terms'>,
  { onDecline }: Pick<Eligibility, 'onDecline'>,
): boolean {
  if (declinedAt === null || terms.kind !== 'appointment') return false;
  return (terms.onDecline ?? onDecline) === 'cancel';
}

/** Writes an instant as rows store it. */
export const iso = (at: DateTime): string => isoText(at.toUTC());
