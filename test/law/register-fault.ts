import { DateTime } from 'luxon';
import type { Profile } from '../../src/law/profile/hours.ts';
import { isTerritory, localityOf } from '../../src/rule/territory.ts';
import type { Rule } from '../../src/rule/rule.ts';
import type { TimingRule } from '../../src/law/decide/decision.ts';

/** Something that binds between two dates, under a name. */
type Row = Pick<Rule, 'id' | 'readOn' | 'inForceFrom' | 'inForceUntil' | 'source'>;

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const FOR_EVER = '9999-12-31';

/** Rows without a date that exists, or without who says so. */
export const undated = (rows: readonly Row[]): string[] =>
  rows
    .filter(
      ({ readOn, inForceFrom, inForceUntil = FOR_EVER, source }) =>
        source === '' ||
        ![readOn, inForceFrom, inForceUntil].every((on) => DAY.test(on) && DateTime.fromISO(on).isValid),
    )
    .map(({ id }) => id);

/** Names of which two rows are in force on one day, whichever day. */
export const doubled = (rows: readonly Row[]): string[] =>
  rows
    .filter((row, place) =>
      rows
        .slice(0, place)
        .some(
          (other) =>
            other.id === row.id &&
            other.inForceFrom <= (row.inForceUntil ?? FOR_EVER) &&
            row.inForceFrom <= (other.inForceUntil ?? FOR_EVER),
        ),
    )
    .map(({ id }) => id);

/** Territories that the law does not know. */
export const unknownTerritories = (words: readonly string[]): string[] =>
  words.filter((word) => !isTerritory(word));

/** Profiles under which a rule of a statute leaves open what it closes under the strictest one: `profile rule`. */
export function openedStatutes(rules: readonly TimingRule[], profiles: readonly Profile[]): string[] {
  const locality = localityOf('FR');
  const first = DateTime.fromISO('2027-03-01T00:00', { zone: locality.timeZone });
  const moments = Array.from({ length: 24 * 90 }, (_, hours) => first.plus({ hours }));
  const [strictest] = profiles;
  if (strictest === undefined) return [];
  const closed = (rule: TimingRule, profile: Profile): readonly DateTime[] =>
    moments.filter((at) => rule.closuresAt(at, { profile, locality }) !== undefined);
  return rules
    .filter(({ level }) => level === 'LAW')
    .flatMap((rule) => {
      const asked = closed(rule, strictest);
      return profiles
        .filter((profile) => {
          const kept = new Set(closed(rule, profile));
          return asked.some((at) => !kept.has(at));
        })
        .map(({ id }) => `${id} ${rule.id}`);
    });
}
