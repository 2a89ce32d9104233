import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { commonWindow } from '../../src/law/decide/opening.ts';
import { decide } from '../../src/law/decide/decide.ts';
import { nextLawful } from '../../src/law/decide/lawful-moment.ts';
import { placesOf } from '../../src/law/decide/decision-inputs.ts';
import { planReminder } from '../../src/law/decide/plan-reminder.ts';
import {
  localityOfPostalCode,
  localityAmong,
  localityNamed,
  localityOf,
  zonesAt,
  type Locality,
} from '../../src/rule/territory.ts';
import { profileNamed } from '../../src/law/profile.ts';
import { readPhone } from '../../src/sms/number/phone-number.ts';

const TAHITI = 'Pacific/Tahiti';
const MARQUESAS = 'Pacific/Marquesas';
const GAMBIER = 'Pacific/Gambier';
const ALL = [TAHITI, MARQUESAS, GAMBIER];
const SATURDAY = '2027-04-17';

const byCode = (code: string): Locality => {
  const locality = localityOfPostalCode(code);
  if (locality === undefined) throw new Error(`${code} lies nowhere.`);
  return locality;
};

const byNumber = (number: string): Locality => {
  const line = readPhone(number);
  const [first, ...others] = 'territories' in line ? line.territories : [];
  if (first === undefined) throw new Error(`${number} is of no territory.`);
  return localityAmong([first, ...others]);
};

const PEOPLE = {
  Papeete: byCode('98714'),
  'Nuku Hiva': byCode('98742'),
  Mangareva: byCode('98755'),
  'an unknown island': byNumber('+68987123456'),
};

const MOMENTS = ALL.flatMap((zone) => ['19:29', '19:31', '19:59'].map((time) => [zone, time] as const));

/** By hand: what clocks show in Tahiti, the Marquesas and the Gambier at each of these moments. */
const OPEN: Readonly<Record<keyof typeof PEOPLE, readonly boolean[]>> = {
  // Tahiti's own 19:29, 19:31 and 19:59; then 18:59, 19:01, 19:29; then 18:29, 18:31, 18:59.
  Papeete: [true, true, true, true, true, true, true, true, true],
  // 19:59, 20:01, 20:29; then its own; then 18:59, 19:01, 19:29.
  'Nuku Hiva': [true, false, false, true, true, true, true, true, true],
  // 20:29, 20:31, 20:59; then 19:59, 20:01, 20:29; then its own.
  Mangareva: [false, false, false, true, false, false, true, true, true],
  'an unknown island': [false, false, false, true, false, false, true, true, true],
};

describe.each(Object.entries(PEOPLE))('advertising to %s on a Saturday evening', (name, locality) => {
  test.each(MOMENTS.map(([zone, time], turn) => [time, zone, turn] as const))(
    'leaves at %s in %s only before eight',
    (time, zone, turn) => {
      const at = DateTime.fromISO(`${SATURDAY}T${time}`, { zone });
      const { verdict } = decide({ purpose: 'marketing', at, locality });
      expect(verdict).toBe(OPEN[name as keyof typeof OPEN][turn] === true ? 'allow' : 'hold');
    },
  );
});

describe('a postal code of Polynesia', () => {
  test.each([
    ['98701', [TAHITI]],
    ['98713', [TAHITI]],
    ['98729', [TAHITI]],
    ['98735', [TAHITI]],
    ['98740', [MARQUESAS]],
    ['98741', [MARQUESAS]],
    ['98742', [MARQUESAS]],
    ['98743', [MARQUESAS]],
    ['98746', [MARQUESAS]],
    ['98749', [MARQUESAS]],
    ['98796', [MARQUESAS]],
    ['98754', [TAHITI]],
    ['98755', [GAMBIER]],
    // Atolls of the commune of the Gambier that lie in the Tuamotu.
    ['98792', [TAHITI, GAMBIER]],
    ['98793', [TAHITI, GAMBIER]],
    ['98775', [TAHITI]],
    ['98790', [TAHITI]],
    ['98794', [TAHITI]],
    // Given out to no commune of the list.
    ['98756', ALL],
    ['98791', ALL],
    ['98797', ALL],
  ])('%s has the clocks of %j', (code, zones) => {
    expect(zonesAt(byCode(code))).toEqual(zones);
  });
});

describe('a place that may be several', () => {
  test('has every zone of its territory', () => {
    expect(zonesAt(localityOf('PF'))).toEqual(ALL);
    expect(zonesAt(localityOf('PF', MARQUESAS))).toEqual([MARQUESAS]);
    expect(zonesAt(localityAmong(['PF']))).toEqual(ALL);
    expect(zonesAt(localityOf('RE'))).toEqual(['Indian/Reunion']);
  });

  test('adds up the zones of all its territories', () => {
    expect(zonesAt(localityAmong(['RE', 'YT']))).toEqual(['Indian/Reunion', 'Indian/Mayotte']);
    // The three islands behind +590 share their clocks.
    expect(zonesAt(byNumber('+590690001122'))).toEqual(['America/Guadeloupe']);
  });

  test('is read back from its row', () => {
    expect(localityNamed('PF', ALL.join(','))).toEqual(localityOf('PF'));
    expect(localityNamed('PF', MARQUESAS)).toEqual(localityOf('PF', MARQUESAS));
    expect(localityNamed('GP+BL+MF', 'America/Guadeloupe')).toMatchObject({
      timeZone: 'America/Guadeloupe',
      candidates: ['GP', 'BL', 'MF'],
    });
    expect([localityNamed('XX', TAHITI), localityNamed('GP+XX', TAHITI), localityNamed('', '')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('a number that begins with +590', () => {
  test.each([
    ['2027-05-27', 'Guadeloupe and Saint-Martin'],
    ['2027-05-28', 'Saint-Martin'],
    // 9 October 2026 is a Friday.
    ['2026-10-09', 'Saint-Barthélemy'],
    ['2027-07-21', 'Guadeloupe'],
  ])('rests on %s, a day of %s', (on) => {
    const at = DateTime.fromISO(`${on}T10:00`, { zone: 'America/Guadeloupe' });
    expect(decide({ purpose: 'marketing', at, locality: byNumber('+590690001122') }).verdict).toBe('hold');
  });
});

describe('a reminder to an unknown island of Polynesia', () => {
  const profile = profileNamed('fr-functional');
  if (profile === undefined) throw new Error('No profile of reminders.');
  const conditions = { profile, locality: localityOf('PF') };
  const places = placesOf({ locality: conditions.locality }, profile);

  test('is planned before 20:00 in each zone', () => {
    const wanted = DateTime.fromISO(`${SATURDAY}T19:45`, { zone: TAHITI });
    const plan = planReminder({
      purpose: 'appointment',
      locality: conditions.locality,
      wanted,
      eventAt: wanted.plus({ days: 1 }),
      since: wanted.minus({ days: 30 }),
    });
    const planned = plan.kind === 'planned' ? plan.at : undefined;
    expect(planned?.toISO()).toBe('2027-04-17T18:59:00.000-10:00');
    expect(commonWindow(planned?.toMillis() ?? 0, places)).toBeDefined();
  });

  test('waits until 08:00 in each zone', () => {
    const wanted = DateTime.fromISO(`${SATURDAY}T06:00`, { zone: TAHITI });
    expect(nextLawful(wanted, conditions)?.at.toISO()).toBe('2027-04-17T08:00:00.000-10:00');
    const evening = DateTime.fromISO('2027-04-16T19:10', { zone: TAHITI });
    expect(nextLawful(evening, conditions)?.at.toISO()).toBe('2027-04-17T08:00:00.000-10:00');
  });
});
