import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { localityOf, TERRITORIES, zonesOf } from '../../../../src/rule/territory.ts';
import { windows } from '../../../../src/law/decide/list-windows.ts';
import { planSteps } from '../../../../src/reminders/steps/plan-steps.ts';
import { asked, planned, type Asked } from './questions.ts';

describe('a reminder of an appointment leaves (law.md §13)', () => {
  it.each<[string, Asked, string[]]>([
    [
      'V1: a Sunday goes to Saturday, same hour',
      { event: '2027-01-11T08:30', plan: ['PT24H'] },
      ['2027-01-09T08:30'],
    ],
    ['V1 by a day', { event: '2027-01-11T08:30', plan: ['P1D'] }, ['2027-01-09T08:30']],
    [
      'V2a: Christmas, Sunday, then Saturday',
      { event: '2026-12-28T10:00', plan: ['P1D'] },
      ['2026-12-26T10:00'],
    ],
    [
      'V2b: in Strasbourg Saint-Étienne too',
      { event: '2026-12-28T10:00', plan: ['P1D'], territory: 'FR-67' },
      ['2026-12-24T10:00'],
    ],
    ['V5 in Paris: a Monday as wished', { event: '2027-12-21T09:00', plan: ['P1D'] }, ['2027-12-20T09:00']],
    [
      'V5 in Réunion: before 20 December and Sunday',
      { event: '2027-12-21T09:00', zone: 'Indian/Reunion', territory: 'RE', plan: ['P1D'] },
      ['2027-12-18T09:00'],
    ],
    [
      'V8: two hours before 6:30, the evening before',
      { event: '2027-01-12T06:30', plan: ['PT2H'] },
      ['2027-01-11T19:59'],
    ],
    [
      'the last minute of Saturday, booked that afternoon',
      { event: '2027-01-11T08:30', plan: ['P1D'], now: '2027-01-09T15:00' },
      ['2027-01-09T19:59'],
    ],
    ['two days before, by default', { event: '2027-03-03T15:15' }, ['2027-03-01T15:15']],
    [
      'a Réunion patient of Paris: their own holiday',
      { event: '2027-12-21T09:00', territory: 'RE', plan: ['P1D'] },
      ['2027-12-18T12:00'],
    ],
    [
      'a Paris patient of Réunion: their own night',
      { event: '2027-12-21T09:00', zone: 'Indian/Reunion', territory: 'FR', plan: ['P1D'] },
      ['2027-12-20T08:00'],
    ],
    ['the day before on a leap day', { event: '2028-03-01T10:00', plan: ['P1D'] }, ['2028-02-29T10:00']],
    ['never on the first of May', { event: '2027-05-03T10:00', plan: ['P2D'] }, ['2027-04-30T10:00']],
    ['never on the eighth of May', { event: '2027-05-10T10:00', plan: ['P2D'] }, ['2027-05-07T10:00']],
    [
      'before Easter for the Tuesday after',
      { event: '2027-03-30T10:00', plan: ['P1D'] },
      ['2027-03-27T10:00'],
    ],
    [
      'at the hour asked for',
      { event: '2027-03-03T15:15', plan: [{ offset: 'P1D', at: '18:00' }] },
      ['2027-03-02T18:00'],
    ],
    [
      'on the morning of the day',
      { event: '2027-03-03T15:15', plan: [{ offset: 'P0D', at: '08:00' }] },
      ['2027-03-03T08:00'],
    ],
    [
      'a month before, at a shorter month’s end',
      { event: '2027-03-31T10:00', plan: ['P1M'] },
      ['2027-02-27T10:00'],
    ],
    [
      'in the order of the plan',
      { event: '2027-03-18T15:15', plan: ['P1D', 'P7D', 'PT2H'] },
      ['2027-03-17T15:15', '2027-03-11T15:15', '2027-03-18T13:15'],
    ],
  ])('%s', (_, question, moments) => {
    expect(planned(question)).toEqual(moments);
  });
});

