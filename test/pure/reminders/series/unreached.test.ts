import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { excludedBy, ending, missed } from '../../../../src/reminders/series/reason.ts';
import type { Series, PaymentTerms } from '../../../../src/reminders/series/series.ts';
import type { Step, StepMessage } from '../../../../src/reminders/steps/step.ts';
import { whyUnreached } from '../../../../src/reminders/series/series-view.ts';

/** Digests of the event in a text: before and after a move. */
const [THEN, NOW] = ['aa', 'bb'];
const SAID = '2027-03-02T10:00:00.000Z';
const TOMORROW = { from: '2027-03-04T00:00:00+01:00', to: '2027-03-04T23:59:59+01:00' };

const step = (fields: Partial<Step>): Step => ({
  revision: 1,
  position: 0,
  step: 'P2D',
  facts: NOW,
  eventAt: '2027-03-04T09:00:00.000Z',
  wantedAt: '2027-03-02T09:00:00.000Z',
  plannedAt: '2027-03-02T09:00:00.000Z',
  state: 'planned',
  code: null,
  because: null,
  since: '2027-03-01T09:00:00.000Z',
  message: null,
  ...fields,
});

const left = (state: StepMessage['state'], fields: Partial<Step> = {}): Step =>
  step({
    state: state === 'uncertain' ? 'uncertain' : 'sent',
    message: { state, reason: null, acceptedAt: '2027-03-02T09:00:02.000Z', markedMsAgo: 1 },
    ...fields,
  });

const skipped = (code: 'NO_BASIS' | 'PAID' | 'CONFIRMED', fields: Partial<Step> = {}): Step =>
  step({ state: 'skipped', code, because: code === 'NO_BASIS' ? excludedBy(code) : ending(code), ...fields });

const late = missed(DateTime.fromISO('2027-03-02T10:00', { zone: 'Europe/Paris' }));
const lost = (name: 'moved' | 'cancelled'): Step =>
  step({ revision: 2, step: name, position: 900, state: 'skipped', because: late });

interface Case {
  readonly steps: readonly Step[];
  readonly state?: Series['state'];
  readonly revision?: number;
  readonly left?: boolean;
  readonly answer?: Pick<Partial<Series>, 'declinedAt' | 'unclearAt'>;
}

const why = (
  { steps, state = 'open', revision = 1, left: hasLeft = false, answer = {} }: Case,
  terms: Series['terms'] = { kind: 'appointment' },
): string | undefined => {
  const series = {
    kind: terms.kind,
    terms,
    state,
    revision,
    facts: Buffer.from(NOW, 'hex'),
    eventZone: 'Europe/Paris',
    declinedAt: null,
    unclearAt: null,
    ...answer,
  } as Series;
  const standing = {
    sendable: !hasLeft,
    why: null,
    left: hasLeft,
    territory: 'FR',
    timeZone: 'Europe/Paris',
    locale: 'fr',
    confirmationSkips: false,
    onDecline: 'nothing' as const,
    ifLate: 'next-lawful' as const,
    goodFriday: 'closed' as const,
  };
  return whyUnreached({ series, steps, eligibility: standing }, TOMORROW)?.code;
};

describe('somebody who is expected tomorrow must be phoned', () => {
  it.each<[string, Case, string]>([
    ['when they answered NON', { steps: [left('delivered')], answer: { declinedAt: SAID } }, 'DECLINED'],
    [
      'when nobody can read what they answered',
      { steps: [left('delivered')], answer: { unclearAt: SAID, declinedAt: SAID } },
      'ANSWER_UNCLEAR',
    ],
    ['when their SMS did not arrive', { steps: [left('undelivered')] }, 'UNDELIVERED'],
    ['when nobody knows whether it left', { steps: [left('uncertain')] }, 'UNCERTAIN'],
    ['when they never agreed', { steps: [skipped('NO_BASIS')] }, 'NO_BASIS'],
    ['when it came too near', { steps: [step({ state: 'skipped', because: late })] }, 'PAST'],
    ['when nothing was owed', { steps: [] }, 'NOT_SENT'],
    [
      'when they said STOP',
      { steps: [step({ state: 'cancelled' })], state: 'stopped', left: true },
      'STOPPED',
    ],
    ['when their reminders are held', { steps: [step({})], state: 'paused' }, 'PAUSED'],
    [
      'when their reminder became false too late',
      { steps: [left('delivered', { facts: THEN }), lost('moved')], revision: 2 },
      'CORRECTION_IMPOSSIBLE',
    ],
    [
      'when they come in vain',
      { steps: [left('delivered'), lost('cancelled')], state: 'cancelled', revision: 2 },
      'CORRECTION_IMPOSSIBLE',
    ],
    [
      'when their booking became somebody else’s',
      { steps: [left('delivered'), lost('cancelled')], state: 'superseded', revision: 2 },
      'CORRECTION_IMPOSSIBLE',
    ],
  ])('%s', (_, about, code) => {
    expect(why(about)).toBe(code);
  });

  it.each<[string, Case]>([
    [
      'when they declined what is cancelled',
      { steps: [left('delivered')], state: 'cancelled', answer: { declinedAt: SAID } },
    ],
    ['when they were told', { steps: [left('accepted')], state: 'completed' }],
    ['while their reminder is ahead', { steps: [step({})] }],
    ['when it was cancelled before they knew', { steps: [], state: 'cancelled' }],
    ['when somebody got it before they knew', { steps: [], state: 'superseded' }],
    [
      'when a correction reached them',
      {
        steps: [left('delivered', { facts: THEN }), left('delivered', { revision: 2, step: 'moved' })],
        revision: 2,
      },
    ],
    [
      'when it moved back as announced',
      { steps: [left('delivered'), skipped('CONFIRMED', { revision: 3 })], revision: 3 },
    ],
  ])('but not %s', (_, about) => {
    expect(why(about)).toBeUndefined();
  });
});

describe('somebody who owes tomorrow’s instalment', () => {
  const plan: PaymentTerms = {
    kind: 'payment-plan',
    announce: true,
    instalments: [
      { number: 1, dueOn: '2027-03-04' },
      { number: 2, dueOn: '2027-04-04' },
    ],
  };

  it.each<[string, readonly Step[], string | undefined]>([
    ['is told by its reminder', [left('delivered', { step: '1/P3D' })], undefined],
    [
      'is told by another reminder of it',
      [step({ step: '1/P3D', state: 'skipped', code: 'COLLAPSED' })],
      undefined,
    ],
    ['owes nothing once it is paid', [skipped('PAID', { step: '1/P3D' })], undefined],
    ['is phoned without an agreement', [skipped('NO_BASIS', { step: '1/P3D' })], 'NO_BASIS'],
    [
      'is phoned though next month’s was told',
      [skipped('NO_BASIS', { step: '1/P3D' }), left('delivered', { step: '2/P3D', position: 1 })],
      'NO_BASIS',
    ],
  ])('%s', (_, steps, code) => {
    expect(why({ steps }, plan)).toBe(code);
  });
});
