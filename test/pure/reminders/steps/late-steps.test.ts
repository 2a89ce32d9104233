import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { planned, type Asked } from './questions.ts';

describe('a booking that comes late', () => {
  it.each<[string, Asked, string[]]>([
    [
      'leaves five minutes later',
      { event: '2027-03-03T15:15', now: '2027-03-02T09:00' },
      ['2027-03-02T09:05'],
    ],
    [
      'four minutes before its wish',
      { event: '2027-03-03T15:15', now: '2027-03-01T15:11' },
      ['2027-03-01T15:16'],
    ],
    [
      'five minutes before its wish',
      { event: '2027-03-03T15:15', now: '2027-03-01T15:10' },
      ['2027-03-01T15:15'],
    ],
    [
      'twice leaves once, and again when wished',
      { event: '2027-03-03T15:15', plan: ['P7D', 'P3D', 'P1D'], now: '2027-03-01T09:00' },
      ['skipped COLLAPSED', '2027-03-01T09:05', '2027-03-02T15:15'],
    ],
    [
      'before eight leaves at eight, half its lead',
      { event: '2027-01-12T09:20', plan: ['P1D', 'PT2H'] },
      ['2027-01-11T09:20', '2027-01-12T08:00'],
    ],
  ])('%s', (_, question, moments) => {
    expect(planned(question)).toEqual(moments);
  });

  it('keeps its plan, however often asked', () => {
    const since = DateTime.fromISO('2027-04-17T21:00', { zone: 'Europe/Paris' });
    const first = { event: '2027-04-21T10:00', plan: ['P3D'], now: '2027-04-17T21:00' };
    expect(planned(first)).toEqual(['2027-04-19T08:00']);
    for (const now of ['2027-04-18T03:00', '2027-04-19T07:59', '2027-04-19T08:00'])
      for (const saidBefore of [false, true])
        expect(planned({ ...first, now, more: { plannedSince: new Map([[0, since]]), saidBefore } })).toEqual(
          ['2027-04-19T08:00'],
        );
  });
});
