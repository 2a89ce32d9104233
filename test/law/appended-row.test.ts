import { DateTime } from 'luxon';
import { describe, expect, test, vi } from 'vitest';
import { exclusionCaseText } from '../../src/people/eligibility/eligibility.repository.ts';
import { runView } from '../../src/people/retention/retention.ts';
import { isSilent, silentFrom } from '../../src/people/eligibility/silence.ts';
import { holidaysOf, holidaysOn } from '../../src/law/calendar/holiday.ts';
import { instant } from '../../src/platform/clock.ts';
import { mostPartsOf } from '../../src/campaigns/rehearsal/departure.ts';
import { decide } from '../../src/law/decide/decide.ts';
import { ruleNamed, rulesInForce } from '../../src/law/book.ts';
import { planReminder, tooLateFrom } from '../../src/law/decide/plan-reminder.ts';
import { localityOf } from '../../src/rule/territory.ts';
import { dayIn, frenchDay, type Day, type Term } from '../../src/rule/rule.ts';
import type { TimingRule } from '../../src/law/decide/decision.ts';
import { windows } from '../../src/law/decide/list-windows.ts';
import { at, wall } from './conditions.ts';

const { LAST_DAY, CHANGE, turning, weekend } = vi.hoisted(() => ({
  LAST_DAY: '2027-12-31',
  CHANGE: '2028-01-01',
  /** A number that is another from the change on. */
  turning: <T>(id: string, [before, after]: readonly [T, T]): readonly [[Term, T], [Term, T]] => [
    [{ id, inForceFrom: '2006-01-01', inForceUntil: '2027-12-31' }, before],
    [{ id, inForceFrom: '2028-01-01' }, after],
  ],
  /** From the change on, Saturdays rest too. */
  weekend:
    (rule: TimingRule): TimingRule['closuresAt'] =>
    (moment, conditions) => {
      if (moment.weekday !== 6) return rule.closuresAt(moment, conditions);
      const sunday = rule.closuresAt(moment.plus({ days: 1 }), conditions);
      return sunday && { ...sunday, from: moment.startOf('day'), until: sunday.from };
    },
}));

/** The book as it would be printed after a change of law: one row ended, one row added, none rewritten. */
vi.mock('../../src/law/chapters/windows.ts', async (original) => {
  const book = await original<typeof import('../../src/law/chapters/windows.ts')>();
  const appended = book.timingRules.flatMap((rule): TimingRule[] =>
    rule.id === 'WIN-02'
      ? [
          { ...rule, inForceUntil: LAST_DAY },
          { ...rule, inForceFrom: CHANGE, level: 'LAW', closuresAt: weekend(rule) },
        ]
      : [rule],
  );
  const others = book.windowRules.filter((rule) => !book.timingRules.some((timing) => timing === rule));
  const { dated } = await import('../../src/rule/rule.ts');
  return {
    ...book,
    timingRules: appended,
    windowRules: [...appended, ...others],
    LEAST_LEAD_MINUTES: dated(...turning('WIN-04', [120, 300])),
  };
});

vi.mock('../../src/law/chapters/recipient.ts', async (original) => {
  const book = await original<typeof import('../../src/law/chapters/recipient.ts')>();
  const { dated } = await import('../../src/rule/rule.ts');
  return { ...book, LIVES_MONTHS: dated(...turning('NUM-02', [24, 6])) };
});

vi.mock('../../src/law/calendar/territory-day.ts', async (original) => {
  const days = await original<typeof import('../../src/law/calendar/territory-day.ts')>();
  const { dated } = await import('../../src/rule/rule.ts');
  return { ...days, SIGHTING_DAYS: dated(...turning('WIN-03', [1, 0])) };
});

vi.mock('../../src/law/chapters/retention.ts', async (original) => {
  const book = await original<typeof import('../../src/law/chapters/retention.ts')>();
  const { dated } = await import('../../src/rule/rule.ts');
  return { ...book, TEXT_KEPT: dated(...turning('RET-04', ['P30D', 'P10D'])) };
});

vi.mock('../../src/law/chapters/text.ts', async (original) => {
  const book = await original<typeof import('../../src/law/chapters/text.ts')>();
  const { dated } = await import('../../src/rule/rule.ts');
  return { ...book, MAX_PARTS: dated(...turning('TXT-02', [3, 2])) };
});

vi.mock('../../src/law/profile/advertising-hours.ts', async (original) => {
  const profiles = await original<typeof import('../../src/law/profile/advertising-hours.ts')>();
  return {
    ...profiles,
    advertisingHours: { ...profiles.advertisingHours, inForceUntil: LAST_DAY },
    ultra: { ...profiles.ultra, id: 'fr-seed-strict', inForceFrom: CHANGE },
  };
});

const asked = (moment: string, rulesOn?: string) => {
  const question = { purpose: 'marketing', at: at('FR', moment), locality: localityOf('FR') } as const;
  const decision = decide(rulesOn === undefined ? question : { ...question, rulesOn });
  return [decision.verdict, wall(decision.until)];
};

