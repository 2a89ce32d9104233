import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { decideByClock } from '../../../src/law/decide/decide.ts';
import {
  bilingualBecauseOfShift,
  planReminder,
  type ReminderPlan,
} from '../../../src/law/decide/plan-reminder.ts';
import { localityOfPostalCode, localityOf, type Territory } from '../../../src/rule/territory.ts';
import { windows } from '../../../src/law/decide/list-windows.ts';
import { planSteps } from '../../../src/reminders/steps/plan-steps.ts';
import { at, wall } from '../conditions.ts';
import { PLANNER_CASES, type PlannerCase } from '../planner-cases.ts';

/** A reminder of an event five hours later. */
const wished = (territory: Territory, moment: string, booked?: string): ReminderPlan => {
  const wanted = at(territory, moment);
  return planReminder({
    purpose: 'appointment',
    locality: localityOf(territory),
    wanted,
    eventAt: wanted.plus({ hours: 5 }),
    since: booked === undefined ? wanted.minus({ days: 40 }) : at(territory, booked),
  });
};

const momentOf = (plan: ReminderPlan): string | undefined =>
  plan.kind === 'planned' ? wall(plan.at) : undefined;

const toldOf = (plan: ReminderPlan) => (plan.kind === 'doubt' ? undefined : plan.because);

describe('a reminder', () => {
  test.each<[string, Territory, string, string, string | undefined]>([
    ['leaves when wished on a working day', 'FR', '2026-03-10T10:00', '2026-03-10T10:00', undefined],
    ['wished on Sunday leaves Saturday at that time', 'FR', '2027-04-11T10:00', '2027-04-10T10:00', 'SUNDAY'],
    ['of V1 leaves on Saturday at 08:30', 'FR', '2027-01-10T08:30', '2027-01-09T08:30', 'SUNDAY'],
    [
      'of V2b leaves on Christmas Eve in Strasbourg',
      'FR-67',
      '2026-12-27T10:00',
      '2026-12-24T10:00',
      'SUNDAY',
    ],
    ['of V5 leaves on Saturday in La Réunion', 'RE', '2027-12-20T09:00', '2027-12-18T09:00', 'HOLIDAY'],
    ['of V8 leaves the evening before', 'FR', '2027-01-12T04:30', '2027-01-11T19:59', 'OUT_OF_HOURS'],
    ['wished at 21:00 leaves at 19:59', 'FR', '2026-03-10T21:00', '2026-03-10T19:59', 'OUT_OF_HOURS'],
    [
      'wished at seven on Monday leaves at eight',
      'FR',
      '2026-03-16T07:00',
      '2026-03-16T08:00',
      'OUT_OF_HOURS',
    ],
    [
      'wished at five on Monday leaves Saturday evening',
      'FR',
      '2026-03-16T05:00',
      '2026-03-14T19:59',
      'OUT_OF_HOURS',
    ],
    [
      'wished on a clock-change Sunday keeps its time',
      'FR',
      '2027-03-28T10:00',
      '2027-03-27T10:00',
      'SUNDAY',
    ],
    ['wished in the skipped hour leaves on Saturday', 'FR', '2027-03-28T02:30', '2027-03-27T19:59', 'SUNDAY'],
    [
      'wished on Good Friday leaves Thursday in Papeete',
      'PF',
      '2027-03-26T10:00',
      '2027-03-25T10:00',
      'HOLIDAY',
    ],
  ])('%s', (...row) => {
    const [, territory, moment, planned, code] = row;
    const plan = wished(territory, moment);
    expect(momentOf(plan)).toBe(planned);
    expect(toldOf(plan)?.code).toBe(code);
  });

  test('that did not move has no reason', () => {
    const wanted = at('FR', '2026-03-10T10:00');
    expect(bilingualBecauseOfShift({ wanted, at: wanted, movedBy: [] })).toBeUndefined();
  });

  test('says why in both languages', () => {
    expect(toldOf(wished('FR', '2027-04-11T10:00'))).toEqual({
      code: 'SUNDAY',
      ruleId: 'WIN-02',
      at: '2027-04-10T10:00:00.000+02:00',
      text: {
        fr: 'Prévu dimanche 11/04 à 10h00 ; avancé à samedi 10/04 à 10h00 : pas de SMS le dimanche (WIN-02).',
        en: 'Planned Sunday 11/04 at 10:00; brought forward to Saturday 10/04 at 10:00: no SMS on Sundays (WIN-02).',
      },
    });
  });

  test.each([
    [
      '2027-03-29T10:00',
      'Planned Monday 29/03 at 10:00; brought forward to Saturday 27/03 at 10:00: public holiday, Easter Monday (WIN-03); no SMS on Sundays (WIN-02).',
    ],
    [
      '2027-01-12T04:30',
      'Planned Tuesday 12/01 at 04:30; brought forward to Monday 11/01 at 19:59: no SMS before 08:00, nor from 20:00 on (WIN-04).',
    ],
    [
      '2027-01-12T07:30',
      'Planned Tuesday 12/01 at 07:30; put off to Tuesday 12/01 at 08:00: no SMS before 08:00, nor from 20:00 on (WIN-04).',
    ],
  ])('wished on %s says why in English', (moment, text) => {
    expect(toldOf(wished('FR', moment))?.text.en).toBe(text);
  });

  test.each([
    ['keeps its wall time if still ahead', '2027-04-10T08:55', '2027-04-10T10:00'],
    ['takes the last minute if it has passed', '2027-04-10T09:56', '2027-04-10T19:59'],
  ])('wished on Sunday, booked late, %s', (_sentence, booked, planned) => {
    expect(momentOf(wished('FR', '2027-04-11T10:00', booked))).toBe(planned);
  });
});