describe('a day with a clock change', () => {
  it.each<[string, Asked, string[]]>([
    [
      'the day before keeps its time in spring',
      { event: '2027-03-30T09:00', plan: ['P2D'] },
      ['2027-03-27T09:00'],
    ],
    [
      '48 hours before moves an hour in autumn',
      { event: '2026-10-26T09:00', plan: ['P2D', 'PT48H'] },
      ['skipped COLLAPSED', '2026-10-24T10:00'],
    ],
    ['a skipped hour moves into the day', { event: '2027-03-29T02:30', plan: ['P1D'] }, ['2027-03-27T19:59']],
    [
      'Miquelon changes on All Saints’ Day',
      { event: '2026-11-02T09:00', zone: 'America/Miquelon', territory: 'PM', plan: ['P1D'] },
      ['2026-10-31T09:00'],
    ],
  ])('%s', (_, question, moments) => {
    expect(planned(question)).toEqual(moments);
  });

  it('parts 24 hours from a day', () => {
    const days = planSteps(asked({ event: '2027-03-29T10:00', plan: ['P1D'], territory: 'FR' }));
    const hours = planSteps(asked({ event: '2027-03-29T10:00', plan: ['PT24H'], territory: 'FR' }));
    expect([days[0]?.wantedAt.toFormat('HH:mm'), hours[0]?.wantedAt.toFormat('HH:mm')]).toEqual([
      '10:00',
      '10:00',
    ]);
    const fall = planSteps(asked({ event: '2026-10-25T14:00', plan: ['P1D', 'PT24H'] }));
    expect(fall.map(({ wantedAt }) => wantedAt.toFormat('HH:mm'))).toEqual(['14:00', '15:00']);
  });
});

describe('somebody overseas', () => {
  it('gets reminders in their own window', () => {
    const moments = planned({ event: '2027-02-10T09:00', plan: ['P1D'], territory: 'PF' });
    // 18:59 in Tahiti is 19:59 in the Gambier: nobody knows the island.
    expect(moments).toEqual(['2027-02-08T18:59']);
  });

  it('has three territories’ holidays by number alone', () => {
    const among = {
      territory: 'GP' as const,
      timeZone: 'America/Guadeloupe',
      candidates: ['GP', 'BL', 'MF'] as const,
    };
    // 28 May: abolition at Saint-Martin; 27 May: abolition in Guadeloupe.
    const question = asked({
      event: '2027-05-29T10:00',
      zone: 'America/Guadeloupe',
      plan: ['P1D'],
      more: { locality: among },
    });
    expect(planSteps(question)[0]?.plannedAt?.toFormat("yyyy-MM-dd'T'HH:mm")).toBe('2027-05-26T10:00');
  });

  it('gets nothing where the place is unknown', () => {
    const question = asked({ event: '2027-05-29T10:00', more: { locality: undefined } });
    expect(planSteps(question)[0]).toMatchObject({ state: 'skipped', reason: { code: 'PLACE_UNKNOWN' } });
  });
});

