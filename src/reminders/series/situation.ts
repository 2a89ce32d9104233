import type { DateTime } from 'luxon';
import { type Locality, localityNamed, isoText } from '../../law/index.ts';
import type { Series } from './series.ts';
import type { Standing } from './standing.repository.ts';
import type { Step } from '../steps/step.ts';

/** All that is known of a series at one instant. */
export interface Situation {
  readonly series: Series;
  readonly steps: readonly Step[];
  readonly standing: Standing;
  /** The law clock. */
  readonly now: DateTime;
  /** Whether that clock may be wrong: then nothing is too late by it. */
  readonly inDoubt?: boolean;
}

/** Where the recipient is now; nothing when that cannot be told. */
export const placeNow = ({ standing }: Situation): Locality | undefined =>
  localityNamed(standing.territory, standing.timeZone, standing.goodFriday);

/** Whether the person declined, and that ends what is left of its reminders. */
export function declineEnds(
  { declinedAt, terms }: Pick<Series, 'declinedAt' | 'terms'>,
  { onDecline }: Pick<Standing, 'onDecline'>,
): boolean {
  if (declinedAt === null || terms.kind !== 'appointment') return false;
  return (terms.onDecline ?? onDecline) === 'cancel';
}

/** An instant as rows hold it. */
export const iso = (at: DateTime): string => isoText(at.toUTC());
