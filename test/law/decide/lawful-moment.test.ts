import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it, test } from 'vitest';
import { timingRules } from '../../../src/law/book.ts';
import { closuresAt, lastLawfulBefore, nextLawful } from '../../../src/law/decide/lawful-moment.ts';
import { closeAfter } from '../../../src/law/decide/opening.ts';
import { profiles } from '../../../src/law/profile.ts';
import { TERRITORIES, localityAmong, localityOf, type Territory } from '../../../src/rule/territory.ts';
import { at, under, wall } from '../conditions.ts';

describe('the next lawful moment of an advertisement', () => {
  test.each<[string, Territory, string, string]>([
    ['is now, at eight sharp', 'FR', '2026-03-10T08:00', '2026-03-10T08:00'],
    ['is now, at 19:59', 'FR', '2026-03-10T19:59', '2026-03-10T19:59'],
    ['is eight, a minute before eight', 'FR', '2026-03-10T07:59', '2026-03-10T08:00'],
    ['is tomorrow at eight, from 20:00 on', 'FR', '2026-03-10T20:00', '2026-03-11T08:00'],
    ['is Monday at eight, on a Sunday', 'FR', '2026-03-15T15:00', '2026-03-16T08:00'],
    ['is Monday at eight, from Saturday evening', 'FR', '2026-03-14T20:30', '2026-03-16T08:00'],
    ['is Tuesday after Easter, from Saturday evening (M1)', 'FR', '2027-03-27T20:00', '2027-03-30T08:00'],
    ['is now, on Easter eve at 19:59 (M2)', 'FR', '2027-03-27T19:59', '2027-03-27T19:59'],
    ['passes 1 May and the Sunday (M3)', 'FR', '2027-04-30T20:00', '2027-05-03T08:00'],
    ['passes the eve of 14 July', 'FR', '2026-07-13T20:00', '2026-07-15T08:00'],
    ['is a leap day', 'FR', '2028-02-28T20:00', '2028-02-29T08:00'],
    ['passes the turn of the year', 'FR', '2026-12-31T21:00', '2027-01-02T08:00'],
    ['passes three days of Christmas in Strasbourg', 'FR-67', '2026-12-24T20:00', '2026-12-28T08:00'],
    ['passes two days of Christmas in Paris', 'FR', '2026-12-24T20:00', '2026-12-26T08:00'],
    ['passes Good Friday in Metz', 'FR-57', '2027-03-25T20:00', '2027-03-27T08:00'],
    ['passes Good Friday in Mulhouse', 'FR-68', '2027-03-26T10:00', '2027-03-27T08:00'],
    ['passes Good Friday in doubt, in Pointe-à-Pitre', 'GP', '2027-03-26T10:00', '2027-03-27T08:00'],
    ['passes Mid-Lent in doubt, in Pointe-à-Pitre', 'GP', '2027-03-04T10:00', '2027-03-05T08:00'],
    ['passes Good Friday in doubt, in Gustavia', 'BL', '2027-03-26T10:00', '2027-03-27T08:00'],
    ['passes 9 October in Gustavia', 'BL', '2026-10-09T10:00', '2026-10-10T08:00'],
    ['passes 27 and 28 May in Marigot', 'MF', '2027-05-26T20:00', '2027-05-29T08:00'],
    ['passes 22 May in Fort-de-France', 'MQ', '2026-05-22T10:00', '2026-05-23T08:00'],
    ['passes 21 July in doubt, in Fort-de-France', 'MQ', '2026-07-21T10:00', '2026-07-22T08:00'],
    ['passes 10 June in Cayenne', 'GF', '2026-06-10T10:00', '2026-06-11T08:00'],
    ['passes 20 December in Saint-Denis', 'RE', '2027-12-18T20:00', '2027-12-21T08:00'],
    ['passes 27 April in Mamoudzou', 'YT', '2026-04-27T10:00', '2026-04-28T08:00'],
    ['passes Sunday, All Saints and Saint-Pierre’s 25th hour', 'PM', '2026-10-31T20:00', '2026-11-02T08:00'],
    ['passes 24 September in Nouméa', 'NC', '2026-09-24T10:00', '2026-09-25T08:00'],
    ['is 29 June in Papeete, since 2026', 'PF', '2026-06-29T10:00', '2026-06-29T10:00'],
    ['passes 29 June in Papeete, until 2025', 'PF', '2024-06-28T20:00', '2024-07-01T08:00'],
    ['passes 20 November in Papeete', 'PF', '2026-11-20T10:00', '2026-11-21T08:00'],
    ['passes 28 April in Mata-Utu', 'WF', '2026-04-28T10:00', '2026-04-29T08:00'],
  ])('%s: %s %s', (...row) => {
    const [, territory, wanted, lawful] = row;
    expect(wall(nextLawful(at(territory, wanted), under('fr-seed-strict', territory))?.at)).toBe(lawful);
  });

  test('comes 59 hours after an Easter eve', () => {
    const wanted = at('FR', '2027-03-27T20:00');
    const lawful = nextLawful(wanted, under('fr-seed-strict', 'FR'));
    expect(lawful?.at.toUTC().toISO()).toBe('2027-03-30T06:00:00.000Z');
    expect(lawful?.at.diff(wanted).as('hours')).toBe(59);
  });

  test('comes 37 hours after summer time’s last Saturday', () => {
    const wanted = at('FR', '2026-10-24T20:00');
    expect(nextLawful(wanted, under('fr-seed-strict', 'FR'))?.at.diff(wanted).as('hours')).toBe(37);
  });

  test('comes 37 hours later over Saint-Pierre’s 25-hour day', () => {
    const wanted = at('PM', '2026-10-31T20:00');
    expect(nextLawful(wanted, under('fr-seed-strict', 'PM'))?.at.diff(wanted).as('hours')).toBe(37);
  });

  test('follows the recipient’s date: Nouméa is not Papeete', () => {
    const instant = DateTime.fromISO('2026-03-16T00:30:00Z');
    expect(wall(nextLawful(instant, under('fr-seed-strict', 'NC'))?.at)).toBe('2026-03-16T11:30');
    expect(wall(nextLawful(instant, under('fr-seed-strict', 'PF'))?.at)).toBe('2026-03-16T08:00');
  });

  test('skips every day possible behind +590', () => {
    const conditions = { ...under('fr-seed-strict', 'GP'), locality: localityAmong(['GP', 'MF', 'BL']) };
    expect(wall(nextLawful(at('GP', '2027-05-26T20:00'), conditions)?.at)).toBe('2027-05-29T08:00');
    expect(wall(nextLawful(at('GP', '2026-10-09T10:00'), conditions)?.at)).toBe('2026-10-10T08:00');
  });

  test('closes sooner by a wanted margin', () => {
    const quarter = under('fr-seed-strict', 'FR', 15 * 60_000);
    expect(wall(nextLawful(at('FR', '2026-03-10T19:44'), quarter)?.at)).toBe('2026-03-10T19:44');
    expect(wall(nextLawful(at('FR', '2026-03-10T19:45'), quarter)?.at)).toBe('2026-03-11T08:00');
  });

  test('is none beyond the calendar', () => {
    expect(nextLawful(at('FR', '2060-12-31T20:00'), under('fr-seed-strict', 'FR'))).toBeUndefined();
    expect(lastLawfulBefore(at('FR', '2006-01-01T10:00'), under('fr-seed-strict', 'FR'))).toBeUndefined();
  });
});

