import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { localityOf } from '../../../../src/law/base/territory.ts';
import {
  planEnd,
  planPayments,
  type PaymentQuestion,
} from '../../../../src/reminders/steps/plan-payments.ts';

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
