import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { localityOf, type Territory } from '../../../../src/law/base/territory.ts';
import { startOfDate } from '../../../../src/reminders/steps/plan-steps.ts';
import { planRenewal, type RenewalQuestion } from '../../../../src/reminders/steps/plan-renewal.ts';
import type { StepWish } from '../../../../src/reminders/steps/planned-step.ts';
import type { SubscriptionTerms } from '../../../../src/reminders/series/series.ts';

interface Asked {
  readonly refuseBy?: string | null;
  readonly plan?: readonly (string | StepWish)[];
  readonly now?: string;
  readonly territory?: Territory;
  readonly terms?: Partial<SubscriptionTerms>;
  readonly more?: Partial<RenewalQuestion>;
}

const question = ({
  refuseBy = '2027-06-17',
  plan = ['P2M'],
  now = '2026-11-25T12:00',
  territory = 'FR',
  terms,
  more,
}: Asked): RenewalQuestion => {
  const locality = localityOf(territory);
  return {
    plan: plan.map((wish) => (typeof wish === 'string' ? { offset: wish } : wish)),
    terms: {
      kind: 'subscription',
      renewsOn: '2027-07-17',
      refuseBy,
      tacit: true,
      regime: 'consumer',
      ...terms,
    },
    settled: new Set(),
    purpose: 'renewal',
    eventAt: startOfDate(refuseBy ?? '2027-07-17', locality.timeZone),
    locality,
    now: DateTime.fromISO(now, { zone: locality.timeZone }).toUTC(),
    exclusion: null,
    saidAt: [],
    left: [],
    correctionAt: undefined,
    ...more,
  };
};

const planned = (asked: Asked): string[] =>
  planRenewal(question(asked)).map(({ state, plannedAt, reason }) =>
    state === 'planned' && plannedAt !== undefined
      ? `${plannedAt.toFormat("yyyy-MM-dd'T'HH:mm")}${reason === undefined ? '' : ` ${reason.code}`}`
      : `${state} ${reason?.code ?? '?'}`,
  );

describe('the reminder of a renewal', () => {
  it.each<[string, Asked, string[]]>([
    ['leaves two months before the last day', {}, ['2027-04-17T10:00']],
    ['leaves at the hour wished', { plan: [{ offset: 'P2M', at: '18:30' }] }, ['2027-04-17T18:30']],
    [
      'counts months to a shorter month’s end',
      { refuseBy: '2027-04-30', plan: ['P2M'] },
      ['2027-02-27T10:00 SUNDAY'],
    ],
    // 17 May 2027 is Whit Monday: the late bound moves earlier.
    ['moves earlier at the late bound', { plan: ['P1M'] }, ['2027-05-15T10:00 HOLIDAY']],
    // 14 March 2027 is a Sunday: the early bound moves later.
    [
      'moves later at the early bound',
      { refuseBy: '2027-06-14', plan: ['P3M'] },
      ['2027-03-15T10:00 SUNDAY'],
    ],
    ['wished too late moves to the window’s end', { plan: ['P7D'] }, ['2027-05-15T10:00 REN_01']],
    ['wished too early moves to its beginning', { plan: ['P5M'] }, ['2027-03-17T10:00 REN_01']],
    [
      'inside the window leaves the others unmoved',
      { plan: ['P4M', 'P2M', 'P7D'] },
      ['2027-02-17T10:00', '2027-04-17T10:00', '2027-06-10T10:00'],
    ],
    [
      'wished nearest to the window moves in',
      { plan: ['P6M', 'P20D'] },
      ['2026-12-17T10:00', '2027-05-15T10:00 REN_01'],
    ],
    ['filed late inside the window leaves at ten', { now: '2027-04-24T12:00' }, ['2027-04-26T10:00 REN_01']],
    ['filed at nine leaves at ten', { now: '2027-04-26T09:00' }, ['2027-04-26T10:00 REN_01']],
    [
      'filed on the last day leaves by closing',
      { refuseBy: '2027-06-18', now: '2027-05-18T19:00' },
      ['2027-05-18T19:05 REN_01'],
    ],
    [
      'filed after the window keeps its wish',
      { now: '2027-05-20T12:00', plan: ['P7D'] },
      ['2027-06-10T10:00'],
    ],
    [
      'filed after its moment leaves with half left',
      { now: '2027-05-20T12:00' },
      ['2027-05-20T12:05 LATE_BOOKING'],
    ],
    [
      'filed with less than half left is skipped',
      { refuseBy: '2027-06-15', now: '2027-06-12T20:30' },
      ['skipped LATE_BOOKING'],
    ],
    [
      'of several late ones leaves once',
      { now: '2027-04-24T12:00', plan: ['P60D', 'P2M'] },
      ['2027-04-26T10:00 REN_01', 'skipped COLLAPSED'],
    ],
    [
      'never leaves on its last day',
      { plan: ['P2M', { offset: 'P0D', at: '09:00' }] },
      ['2027-04-17T10:00', 'skipped PAST'],
    ],
    [
      'of an ending contract counts from its end',
      { refuseBy: null, terms: { tacit: false, refuseBy: null }, plan: ['P7D'] },
      ['2027-07-10T10:00'],
    ],
    [
      'of insurance leaves fifteen days before',
      { terms: { regime: 'insurance' }, plan: ['P7D'] },
      ['2027-06-02T10:00 REN_01'],
    ],
    [
      'of an insurance contract may leave long before',
      { terms: { regime: 'insurance' }, plan: ['P4M'] },
      ['2027-02-17T10:00'],
    ],
    ['follows the clocks of La Réunion', { territory: 'RE' }, ['2027-04-17T10:00']],
    // Good Friday, 26 March 2027, is a holiday in Alsace only.
    [
      'rests on Good Friday in Strasbourg',
      { refuseBy: '2027-05-26', territory: 'FR-67' },
      ['2027-03-25T10:00 HOLIDAY'],
    ],
    ['does not on Good Friday in Paris', { refuseBy: '2027-05-26' }, ['2027-03-26T10:00']],
    [
      'counts back from a leap day',
      { refuseBy: '2028-02-29', now: '2027-06-01T12:00' },
      ['2027-12-29T10:00'],
    ],
    ['needs a basis', { more: { exclusion: 'NO_BASIS' } }, ['skipped NO_BASIS']],
    ['is past once its day has come', { now: '2027-06-17T09:00' }, ['skipped PAST']],
  ])('%s', (_, asked, moments) => {
    expect(planned(asked)).toEqual(moments);
  });

  it('is not repeated for dates already announced', () => {
    const told = [DateTime.fromISO('2027-04-10T10:00', { zone: 'Europe/Paris' })];
    expect(planned({ now: '2027-04-24T12:00', more: { saidAt: told, left: told } })).toEqual([
      'skipped LATE_BOOKING',
    ]);
  });

  it('keeps its plan, however often asked', () => {
    const since = new Map([[0, DateTime.fromISO('2027-04-24T12:00', { zone: 'Europe/Paris' })]]);
    for (const now of ['2027-04-25T03:00', '2027-04-26T09:59', '2027-04-26T10:00:01'])
      expect(planned({ now, more: { plannedSince: since } })).toEqual(['2027-04-26T10:00 REN_01']);
  });
});