describe('what does not leave', () => {
  it.each<[string, Asked, string[]]>([
    [
      'booked after the wish, if late is skipped',
      { event: '2027-03-03T15:15', now: '2027-03-02T09:00', more: { ifLate: 'skip' } },
      ['skipped LATE_BOOKING'],
    ],
    [
      'late, once it was skipped for another reason',
      { event: '2027-03-03T15:15', now: '2027-03-02T09:00', more: { skippedBefore: new Set([0]) } },
      ['skipped LATE_BOOKING'],
    ],
    [
      'late after another message of its event',
      { event: '2027-03-03T15:15', now: '2027-03-02T09:00', more: { saidBefore: true } },
      ['skipped LATE_BOOKING'],
    ],
    [
      'booked on Saturday night for Monday',
      { event: '2027-01-11T08:30', plan: ['P1D'], now: '2027-01-09T20:30' },
      ['skipped LATE_BOOKING'],
    ],
    ['the event is past', { event: '2027-03-03T15:15', now: '2027-03-03T15:15' }, ['skipped PAST']],
    [
      'a wish after its event',
      { event: '2027-03-03T09:00', plan: [{ offset: 'P0D', at: '18:00' }] },
      ['skipped PAST'],
    ],
    [
      'two steps within twelve hours',
      { event: '2027-03-03T15:15', plan: ['PT30H', 'P1D'] },
      ['skipped COLLAPSED', '2027-03-02T15:15'],
    ],
    [
      'two steps moved to one Saturday',
      { event: '2027-01-11T15:00', plan: ['P2D', 'P1D'] },
      ['skipped COLLAPSED', '2027-01-09T15:00'],
    ],
    [
      'the day itself before eight, beside another',
      { event: '2027-01-12T08:50', plan: ['P1D', 'PT2H'] },
      ['2027-01-11T08:50', 'skipped NOT_SAME_DAY'],
    ],
    [
      'the day itself before eight, alone',
      { event: '2027-01-12T08:50', plan: ['PT2H'] },
      ['2027-01-11T19:59'],
    ],
    [
      'two for the day itself, alone',
      { event: '2027-01-12T08:30', plan: ['PT3H', 'PT2H'] },
      ['skipped COLLAPSED', '2027-01-11T19:59'],
    ],
    [
      'one that left suffices for the day',
      { event: '2027-01-12T08:50', plan: ['PT2H'], more: { left: [DateTime.fromISO('2027-01-05T10:00Z')] } },
      ['skipped NOT_SAME_DAY'],
    ],
    [
      'somebody who left',
      { event: '2027-03-03T15:15', plan: ['P7D', 'P1D'], more: { exclusion: 'CONSENT_WITHDRAWN' } },
      ['skipped CONSENT_WITHDRAWN', 'skipped CONSENT_WITHDRAWN'],
    ],
    [
      'near a correction',
      {
        event: '2027-03-03T15:15',
        plan: ['P1D'],
        more: { correctionAt: DateTime.fromISO('2027-03-02T10:00Z') },
      },
      ['skipped COLLAPSED'],
    ],
    [
      'soon after one that left',
      { event: '2027-03-03T15:15', plan: ['P1D'], more: { left: [DateTime.fromISO('2027-03-02T10:00Z')] } },
      ['skipped COLLAPSED'],
    ],
  ])('%s', (_, question, outcomes) => {
    expect(planned(question)).toEqual(outcomes);
  });
});

const late = (now: string, plan = ['P2D']) =>
  planned({
    event: '2027-03-03T15:15',
    plan,
    now,
    more: {
      plannedSince: new Map([
        [0, DateTime.fromISO('2027-01-01T00:00Z')],
        [1, DateTime.fromISO('2027-01-01T00:00Z')],
      ]),
    },
  });

describe('a moment that was missed', () => {
  it.each([
    ['is made up for inside the window', '2027-03-02T09:00', ['2027-03-01T15:15']],
    ['waits for the next morning', '2027-03-01T21:00', ['2027-03-02T08:00']],
    ['is given up two hours before the event', '2027-03-03T13:16', ['expired PAST']],
    ['still leaves just before', '2027-03-03T13:14', ['2027-03-01T15:15']],
  ])('%s', (_, now, outcome) => {
    expect(late(now)).toEqual(outcome);
  });

  it('has some minutes left if it is last', () => {
    const since = new Map([[0, DateTime.fromISO('2027-04-01T10:00Z')]]);
    // Two hours before its event, and half of its lead.
    const opening = { event: '2027-04-20T10:00', plan: ['PT4H'], more: { plannedSince: since } };
    expect(planned({ ...opening, now: '2027-04-20T08:04' })).toEqual(['2027-04-20T08:00']);
    expect(planned({ ...opening, now: '2027-04-20T08:06' })).toEqual(['expired PAST']);
    const short = { ...opening, event: '2027-04-20T10:00', plan: ['PT4M'] };
    expect(planned({ ...short, now: '2027-04-20T09:58' })).toEqual(['2027-04-20T09:56']);
    expect(planned({ ...short, now: '2027-04-20T09:59' })).toEqual(['expired PAST']);
  });

  it('yields to the next when that is near', () => {
    expect(late('2027-03-02T10:00', ['P2D', 'P1D'])).toEqual(['skipped COLLAPSED', '2027-03-02T15:15']);
    expect(late('2027-03-02T16:00', ['P2D', 'P1D'])).toEqual(['skipped COLLAPSED', '2027-03-02T15:15']);
  });
});