const asked = ({ postalCode, zone, now, event, lead, ifLate }: PlannerCase) => {
  const locality = localityOfPostalCode(postalCode);
  if (locality === undefined) throw new Error(`${postalCode} lies nowhere.`);
  const moment = (written: string) => DateTime.fromISO(written, { zone });
  const since = moment(now).plus({ seconds: 10 });
  const [step] = planSteps({
    plan: [{ offset: lead }],
    purpose: 'appointment',
    eventAt: moment(event),
    locality,
    now: since,
    ifLate,
    exclusion: null,
    left: [],
  });
  if (step === undefined) throw new Error('No step.');
  return { locality, step, now: since, eventAt: moment(event), wanted: step.wantedAt, ifLate };
};

/** The day that holds a moment has a window that holds it. */
const isOpen = (moment: DateTime, { locality }: ReturnType<typeof asked>): boolean =>
  windows({ profile: 'fr-functional', locality, from: moment, to: moment }).windows.some(
    ({ opensAt, closesAt }) => opensAt <= moment && moment < closesAt,
  );

describe('a booking, a decision and the windows', () => {
  test.each(PLANNER_CASES.map((one) => [one.about, one] as const))('%s: agree', (_about, one) => {
    const question = asked(one);
    const { step, locality, now, eventAt, wanted: wish, ifLate } = question;
    const decision = decideByClock({
      purpose: 'appointment',
      at: wish,
      locality,
      now,
      eventAt,
      isWish: true,
      ifLate,
      language: 'en',
    });
    const leaves = step.state === 'planned' ? wall(step.plannedAt) : step.reason?.code;
    expect(leaves).toBe(one.leaves);
    expect(decision.verdict === 'hold' ? wall(decision.at) : decision.because?.code).toBe(one.leaves);
    expect(step.reason?.text.en ?? decision.because?.text).toBe(decision.because?.text);
    expect(step.plannedAt === undefined || isOpen(step.plannedAt, question)).toBe(true);
    expect(step.reason?.text.fr ?? '').not.toMatch(/à une heure permise/);
  });
});

