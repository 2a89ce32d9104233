import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { localityOf, type Territory } from '../../../../src/rule/territory.ts';
import {
  planEnd,
  planPayments,
  type PaymentQuestion,
  planRenewal,
  type RenewalQuestion,
} from '../../../../src/reminders/steps/plan-contract.ts';
import { startOfDate } from '../../../../src/reminders/steps/plan-steps.ts';
import type { StepWish } from '../../../../src/reminders/steps/planned-step.ts';
import type { SubscriptionTerms } from '../../../../src/reminders/series/series.ts';

const paris = (text: string): DateTime => DateTime.fromISO(text, { zone: 'Europe/Paris' });

interface Asked {
  readonly dates?: readonly string[];
  readonly plan?: readonly string[];
  readonly now?: string;
  readonly announce?: boolean;
  readonly more?: Partial<PaymentQuestion>;
}

const question = ({
  dates = ['2027-01-13', '2027-02-13'],
  plan = ['P3D'],
  now = '2026-12-01T12:00',
  announce = false,
  more,
}: Asked): PaymentQuestion => {
  const wishes = plan.map((offset) => ({ offset }));
  const terms = {
    kind: 'payment-plan',
    instalments: dates.map((dueOn, index) => ({ number: index + 1, dueOn })),
    announce,
  } as const;
  return {
    plan: wishes,
    terms,
    paid: [],
    facts: 'these',
    filedAt: paris(now),
    changedAt: paris(now),
    settled: new Set(),
    purpose: 'payment',
    eventAt: planEnd(terms, { plan: wishes, timeZone: 'Europe/Paris' }),
    locality: localityOf('FR'),
    now: paris(now).toUTC(),
    exclusion: null,
    said: [],
    ...more,
  };
};

const planned = (asked: Asked): string[] =>
  planPayments(question(asked)).map(({ step, state, plannedAt, reason }) =>
    state === 'planned' && plannedAt !== undefined
      ? `${step} ${plannedAt.toFormat("yyyy-MM-dd'T'HH:mm")}`
      : `${step} ${state} ${reason?.code ?? '?'}`,
  );

