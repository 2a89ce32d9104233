import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { commonOpening } from '../../../src/law/decide/opening.ts';
import { decide } from '../../../src/law/decide/decide.ts';
import { placesOf } from '../../../src/law/decide/decision-inputs.ts';
import { functional } from '../../../src/law/profile/reminder-hours.ts';
import { cases } from '../../support/cases.ts';
import { gaussEaster, halfHours, PLACES, type HalfHour } from './oracle.ts';
import { localityCalled } from './locality-called.ts';

const YEARS = { first: 2026, last: 2031 };
const HALF_HOURS = (6 * 365 + 1) * 48;
/** Of half hours that lie beside no opening and no close, one in so many; no divisor of the 48 of a day. */
const ONE_IN = cases(97, 1);

/** Both are put off when they may not leave; where a wish moves earlier is asked apart. */
const PURPOSES = ['marketing', 'appointment'] as const;

/** Both half hours at each opening and each close, and some of the others, by turns at every hour of a day. */
const chosen = (all: readonly HalfHour[]): readonly HalfHour[] =>
  all.filter(
    ({ open }, turn) =>
      turn % ONE_IN === 0 || [all[turn - 1], all[turn + 1]].some((one) => one?.open !== open),
  );

/** Moments at which the law and the oracle differ, and how many were compared. */
function compare(name: string): { compared: number; apart: string[] } {
  const where = PLACES[name];
  const locality = localityCalled(name);
  if (where === undefined) throw new Error(`${name} is no place.`);
  const apart: string[] = [];
  let compared = 0;
  for (const { ms, open, nextMs, lastMs } of chosen(halfHours(where, YEARS.first, YEARS.last))) {
    const at = DateTime.fromMillis(ms, { zone: 'utc' });
    for (const purpose of PURPOSES) {
      const decision = decide({ purpose, at, locality });
      const agreed = open
        ? decision.verdict === 'allow'
        : decision.verdict === 'hold' && decision.at.toMillis() === nextMs;
      compared += 1;
      if (!agreed) apart.push(`${ms} ${purpose} ${decision.verdict}`);
    }
    const earlier = commonOpening(ms, placesOf({ locality }, functional), 'earlier');
    if (earlier !== (open ? ms : lastMs)) apart.push(`${ms} earlier ${earlier}`);
  }
  return { compared, apart };
}

describe('a second reading of the law, that shares no line with the first', () => {
  test.each(Object.keys(PLACES))(
    'agrees in %s at every opening and close',
    (name) => {
      const { compared, apart } = compare(name);
      expect(apart).toEqual([]);
      expect(compared).toBeGreaterThanOrEqual((2 * HALF_HOURS) / ONE_IN);
    },
    120_000,
  );

  test('puts Easter on the dates of almanacs', () => {
    const dates = ['2026-04-05', '2027-03-28', '2038-04-25', '2049-04-18', '1981-04-19', '1954-04-18'];
    expect(
      dates.map((on) =>
        new Date(gaussEaster(Number(on.slice(0, 4))) * 86_400_000).toISOString().slice(0, 10),
      ),
    ).toEqual(dates);
  });
});
