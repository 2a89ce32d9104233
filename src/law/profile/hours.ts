import type { Term, Confidence, Level, Purpose } from '../../rule/index.ts';
import type { Words } from '../../words/index.ts';

/** Local times `HH:MM`: open at the first, closed from the second on. */
export interface Hours {
  readonly opens: string;
  readonly closes: string;
}

/** How a profile treats a kind of day. */
export type DayPolicy = 'closed' | 'discouraged' | 'open';

/** A set of sending hours and days, with the dates on which it is in force. */
export interface Profile extends Term {
  readonly title: Words;
  /** The purposes whose default profile it is; none when absent. */
  readonly defaultFor?: readonly Purpose[];
  readonly level: Level;
  readonly source: string;
  readonly confidence: Confidence;
  /** Local date of the reading, `YYYY-MM-DD`. */
  readonly readOn: string;
  /** The rule that defines its hours. */
  readonly hoursRule: 'WIN-01' | 'WIN-04';
  readonly weekdays: Hours;
  readonly saturday: Hours;
  readonly sunday: Hours;
  readonly sundays: DayPolicy;
  readonly holidays: DayPolicy;
  /** Days on which the sources disagree. */
  readonly softDays: DayPolicy;
}

/** The same hours on each day of the week. */
export const sameHours = (
  opens: string,
  closes: string,
): Pick<Profile, 'weekdays' | 'saturday' | 'sunday'> => ({
  weekdays: { opens, closes },
  saturday: { opens, closes },
  sunday: { opens, closes },
});

/** Closes every day of rest, those on which the sources disagree too. */
export const closedDays = { sundays: 'closed', holidays: 'closed', softDays: 'closed' } as const;

/** Writes a local time in French notation: `08h00`. */
export const inFrench = (time: string): string => time.replace(':', 'h');