describe('other profiles', () => {
  test.each([
    [
      'leave until 22:00 under the charter of 2024',
      'fr-charter-2024',
      '2025-03-11T21:59',
      '2025-03-11T21:59',
    ],
    ['pass Sunday under the charter of 2024', 'fr-charter-2024', '2025-03-15T22:00', '2025-03-17T08:00'],
    [
      'leave until 21:30 under the charter of 2026',
      'fr-charter-2026',
      '2026-03-10T21:30',
      '2026-03-11T08:00',
    ],
    ['leave on Sunday under the charter of 2026', 'fr-charter-2026', '2026-03-15T12:00', '2026-03-15T12:00'],
    ['leave on 14 July under the 2026 charter', 'fr-charter-2026', '2026-07-14T12:00', '2026-07-14T12:00'],
    ['open on Monday after a 25-hour Sunday', 'fr-charter-2026', '2026-10-25T22:00', '2026-10-26T08:00'],
    ['open on Monday after a 23-hour Sunday', 'fr-charter-2026', '2027-03-28T22:00', '2027-03-29T08:00'],
    ['close Saturday at 18:00 under the narrowest', 'fr-ultra', '2026-03-14T18:00', '2026-03-16T10:00'],
    ['leave at night when an admin opened it', 'fr-functional-open', '2026-03-15T03:00', '2026-03-15T03:00'],
  ])('%s', (...row) => {
    const [, id, wanted, lawful] = row;
    expect(wall(nextLawful(at('FR', wanted), under(id, 'FR'))?.at)).toBe(lawful);
  });
});