describe('the reason', () => {
  it('says where and why it moved, bilingually', () => {
    const [step] = planSteps(asked({ event: '2027-04-13T10:00', plan: ['P2D'] }));
    expect(step?.reason).toMatchObject({
      code: 'SUNDAY',
      ruleId: 'WIN-02',
      text: {
        fr: 'Prévu dimanche 11/04 à 10h00 ; avancé à samedi 10/04 à 10h00 : pas de SMS le dimanche (WIN-02).',
        en: expect.stringMatching(
          /^Planned Sunday 11\/04 at 10:00; brought forward to Saturday 10\/04 at 10:00/,
        ),
      },
    });
  });

  it.each([
    ['2027-05-08T10:00', 'P7D', 'HOLIDAY'],
    ['2027-01-12T06:30', 'PT2H', 'OUT_OF_HOURS'],
  ])('of %s less %s is %s', (event, offset, code) => {
    expect(planSteps(asked({ event, plan: [offset] }))[0]?.reason?.code).toBe(code);
  });
});

const territory = fc.constantFrom(...TERRITORIES);
const question = fc.record({
  territory,
  minutes: fc.integer({ min: 0, max: 525_600 * 3 }),
  ahead: fc.integer({ min: -600, max: 60 * 24 * 40 }),
  plan: fc.array(
    fc.oneof(
      fc
        .constantFrom('P7D', 'P2D', 'P1D', 'PT2H', 'PT24H', 'PT1H', 'P1M', 'P1DT3H')
        .map((offset) => ({ offset })),
      fc.constantFrom('08:00', '10:00', '19:30', '06:00', '23:00').map((at) => ({ offset: 'P1D', at })),
    ),
    { minLength: 1, maxLength: 5 },
  ),
});

describe('any plan anywhere', () => {
  it('leaves lawfully before its event (I4, I14)', () => {
    fc.assert(
      fc.property(question, ({ territory: where, minutes, ahead, plan }) => {
        const locality = localityOf(where);
        const eventAt = DateTime.fromISO('2026-06-01T00:00Z').plus({ minutes }).setZone(zonesOf(where)[0]);
        const now = eventAt.minus({ minutes: ahead });
        const steps = planSteps({
          plan,
          purpose: 'appointment',
          eventAt,
          locality,
          now,
          exclusion: null,
          left: [],
        });
        const moments = steps.flatMap(({ state, plannedAt }) =>
          state === 'planned' && plannedAt ? [plannedAt] : [],
        );
        for (const at of moments) {
          expect(at < eventAt && at >= now.plus({ minutes: 5 })).toBe(true);
          const open = windows({ profile: 'fr-functional', locality, from: at, to: at }).windows;
          expect(open.some(({ opensAt, closesAt }) => opensAt <= at && at < closesAt)).toBe(true);
        }
        const sorted = moments.map((at) => at.toMillis()).toSorted((one, other) => one - other);
        for (const [turn, at] of sorted.entries())
          expect(at - (sorted[turn - 1] ?? 0)).toBeGreaterThanOrEqual(12 * 3_600_000);
      }),
      { numRuns: 150 },
    );
  });

  it('is late only with half the time left', () => {
    fc.assert(
      fc.property(question, ({ territory: where, minutes, ahead, plan }) => {
        const eventAt = DateTime.fromISO('2026-06-01T00:00Z').plus({ minutes }).setZone(zonesOf(where)[0]);
        const now = eventAt.minus({ minutes: ahead });
        const about = { plan, purpose: 'appointment' as const, eventAt, locality: localityOf(where), now };
        for (const step of planSteps({ ...about, exclusion: null, left: [] })) {
          if (step.plannedAt === undefined) continue;
          const began = step.wantedAt > now ? step.wantedAt : now;
          const [left, was] = [step.plannedAt, began].map((at) => eventAt.toMillis() - at.toMillis());
          expect((left ?? 0) * 2).toBeGreaterThanOrEqual(was ?? 0);
          expect(step.reason !== undefined || step.plannedAt?.toMillis() === step.wantedAt.toMillis()).toBe(
            true,
          );
        }
      }),
      { numRuns: 100 },
    );
  });
});
