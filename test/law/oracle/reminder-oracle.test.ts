import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { decisionAt } from '../../../src/campaigns/rehearsal/departure.ts';
import { decideByClock, decide } from '../../../src/law/decide/decide.ts';
import { namesOf, type Locality } from '../../../src/rule/territory.ts';
import { windows } from '../../../src/law/decide/list-windows.ts';
import { planSteps } from '../../../src/reminders/steps/plan-steps.ts';
import { cases } from '../../support/cases.ts';
import { localityCalled } from './locality-called.ts';
import { PLACES } from './oracle.ts';
import { PlaceOracle, reminderCases, type ReminderCase, type ReminderSaid } from './reminder-oracle.ts';

const CASES = cases(1_000, 100_000);

const oracles = new Map(Object.keys(PLACES).map((name) => [name, new PlaceOracle(name)]));
const localities = new Map(Object.keys(PLACES).map((name) => [name, localityCalled(name)]));

function known<T>(all: ReadonlyMap<string, T>, name: string): T {
  const found = all.get(name);
  if (found === undefined) throw new Error(`${name} is no place.`);
  return found;
}

/** One reminder as the product is asked about it. */
interface Question {
  readonly purpose: ReminderCase['purpose'];
  readonly locality: Locality;
  readonly eventAt: DateTime;
  readonly now: DateTime;
  readonly ifLate: 'next-lawful' | 'skip';
}

const booked = ({ ...question }: Question, lead: string): { at: DateTime; said: ReminderSaid } => {
  const [step] = planSteps({ ...question, plan: [{ offset: lead }], exclusion: null, left: [] });
  if (step === undefined) throw new Error('No step was planned.');
  const { state, plannedAt, reason, wantedAt } = step;
  const code = reason?.code === 'PAST' ? 'PAST' : 'LATE_BOOKING';
  return {
    at: wantedAt,
    said: state === 'planned' && plannedAt !== undefined ? plannedAt.toMillis() : code,
  };
};

const decided = (question: Question, at: DateTime): ReminderSaid => {
  const { verdict, at: leaves, because } = decideByClock({ ...question, at, isWish: true });
  if (verdict === 'hold') return leaves.toMillis();
  return because?.code === 'EVENT_PAST' ? 'PAST' : 'LATE_BOOKING';
};

/** Whether the windows of its day hold a moment. */
const isInWindow = (ms: number, profile: string, locality: Locality): boolean => {
  const at = DateTime.fromMillis(ms, { zone: locality.timeZone });
  return windows({ profile, locality, from: at, to: at }).windows.some(
    ({ opensAt, closesAt }) => opensAt <= at && at < closesAt,
  );
};

/** The answers of the product to one reminder that are not the oracle's. */
function apart(one: ReminderCase): string[] {
  const locality = known(localities, one.place);
  const zone = locality.timeZone;
  const question: Question = {
    purpose: one.purpose,
    locality,
    eventAt: DateTime.fromMillis(one.eventAt, { zone }),
    now: DateTime.fromMillis(one.bookedAt, { zone }),
    ifLate: one.skipsLate ? 'skip' : 'next-lawful',
  };
  const said = known(oracles, one.place).said(one);
  const { at, said: booking } = booked(question, one.lead);
  const answers: Record<string, unknown> = {
    wished: at.toMillis() === one.wanted,
    booking: booking === said,
    decision: decided(question, at) === said,
  };
  if (typeof said === 'number') {
    const leaving = DateTime.fromMillis(said, { zone });
    answers['send'] = decide({ ...question, at: leaving }).verdict === 'allow';
    answers['windows'] = isInWindow(said, 'fr-functional', locality);
  }
  return wrong(answers, one, said);
}

const CAMPAIGN = {
  purpose: 'marketing',
  profile: 'fr-seed-strict',
  marginMs: 0,
  expireAt: null,
  localTime: null,
  spreadDays: null,
  startAt: null,
  launchedAt: null,
  goodFriday: null,
} as const;

/** The answers to advertising at the moment wished that are not the oracle's. */
function apartOfAdvertising(one: ReminderCase): string[] {
  const locality = known(localities, one.place);
  const oracle = known(oracles, one.place);
  const at = DateTime.fromMillis(one.wanted, { zone: 'utc' });
  const said = oracle.next(one.wanted);
  const law = decide({ purpose: 'marketing', at, locality });
  const now = DateTime.fromMillis(one.bookedAt);
  const told = decideByClock({ purpose: 'marketing', at, now, locality, isWish: false });
  if (!now.isValid) throw new Error('No such moment.');
  const rehearsed = decisionAt(CAMPAIGN, namesOf(locality), { at, now, language: 'fr' });
  return wrong(
    {
      decision:
        told.at.toMillis() === said &&
        (told.verdict === 'allow') === (said === one.wanted && said <= one.bookedAt),
      send: (law.verdict === 'allow') === (said === one.wanted) && law.at.toMillis() === said,
      rehearsal: rehearsed?.at.toMillis() === said,
      windows:
        isInWindow(said, 'fr-seed-strict', locality) &&
        isInWindow(one.wanted, 'fr-seed-strict', locality) === (said === one.wanted),
    },
    one,
    said,
  );
}

const wrong = (answers: Record<string, unknown>, one: ReminderCase, said: ReminderSaid): string[] =>
  Object.entries(answers).flatMap(([name, isRight]) =>
    isRight === true ? [] : [`${name}: ${said} of ${JSON.stringify(one)}`],
  );

describe(`${CASES} reminders and as many advertisements, everywhere, from 2026 to 2035`, () => {
  const all = [...reminderCases(CASES, (place) => known(oracles, place))];

  test('get one answer from engine and oracle', () => {
    expect(all.flatMap(apart).slice(0, 5)).toEqual([]);
  }, 3_600_000);

  test('of advertising get one answer everywhere', () => {
    expect(all.flatMap(apartOfAdvertising).slice(0, 5)).toEqual([]);
  }, 3_600_000);

  test('meet every outcome, and each place as often', () => {
    const kinds = new Set(
      all.map((one) => {
        const said = known(oracles, one.place).said(one);
        if (typeof said !== 'number') return said;
        if (said <= one.wanted) return said < one.wanted ? 'earlier' : 'as wished';
        return one.wanted < one.bookedAt + 300_000 ? 'late' : 'at the opening, or late';
      }),
    );
    expect([...kinds].toSorted()).toEqual([
      'LATE_BOOKING',
      'as wished',
      'at the opening, or late',
      'earlier',
      'late',
    ]);
    const places = [...Map.groupBy(all, ({ place }) => place).values()].map((some) => some.length);
    expect([places.length, Math.min(...places)]).toEqual([oracles.size, Math.floor(CASES / oracles.size)]);
  });
});