describe('a law that changed', () => {
  test('is named by the row of that day', () => {
    expect([ruleNamed('WIN-02', LAST_DAY)?.level, ruleNamed('WIN-02', CHANGE)?.level]).toEqual([
      'SEED',
      'LAW',
    ]);
    expect(rulesInForce('2028-06-01').filter(({ id }) => id === 'WIN-02')).toHaveLength(1);
  });

  test.each([
    ['closes nothing more before its day', '2027-12-18T10:00', ['allow', '2027-12-18T20:00']],
    ['closes Saturdays from its day on', '2028-01-08T10:00', ['hold', '2028-01-10T10:00']],
    ['changes the hours for a message waiting over', '2027-12-31T20:00', ['hold', '2028-01-03T10:00']],
  ])('%s', (_sentence, moment, answer) => {
    expect(asked(moment)).toEqual(answer);
  });

  test('keeps a past decision by its day’s rules', () => {
    expect(asked('2028-01-08T09:00', '2027-12-01')).toEqual(['allow', '2028-01-08T20:00']);
    expect(asked('2027-12-18T10:00', '2028-02-01')).toEqual(['hold', '2027-12-20T10:00']);
  });

  test('is drawn in calendars by each day’s row', () => {
    const stretch = { from: at('FR', '2027-12-31'), to: at('FR', '2028-01-08') };
    const drawn = (rulesOn?: string) =>
      windows({
        profile: 'fr-seed-strict',
        locality: localityOf('FR'),
        ...stretch,
        ...(rulesOn === undefined ? {} : { rulesOn }),
      }).windows.map(({ opensAt }) => wall(opensAt));
    expect([drawn()[0], drawn()[1], drawn().at(-1)]).toEqual([
      '2027-12-31T08:00',
      '2028-01-03T10:00',
      '2028-01-07T10:00',
    ]);
    expect(drawn('2027-12-01').at(-1)).toBe('2028-01-08T08:00');
  });
});

const heard = { lastInteractionAt: '2027-01-15T10:00:00.000Z' };
const since = '2026-01-01T10:00:00.000Z';

describe('a number of the law that changed', () => {
  const plannedOn = (day: string, rulesOn?: string) => {
    const plan = planReminder({
      purpose: 'appointment',
      locality: localityOf('FR'),
      wanted: at('FR', `${day}T07:00`),
      eventAt: at('FR', `${day}T12:00`),
      since: at('FR', '2027-12-01T10:00'),
      ...(rulesOn === undefined ? {} : { rulesOn }),
    });
    return plan.kind === 'planned' ? wall(plan.at) : plan.kind;
  };

  test('plans a reminder by the day’s value', () => {
    expect([plannedOn('2027-12-15'), plannedOn('2028-01-12'), plannedOn('2028-01-12', LAST_DAY)]).toEqual([
      '2027-12-15T08:00',
      '2028-01-11T19:59',
      '2028-01-12T08:00',
    ]);
  });

  test('judges lateness by the same day', () => {
    const place = { ...localityOf('MQ'), timeZone: 'America/Martinique' };
    const wanted = DateTime.fromISO('2027-12-31T23:30:00.000Z', { zone: 'Europe/Paris' });
    const eventAt = wanted.plus({ hours: 10 });
    const day = dayIn(wanted, place.timeZone);
    const late = (on: Day) => eventAt.diff(tooLateFrom(wanted, { wanted, eventAt, day: on })).as('minutes');
    expect([late(day), late(frenchDay(wanted)), late(CHANGE)]).toEqual([120, 300, 300]);
  });

  test('closes movable feasts by the same day', () => {
    const people = { territories: ['YT'], goodFriday: undefined } as const;
    const softOn = (on: string, rulesOn?: string) =>
      holidaysOn(on, { ...people, rulesOn }).filter((day) => day.class === 'soft').length;
    const feasts = holidaysOf('YT', 2028, CHANGE).filter(({ name }) => name === 'Id-el-Fitr');
    const days = feasts.flatMap(({ on }) =>
      [-1, 0, 1].map((away) => DateTime.fromISO(on).plus({ days: away })),
    );
    const closed = (rulesOn?: string) => days.map((day) => softOn(day.toFormat('yyyy-MM-dd'), rulesOn));
    expect([closed(), closed(CHANGE), closed(LAST_DAY)]).toEqual([
      [0, 1, 0],
      [0, 1, 0],
      [1, 1, 1],
    ]);
  });

  test('excludes a silent number from that day', () => {
    const silentAt = (moment: string) => isSilent(heard, { since, at: at('FR', moment) });
    expect([silentAt('2027-12-31T23:59'), silentAt('2028-01-01T00:00')]).toEqual([false, true]);
    expect(silentFrom(heard, since)).toBe('2027-12-31T23:00:00.000Z');
    const later = { lastInteractionAt: '2027-11-15T10:00:00.000Z' };
    expect(silentFrom(later, since)).toBe('2028-05-15T10:00:00.000Z');
  });

  test('is passed to PostgreSQL by the instant’s day', () => {
    const text = exclusionCaseText({ at: '$1', purpose: '$2', fake: '$3', tenant: '$4' });
    expect(text).toContain(
      "$1 - (CASE WHEN ($1 AT TIME ZONE 'Europe/Paris')::date >= '2028-01-01' THEN interval '6 months' ELSE interval '24 months' END)",
    );
  });

  test('applies to older drafts unless chosen otherwise', () => {
    const now = instant(at('FR', '2027-12-01T10:00').toMillis());
    const most = (startAt: string, maxParts: number | null): number =>
      mostPartsOf({ maxParts, startAt: at('FR', startAt).toUTC().toISO() }, now);
    expect([
      most('2027-12-16T10:00', null),
      most('2028-01-13T10:00', null),
      most('2028-01-13T10:00', 4),
      mostPartsOf({ maxParts: null, startAt: null }, now),
    ]).toEqual([3, 2, 4, 3]);
  });

  test('is printed as on the day shown', () => {
    const texts = (startedAt: string) =>
      runView({ id: 'r', kind: 'cleaning', actor: 'a', startedAt, endedAt: null, lines: { texts: 3 } }, 'en')
        .lines[0]?.text;
    expect([texts('2027-12-31T20:00:00.000Z'), texts('2027-12-31T23:30:00.000Z')]).toEqual([
      'Texts of reminders, 30 days after the event.',
      'Texts of reminders, 10 days after the event.',
    ]);
  });
});
