import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import {
  nextOccurrence,
  passedOccurrences,
  type Recurrence,
} from '../../../src/campaigns/recurrence/recurrence.repository.ts';

const aRecurrence = (more: Partial<Recurrence> = {}): Recurrence => ({
  every: 'P1W',
  on: '2027-01-05',
  at: '10:00',
  timeZone: 'Europe/Paris',
  until: null,
  expiresAfter: null,
  ...more,
});
const at = (iso: string): DateTime<true> => {
  const moment = DateTime.fromISO(iso, { zone: 'Europe/Paris' });
  if (!moment.isValid) throw new Error(iso);
  return moment;
};
const after = (recurrence: Recurrence, iso: string): string | undefined =>
  nextOccurrence(recurrence, at(iso))?.toFormat("yyyy-MM-dd'T'HH:mm");

describe('the next time of a campaign', () => {
  it.each([
    ['is its first day, before it', {}, '2026-12-01T00:00', '2027-01-05T10:00'],
    ['is a week later, from its hour on', {}, '2027-01-05T10:00', '2027-01-12T10:00'],
    ['keeps ten o’clock when clocks go forward', {}, '2027-03-24T00:00', '2027-03-30T10:00'],
    [
      'is the last of February, of a 31st',
      { every: 'P1M', on: '2027-01-31' },
      '2027-02-01T00:00',
      '2027-02-28T10:00',
    ],
    [
      'is the 31st again after it',
      { every: 'P1M', on: '2027-01-31' },
      '2027-02-28T10:00',
      '2027-03-31T10:00',
    ],
    ['is two days later, of every second day', { every: 'P2D' }, '2027-01-05T10:00', '2027-01-07T10:00'],
    ['is on its last day', { until: '2027-01-12' }, '2027-01-05T10:00', '2027-01-12T10:00'],
    ['is none after its last day', { until: '2027-01-12' }, '2027-01-12T10:00', undefined],
    [
      'is the leap day, once in four years',
      { every: 'P48M', on: '2028-02-29' },
      '2028-03-01T00:00',
      '2032-02-29T10:00',
    ],
  ] as const)('%s', (_sentence, more, now, next) => {
    expect(after(aRecurrence(more), now)).toBe(next);
  });

  it('is read on the clocks of its zone', () => {
    const island = aRecurrence({ timeZone: 'Indian/Reunion' });
    expect(nextOccurrence(island, at('2027-01-01T00:00'))?.toUTC().toISO()).toBe('2027-01-05T06:00:00.000Z');
  });
});

describe('the times that have passed', () => {
  it('come once each, however often one looks', () => {
    const moments = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 12 });
    const unit = fc.constantFrom('D', 'W', 'M');
    const count = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(moments, unit, count, (hours, letter, turns) => {
        const recurrence = aRecurrence({ every: `P${turns}${letter}`, on: '2027-01-31' });
        const begin = at('2027-01-01T00:00');
        const looks = hours
          .toSorted((one, other) => one - other)
          .map((day) => begin.plus({ hours: day * 7 }));
        const last = looks.at(-1) ?? begin;
        const whole = passedOccurrences(recurrence, { after: begin, upTo: last });
        const pieces = looks.flatMap((upTo, turn) =>
          passedOccurrences(recurrence, { after: looks[turn - 1] ?? begin, upTo }),
        );
        const next = nextOccurrence(recurrence, last);
        expect(pieces.map(Number)).toEqual(whole.map(Number));
        expect(next && next > last && whole.every((moment) => moment <= last)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it.each([
    ['on its last day too', '2027-01-19', 3],
    ['none after its last day', '2027-01-18', 2],
  ])('are listed: %s', (_which, until, count) => {
    const bounded = aRecurrence({ until });
    const passed = passedOccurrences(bounded, {
      after: at('2027-01-01T00:00'),
      upTo: at('2027-02-20T00:00'),
    });
    expect(passed).toHaveLength(count);
  });

  it('are limited to 400 after years of silence', () => {
    const daily = aRecurrence({ every: 'P1D' });
    const passed = passedOccurrences(daily, { after: at('2027-01-01T00:00'), upTo: at('2030-01-01T12:00') });
    expect(passed).toHaveLength(400);
    expect(passed.at(-1)?.toISODate()).toBe('2030-01-01');
  });
});
