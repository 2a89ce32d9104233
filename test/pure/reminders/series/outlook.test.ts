import { DateTime } from 'luxon';
import { expect, it } from 'vitest';
import { EXCLUSION_RULES } from '../../../../src/people/eligibility/eligibility.repository.ts';
import { outlookOf } from '../../../../src/reminders/series/outlook.ts';
import { SERIES_KINDS, type Series } from '../../../../src/reminders/series/series.ts';
import type { SeriesSituation } from '../../../../src/reminders/steps/owed-steps.ts';
import type { Eligibility } from '../../../../src/reminders/series/reminder-eligibility.repository.ts';

const paris = (wall: string): string =>
  DateTime.fromISO(wall, { zone: 'Europe/Paris' }).toUTC().toISO() ?? '';

const [kind] = SERIES_KINDS;

/** A visit on a Friday at three with a reminder two days before, booked on the Tuesday. */
const series: Series = {
  id: 'one',
  kind,
  purpose: 'appointment',
  source: 'api',
  contactId: 'somebody',
  practiceId: null,
  accountId: 'an-account',
  batchId: 'a-batch',
  sender: 'CLINIQUE',
  sealed: Buffer.alloc(0),
  wrapped: null,
  territory: 'FR',
  timeZone: 'Europe/Paris',
  eventAt: paris('2027-03-05T15:00'),
  eventWall: '2027-03-05T15:00',
  eventZone: 'Europe/Paris',
  plan: [{ offset: 'P2D' }],
  terms: { kind: 'appointment' },
  paid: [],
  legalNotice: false,
  noticeMissingAt: null,
  facts: Buffer.from('facts'),
  revision: 1,
  revisedAt: paris('2027-03-02T09:00'),
  sourceRevision: null,
  correctionSeq: null,
  notifyChange: false,
  state: 'open',
  endedBecause: null,
  waiting: null,
  simulated: false,
  confirmedAt: null,
  noShowAt: null,
  cancellationRequestedAt: null,
  declinedAt: null,
  answeredAt: null,
  answerReplyId: null,
  unclearAt: null,
  unclearReplyId: null,
  createdAt: paris('2027-03-02T09:00'),
};

const standing = (why: Eligibility['why']): Eligibility => ({
  sendable: why === null,
  why,
  left: false,
  territory: 'FR',
  timeZone: 'Europe/Paris',
  locale: 'fr',
  confirmationSkips: false,
  onDecline: 'nothing',
  ifLate: 'next-lawful',
  goodFriday: 'closed',
});

const at = (
  wall: string,
  why: Eligibility['why'],
  steps: SeriesSituation['steps'] = [],
): SeriesSituation['steps'] =>
  outlookOf({ series, eligibility: standing(why), steps, now: DateTime.fromISO(paris(wall)) }).steps;

it.each([...new Set(EXCLUSION_RULES.map(({ code }) => code))])(
  'what %s held back leaves late afterwards',
  (code) => {
    const barred = at('2027-03-02T09:00', code);
    expect(barred.map(({ state, code: said }) => [state, said])).toEqual([['skipped', code]]);
    const mended = at('2027-03-04T09:00', null, barred);
    expect(mended.map(({ state, plannedAt }) => [state, plannedAt])).toEqual([
      ['planned', paris('2027-03-04T09:05')],
    ]);
  },
);

it('what was skipped as late stays so', () => {
  const skip = { ...standing(null), ifLate: 'skip' } as const;
  const now = DateTime.fromISO(paris('2027-03-04T09:00'));
  const late = outlookOf({ series, eligibility: skip, steps: [], now }).steps;
  expect(late.map(({ state, code }) => [state, code])).toEqual([['skipped', 'LATE_BOOKING']]);
  expect(at('2027-03-04T09:10', null, late)).toEqual(late);
});

/** Each hour from the booking to the day after the event. */
const HOURS = Array.from({ length: 96 }, (_, hour) =>
  DateTime.fromISO(paris('2027-03-02T09:00')).plus({ hours: hour }),
);

it('a doubted clock ends no planned step', () => {
  const steps = at('2027-03-02T09:00', null);
  expect(steps.map(({ state }) => state)).toEqual(['planned']);
  const by = (now: DateTime, inDoubt: boolean) =>
    outlookOf({ series, eligibility: standing(null), steps, now, inDoubt }).steps;
  for (const now of HOURS) expect(by(now, true)).toEqual(steps);
  expect(HOURS.some((now) => by(now, false).some(({ state }) => state !== 'planned'))).toBe(true);
});

it('a doubted clock skips no new step', () => {
  for (const now of HOURS)
    for (const { state } of outlookOf({ series, eligibility: standing(null), steps: [], now, inDoubt: true })
      .steps)
      expect(state).toBe('planned');
});

it('a doubted clock delays nobody’s STOP', () => {
  const steps = at('2027-03-02T09:00', null);
  for (const now of HOURS) {
    const stopped = outlookOf({
      series: { ...series, state: 'stopped' },
      eligibility: standing(null),
      steps,
      now,
      inDoubt: true,
    });
    expect(stopped.steps.map(({ state }) => state)).toEqual(['cancelled']);
    const barred = outlookOf({
      series,
      eligibility: standing('CONSENT_WITHDRAWN'),
      steps,
      now,
      inDoubt: true,
    });
    expect(barred.steps.map(({ state }) => state)).toEqual(['skipped']);
  }
});
