import { DateTime } from 'luxon';
import { bilingual, type Words } from '../../words/index.ts';
import type { Rule } from '../base/rule.ts';
import { draining, holidayRest, profileInForce, validity } from '../chapters/windows.ts';
import { placeOrder, wallTimeFirst } from '../chapters/recipient.ts';

const said = bilingual.doubts;

/** An unknown fact needed for the decision: the gate stays closed. */
export interface Doubt {
  readonly kind: 'doubt';
  readonly rule: Rule;
  readonly code: 'PLACE_UNKNOWN' | 'LAW_UNKNOWN';
  readonly about: Words;
}

const doubt =
  (rule: Rule, code: Doubt['code']) =>
  (about: Words): Doubt => ({ kind: 'doubt', rule, code, about });

const place = doubt(placeOrder, 'PLACE_UNKNOWN');
const profile = doubt(profileInForce, 'LAW_UNKNOWN');
const clocks = doubt(wallTimeFirst, 'LAW_UNKNOWN');

/** Every doubt that closes the gate, with its rule. */
export const doubts = {
  territory: place(said.territory),
  zone: place(said.zone),
  noCommonHour: place(said.noCommonHour),
  year: doubt(holidayRest, 'LAW_UNKNOWN')(said.year),
  purpose: profile(said.purpose),
  date: clocks(said.date),
  skippedTime: clocks(said.skippedTime),
  doubledTime: clocks(said.doubledTime),
  end: doubt(validity, 'LAW_UNKNOWN')(said.end),
  margin: doubt(draining, 'LAW_UNKNOWN')(said.margin),
} as const satisfies Record<string, Doubt>;

/** Says that no profile has this id. */
export const unknownProfile = (id: string): Doubt => profile(said.unknownProfile({ id }));

/** The doubt of a profile not in force on the date of the rules. */
export const profileAtRest = (id: string): Doubt => profile(said.profileAtRest({ id }));

/** A profile of reminders may not open a window to advertising. */
export const notForAdvertising = (id: string): Doubt => profile(said.notForAdvertising({ id }));

/**
 * Returns the instant of a local time without offset in a zone. A date that does not exist, or an hour that a clock
 * change skips or repeats, is a doubt: a question about one moment must be unambiguous. (Windows themselves never
 * open or close in such an hour.)
 */
export function localMoment(written: string, timeZone: string): DateTime | Doubt {
  const at = DateTime.fromISO(written, { zone: timeZone });
  if (!at.isValid) return doubts.date;
  if (at.toFormat('HH:mm') !== written.slice(11, 16)) return doubts.skippedTime;
  return at.getPossibleOffsets().length > 1 ? doubts.doubledTime : at;
}