describe('the reason of a late reminder', () => {
  const reasonOf = (about: string): string | undefined => {
    const one = PLANNER_CASES.find((known) => known.about === about);
    return one && asked(one).step.reason?.text.en;
  };

  test.each([
    [
      'booked on Saturday for Monday',
      'Planned Saturday 17/04 at 09:00; booked too late for that hour: leaves at the next lawful moment, Saturday 17/04 at 11:14 (WIN-04).',
    ],
    [
      'a Sunday wished, booked on Saturday night',
      'Planned Sunday 18/04 at 10:00; closed then, and booked too late to move earlier: leaves at the next lawful moment, Monday 19/04 at 08:00 (WIN-04).',
    ],
    [
      'booked on Sunday, half an hour would be left',
      'Planned Sunday 25/04 at 08:30; booked too late: the next lawful moment, Monday 26/04 at 08:00, is too near to the event (WIN-04).',
    ],
    [
      'a night before seven',
      'Planned Monday 19/04 at 07:00; booked too late: no lawful moment is left before the event (WIN-04).',
    ],
    [
      'booked late, and late ones are skipped',
      'Planned Saturday 17/04 at 09:00; booked too late, and a late reminder is skipped (ifLate: skip) (WIN-04).',
    ],
  ])('%s says what is true', (about, text) => {
    expect(reasonOf(about)).toBe(text);
  });
});

describe('a reminder that moves to a day on which its profile does not stand', () => {
  test('is refused, as a decision then would be', () => {
    const question = {
      purpose: 'appointment',
      profile: 'fr-charter-2026',
      locality: localityOf('FR'),
    } as const;
    const wanted = at('FR', '2026-03-01T05:00');
    const eventAt = wanted.plus({ hours: 5 });
    const since = wanted.minus({ days: 9 });
    expect(planReminder({ ...question, wanted, eventAt, since })).toMatchObject({
      kind: 'doubt',
      rule: { id: 'WIN-05' },
    });
    expect(decideByClock({ ...question, at: wanted, eventAt, now: since, isWish: true }).verdict).toBe(
      'refuse',
    );
  });
});

describe('what is asked by the law clock', () => {
  const now = at('FR', '2027-04-20T10:00');
  const ask = (more: object) =>
    decideByClock({ purpose: 'marketing', at: now, now, locality: localityOf('FR'), isWish: false, ...more });

  test.each([
    ['now', {}, 'allow', undefined],
    ['a minute ahead', { at: now.plus({ minutes: 1 }) }, 'hold', 'PLANNED'],
    ['a year ago', { at: at('FR', '2026-04-21T10:00') }, 'allow', undefined],
    ['at night', { at: at('FR', '2027-04-20T21:00') }, 'hold', 'OUT_OF_HOURS'],
    [
      'for a reminder without an event',
      { purpose: 'payment', at: at('FR', '2027-04-25T10:00') },
      'hold',
      'SUNDAY',
    ],
    [
      'for a wish and an event past',
      { purpose: 'payment', isWish: true, at: now.minus({ days: 2 }), eventAt: now.minus({ hours: 1 }) },
      'expire',
      'EVENT_PAST',
    ],
    ['for an event that is past', { purpose: 'payment', isWish: true, eventAt: now }, 'expire', 'EVENT_PAST'],
  ])('%s: allow is now, hold is ahead', (_about, more, verdict, code) => {
    const decision = ask(more);
    expect([decision.verdict, decision.because?.code]).toEqual([verdict, code]);
  });

  test('says the moment in `at` that lies ahead', () => {
    const decision = ask({ at: at('FR', '2027-04-21T10:00'), language: 'en' });
    expect([wall(decision.at), wall(decision.until), decision.because?.text]).toEqual([
      '2027-04-21T10:00',
      '2027-04-21T10:00',
      'Planned Wednesday 21/04 at 10:00.',
    ]);
  });
});