describe('the last lawful moment', () => {
  test.each<[string, Territory, string, string]>([
    ['is the wish itself when it is lawful', 'FR', '2026-03-10T10:17', '2026-03-10T10:17'],
    ['is 19:59, from eight in the evening', 'FR', '2026-03-10T20:00', '2026-03-10T19:59'],
    ['is Saturday at 19:59, on a Sunday (V1)', 'FR', '2027-01-10T08:30', '2027-01-09T19:59'],
    ['is Saturday 19:59 after Christmas (V2a)', 'FR', '2026-12-27T10:00', '2026-12-26T19:59'],
    ['is Christmas Eve at 19:59 in Strasbourg (V2b)', 'FR-67', '2026-12-27T10:00', '2026-12-24T19:59'],
    ['is Saturday 19:59 in La Réunion (V5)', 'RE', '2027-12-20T09:00', '2027-12-18T19:59'],
    ['is 20 December itself in Paris (V5)', 'FR', '2027-12-20T09:00', '2027-12-20T09:00'],
    ['is the evening before at 16:30 (V8)', 'FR', '2027-01-12T04:30', '2027-01-11T19:59'],
    ['is Saturday at 19:59, on Whit Monday (R1)', 'FR', '2027-05-17T10:00', '2027-05-15T19:59'],
    ['is Friday 18:59 in Tahiti, before Matari’i', 'PF', '2027-11-20T10:00', '2027-11-19T18:59'],
  ])('%s', (...row) => {
    const [, territory, wanted, lawful] = row;
    expect(wall(lastLawfulBefore(at(territory, wanted), under('fr-functional', territory))?.at)).toBe(lawful);
  });

  test('of V5 is 15:59 in UTC', () => {
    const moment = lastLawfulBefore(at('RE', '2027-12-20T09:00'), under('fr-functional', 'RE'))?.at;
    expect(moment?.toUTC().toISO()).toBe('2027-12-18T15:59:00.000Z');
  });
});

const moments = fc
  .date({ min: new Date('2024-09-01'), max: new Date('2028-01-01'), noInvalidDate: true })
  .map((date) => DateTime.fromJSDate(date, { zone: 'utc' }));
const someConditions = fc.record({
  profile: fc.constantFrom(...profiles),
  locality: fc.constantFrom(...TERRITORIES).map((territory) => localityOf(territory)),
  marginMs: fc.constantFrom(0, 15 * 60_000),
});

describe('whatever the moment, the place and the profile', () => {
  it('moves later to an open moment', () => {
    fc.assert(
      fc.property(moments, someConditions, (wanted, conditions) => {
        const lawful = nextLawful(wanted, conditions);
        expect(lawful && lawful.at >= wanted).toBe(true);
        expect(lawful && closuresAt(lawful.at, conditions)).toEqual([]);
      }),
      { numRuns: 1_500 },
    );
  });

  it('moves earlier to an open moment', () => {
    fc.assert(
      fc.property(moments, someConditions, (wanted, conditions) => {
        const lawful = lastLawfulBefore(wanted, conditions);
        expect(lawful && lawful.at <= wanted).toBe(true);
        expect(lawful && closuresAt(lawful.at, conditions)).toEqual([]);
      }),
      { numRuns: 1_500 },
    );
  });

  it('changes nothing when asked twice', () => {
    fc.assert(
      fc.property(moments, someConditions, (wanted, conditions) => {
        for (const move of [nextLawful, lastLawfulBefore]) {
          const once = move(wanted, conditions)?.at ?? wanted;
          expect(move(once, conditions)?.at.toMillis()).toBe(once.toMillis());
        }
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the rules’ order', () => {
    const orders = fc.shuffledSubarray([...timingRules], { minLength: timingRules.length });
    fc.assert(
      fc.property(moments, someConditions, orders, (wanted, conditions, rules) => {
        for (const move of [nextLawful, lastLawfulBefore]) {
          expect(move(wanted, conditions, rules)?.at.toMillis()).toBe(
            move(wanted, conditions)?.at.toMillis(),
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('skips no lawful moment before the answer', () => {
    fc.assert(
      fc.property(
        moments,
        someConditions,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (wanted, conditions, part) => {
          const lawful = nextLawful(wanted, conditions)?.at ?? wanted;
          fc.pre(lawful > wanted);
          const between = wanted.plus(Math.floor((lawful.toMillis() - wanted.toMillis()) * part));
          expect(closuresAt(between.setZone(conditions.locality.timeZone), conditions)).not.toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('closes after the opening, excluding the close itself', () => {
    fc.assert(
      fc.property(moments, someConditions, (wanted, conditions) => {
        const opening = nextLawful(wanted, conditions)?.at ?? wanted;
        const close = closeAfter(opening, conditions);
        expect(close > opening).toBe(true);
        expect(closuresAt(close.minus(1), conditions)).toEqual([]);
        expect(closuresAt(close, conditions).length > 0 || close.hour === 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('never falls on Sundays, holidays or nights', () => {
    fc.assert(
      fc.property(moments, fc.constantFrom(...TERRITORIES), (wanted, territory) => {
        const lawful = nextLawful(wanted, under('fr-seed-strict', territory))?.at;
        expect(lawful?.weekday).not.toBe(7);
        expect(lawful && lawful.hour >= 8 && lawful.hour < 20).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