describe('the reminders of a payment plan', () => {
  it.each<[string, Asked, string[]]>([
    // 10 January 2027 is a Sunday.
    [
      'leave three days before, earlier than Sundays',
      {},
      ['1/P3D 2027-01-09T10:00', '2/P3D 2027-02-10T10:00'],
    ],
    [
      'skip what is past already',
      { now: '2027-01-20T12:00' },
      ['1/P3D skipped PAST', '2/P3D 2027-02-10T10:00'],
    ],
    [
      'skip a date too near, keeping its day',
      { now: '2027-01-13T09:00', plan: ['P3D', 'P0D'] },
      [
        '1/P3D skipped COLLAPSED',
        '1/P0D 2027-01-13T10:00',
        '2/P3D 2027-02-10T10:00',
        '2/P0D 2027-02-13T10:00',
      ],
    ],
    // 16 and 17 January 2027 are a Saturday and a Sunday.
    [
      'follow a date that passed, gently',
      { dates: ['2027-01-13'], plan: ['-P4D'] },
      ['1/-P4D 2027-01-16T10:00'],
    ],
    [
      'after a date never leave on it',
      { dates: ['2027-01-16'], plan: ['-P1D'] },
      ['1/-P1D 2027-01-18T10:00'],
    ],
    [
      'after an already past date are skipped',
      { dates: ['2026-11-30', '2027-01-13'], plan: ['-P4D'] },
      ['1/-P4D skipped PAST', '2/-P4D 2027-01-16T10:00'],
    ],
    [
      'become one in twelve hours about one date',
      { dates: ['2027-01-13'], plan: ['P3D', 'P4D'] },
      ['1/P3D 2027-01-09T10:00', '1/P4D skipped COLLAPSED'],
    ],
    [
      'announce the schedule after five minutes',
      { announce: true },
      ['1/P3D 2027-01-09T10:00', '2/P3D 2027-02-10T10:00', 'schedule 2026-12-01T12:05'],
    ],
    [
      'announce a night’s schedule in the morning',
      { announce: true, now: '2026-12-01T23:10', dates: ['2027-02-13'] },
      ['1/P3D 2027-02-10T10:00', 'schedule 2026-12-02T08:00'],
    ],
    [
      'name a date that the schedule does not',
      { announce: true, now: '2027-01-09T09:50' },
      ['1/P3D 2027-01-09T10:00', '2/P3D 2027-02-10T10:00', 'schedule 2027-01-09T09:55'],
    ],
    [
      'leave late with half the time left',
      { now: '2027-01-11T12:00' },
      ['1/P3D 2027-01-11T12:05', '2/P3D 2027-02-10T10:00'],
    ],
    [
      'leave late only without a schedule beside',
      { announce: true, now: '2027-01-11T12:00' },
      ['1/P3D skipped COLLAPSED', '2/P3D 2027-02-10T10:00', 'schedule 2027-01-11T12:05'],
    ],
    [
      'are stopped by a payment, one by one',
      { more: { paid: [{ number: 1, dueOn: '2027-01-13', paidAt: '2026-12-01T00:00:00Z' }] } },
      ['1/P3D skipped PAID', '2/P3D 2027-02-10T10:00'],
    ],
    [
      'ask again after a changed payment',
      { more: { paid: [{ number: 1, dueOn: '2027-01-12', paidAt: '2026-12-01T00:00:00Z' }] } },
      ['1/P3D 2027-01-09T10:00', '2/P3D 2027-02-10T10:00'],
    ],
    [
      'need a basis',
      { announce: true, dates: ['2027-02-13'], more: { exclusion: 'NO_BASIS' } },
      ['1/P3D skipped NO_BASIS', 'schedule skipped NO_BASIS'],
    ],
  ])('%s', (_, asked, steps) => {
    expect(planned(asked)).toEqual(steps);
  });

  it('are not repeated when the plan changes', () => {
    const told = {
      step: '1/P3D',
      facts: 'others',
      eventAt: paris('2027-01-14').toUTC().toISO() ?? '',
      at: paris('2027-01-09T10:00'),
    };
    expect(planned({ now: '2027-01-09T11:00', more: { said: [told] } })[0]).toBe('1/P3D skipped COLLAPSED');
    expect(planned({ now: '2027-01-09T11:00' })[0]).toBe('1/P3D 2027-01-09T19:59');
  });

  it('leave late for a date not yet announced', () => {
    const first = {
      step: '1/P3D',
      facts: 'others',
      eventAt: paris('2027-01-14').toUTC().toISO() ?? '',
      at: paris('2027-01-09T10:00'),
    };
    const moved = { now: '2027-01-11T09:00', dates: ['2027-01-13', '2027-01-12'] };
    const more = { said: [first], saidBefore: true };
    expect(planned({ ...moved, more })[1]).toBe('2/P3D 2027-01-11T09:05');
    const schedule = { ...first, step: 'schedule', facts: 'these' };
    expect(planned({ ...moved, more: { ...more, said: [first, schedule] } })[1]).toBe(
      '2/P3D skipped LATE_BOOKING',
    );
  });

  it('are not replaced by a late schedule', () => {
    const told = {
      step: 'schedule',
      facts: 'these',
      eventAt: paris('2027-02-14').toUTC().toISO() ?? '',
      at: paris('2027-01-09T10:00:10'),
    };
    const late = { filedAt: paris('2026-12-01T12:00'), changedAt: paris('2026-12-01T12:00'), said: [told] };
    const plannedSince = new Map([[0, paris('2026-12-01T12:00')]]);
    expect(
      planned({ announce: true, now: '2027-01-09T10:00:11', more: { ...late, plannedSince } }),
    ).toContain('1/P3D 2027-01-09T10:00');
  });

  it('announce a schedule once per change', () => {
    const told = (facts: string) => [
      { step: 'schedule', facts, eventAt: '2027-02-14T00:00:00Z', at: paris('2026-12-01T10:00') },
    ];
    expect(planned({ announce: true, more: { said: told('these') } })).not.toContainEqual(
      expect.stringContaining('schedule'),
    );
    expect(planned({ announce: true, more: { said: told('others') } })).toContain(
      'schedule 2026-12-01T12:05',
    );
  });
});

interface RenewalAsked {
  readonly refuseBy?: string | null;
  readonly plan?: readonly (string | StepWish)[];
  readonly now?: string;
  readonly territory?: Territory;
  readonly terms?: Partial<SubscriptionTerms>;
  readonly more?: Partial<RenewalQuestion>;
}

const renewalQuestion = ({
  refuseBy = '2027-06-17',
  plan = ['P2M'],
  now = '2026-11-25T12:00',
  territory = 'FR',
  terms,
  more,
}: RenewalAsked): RenewalQuestion => {
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

const plannedRenewal = (asked: RenewalAsked): string[] =>
  planRenewal(renewalQuestion(asked)).map(({ state, plannedAt, reason }) =>
    state === 'planned' && plannedAt !== undefined
      ? `${plannedAt.toFormat("yyyy-MM-dd'T'HH:mm")}${reason === undefined ? '' : ` ${reason.code}`}`
      : `${state} ${reason?.code ?? '?'}`,
  );

describe('the reminder of a renewal', () => {
  it.each<[string, RenewalAsked, string[]]>([
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
    expect(plannedRenewal(asked)).toEqual(moments);
  });

  it('is not repeated for dates already announced', () => {
    const told = [DateTime.fromISO('2027-04-10T10:00', { zone: 'Europe/Paris' })];
    expect(plannedRenewal({ now: '2027-04-24T12:00', more: { saidAt: told, left: told } })).toEqual([
      'skipped LATE_BOOKING',
    ]);
  });

  it('keeps its plan, however often asked', () => {
    const since = new Map([[0, DateTime.fromISO('2027-04-24T12:00', { zone: 'Europe/Paris' })]]);
    for (const now of ['2027-04-25T03:00', '2027-04-26T09:59', '2027-04-26T10:00:01'])
      expect(plannedRenewal({ now, more: { plannedSince: since } })).toEqual(['2027-04-26T10:00 REN_01']);
  });
});
