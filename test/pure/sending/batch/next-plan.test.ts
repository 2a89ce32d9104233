import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import type { BatchRun } from '../../../../src/sending/batch/batch-run.repository.ts';
import { nextPlan, placeUnknown, type BatchSituation } from '../../../../src/sending/batch/next-plan.ts';

const NOW = DateTime.fromISO('2026-11-24T10:00:00.000Z', { zone: 'utc' });

const aRun = (over: Partial<BatchRun> = {}, status = 'running'): BatchRun => ({
  tenantId: 't',
  batchId: 'b',
  kind: 'campaign',
  state: 'open',
  purpose: 'marketing',
  accountId: 'a',
  accountName: 'octo',
  routes: null,
  hasFormer: false,
  failsOver: false,
  profile: 'fr-seed-strict',
  territory: 'FR',
  timeZone: 'Europe/Paris',
  goodFriday: null,
  locale: 'fr-FR',
  sector: 'general',
  hasSeveralBrands: false,
  halted: null,
  order: {
    kind: 'campaign',
    campaignId: 'c',
    shard: 0,
    status,
    revision: 1,
    sender: 'LUMIERE',
    sealed: Buffer.alloc(0),
    expireAt: null,
    marginMs: 0,
    maxParts: 3,
    ratePerSecond: null,
    budget: null,
    price: null,
    currency: 'EUR',
    brand: 'Lumière',
    purpose: 'marketing',
    cap: null,
    pace: null,
  },
  ...over,
});

type Verdict = NonNullable<BatchSituation['decision']>;

const decision = (verdict: Verdict['verdict'], at: DateTime = NOW, until?: DateTime): Verdict => ({
  verdict,
  at,
  ...(until === undefined ? {} : { until }),
  rules: [],
  profile: 'fr-seed-strict',
  rulesVersion: '1',
  calendarVersion: '1',
  territory: 'FR',
  timeZone: 'Europe/Paris',
});

const left = (over: Partial<BatchSituation['remaining']> = {}): BatchSituation['remaining'] => ({
  ready: 10,
  submitting: 0,
  uncertain: 0,
  due: 10,
  retryAt: null,
  ...over,
});

const situation = (over: Partial<BatchSituation> = {}): BatchSituation => ({
  run: aRun(),
  remaining: left(),
  unresolved: undefined,
  stuck: undefined,
  trouble: undefined,
  hasAccount: true,
  now: NOW,
  machineMs: NOW.toMillis(),
  closedBy: undefined,
  decision: decision('allow', NOW, NOW.plus({ hours: 9 })),
  ...over,
});

const halted = { code: 'TENANT_HALTED', reason: 'essai' } as const;
const nobody = left({ ready: 0, due: 0 });
const inDoubt = left({ ready: 0, due: 0, uncertain: 3 });

describe('a batch', () => {
  it.each<[string, Partial<BatchSituation>, object]>([
    ['sends while the window is open', {}, { kind: 'send' }],
    ['is done when nobody is left', { remaining: nobody }, { kind: 'done', because: { code: 'DONE' } }],
    ['stays done', { run: aRun({ state: 'done' }) }, { kind: 'done' }],
    ['asks first about those who are uncertain', { remaining: left({ uncertain: 1 }) }, { kind: 'send' }],
    ['asks about unknown messages on their way', { remaining: left({ submitting: 1 }) }, { kind: 'send' }],
    [
      'asks about uncertain messages when others are done',
      { remaining: inDoubt },
      { kind: 'send', because: { code: 'UNCERTAIN' } },
    ],
    [
      'waits to ask while asking may help',
      { remaining: inDoubt, unresolved: { againInMs: 5_000 } },
      { kind: 'wait', waitMs: 5_000 },
    ],
    [
      'leaves uncertain messages without another way',
      { remaining: inDoubt, unresolved: { againInMs: null } },
      { kind: 'done', because: { code: 'UNCERTAIN' } },
    ],
    [
      'waits while its tenant is halted',
      { run: aRun({ halted }) },
      { state: 'parked', because: { code: 'TENANT_HALTED' } },
    ],
    [
      'waits while a suppression list is unread',
      { run: aRun({ halted: { code: 'SUPPRESSIONS_UNREAD', reason: '' } }) },
      { state: 'parked', waitMs: 2_000, because: { code: 'SUPPRESSIONS_UNREAD' } },
    ],
    [
      'waits for a person while it is parked',
      { run: aRun({ halted: { code: 'SUPPRESSIONS_PARKED', reason: 'an-import' } }) },
      { state: 'parked', waitMs: 30_000, because: { code: 'SUPPRESSIONS_PARKED' } },
    ],
    ['waits while it is paused', { run: aRun({}, 'paused') }, { state: 'paused', waitMs: 3_600_000 }],
    ['waits while it is parked', { run: aRun({}, 'parked') }, { state: 'parked' }],
    [
      'waits for the accounts once cancelled',
      { run: aRun({}, 'cancelled') },
      { because: { code: 'CANCELLED' } },
    ],
    [
      'waits while the clock is in doubt',
      { closedBy: 'CLOCK_DOUBT' },
      { state: 'parked', because: { code: 'CLOCK_DOUBT' } },
    ],
    [
      'waits for the journal by its own name',
      { closedBy: 'JOURNAL_WAITS' },
      {
        state: 'parked',
        because: {
          code: 'JOURNAL_WAITS',
          text: {
            fr: expect.stringMatching(/^Le journal/),
            en: expect.stringMatching(/^The opt-out journal/),
          },
        },
      },
    ],
    [
      'waits at an unknown place',
      { decision: undefined },
      { state: 'parked', because: { code: 'PLACE_UNKNOWN' } },
    ],
    [
      'waits an hour where the law refuses',
      { decision: decision('refuse') },
      { state: 'parked', waitMs: 3_600_000 },
    ],
    [
      'waits for the opening',
      { decision: decision('hold', NOW.plus({ hours: 22 })) },
      { state: 'waiting-window', nextActionAt: '2026-11-25T08:00:00.000Z' },
    ],
    [
      'does not loop in the last second',
      { decision: decision('allow', NOW, NOW.plus({ milliseconds: 800 })) },
      { state: 'waiting-window', waitMs: 1_000 },
    ],
    ['goes on to expire what is past', { decision: decision('expire') }, { kind: 'send' }],
    [
      'waits for the first row to retry',
      { remaining: left({ due: 0, retryAt: NOW.toMillis() + 7_000 }) },
      { waitMs: 7_000, because: { code: 'RETRY' } },
    ],
    [
      'waits as long as the operator asked',
      { trouble: { kind: 'slower', code: 'THROTTLED', waitMs: 30_000 } },
      { waitMs: 30_000, because: { code: 'THROTTLED' } },
    ],
    [
      'waits for help when the account fails',
      { trouble: { kind: 'parked', code: 'CREDIT' } },
      { state: 'parked', waitMs: 30_000, because: { code: 'CREDIT' } },
    ],
    [
      'waits for those elsewhere whose window is closed',
      { stuck: { heldUntil: NOW.plus({ hours: 2 }), refused: undefined } },
      { state: 'waiting-window', waitMs: 7_200_000 },
    ],
    [
      'says why somebody cannot be written to',
      { stuck: { heldUntil: undefined, refused: placeUnknown } },
      { state: 'parked', waitMs: 30_000, because: { code: 'PLACE_UNKNOWN' } },
    ],
    [
      'looks again soon when a gate closed meanwhile',
      { stuck: { heldUntil: undefined, refused: undefined } },
      { waitMs: 2_000, because: { code: 'GATE_CLOSED' } },
    ],
    [
      'is not done without its account configured',
      { hasAccount: false },
      { kind: 'wait', state: 'parked', because: { code: 'CONFIG' } },
    ],
    [
      'is done without account when nothing remains',
      { hasAccount: false, remaining: nobody },
      { kind: 'done' },
    ],
  ])('%s', (_, over, expected) => {
    expect(nextPlan(situation(over))).toMatchObject(expected);
  });

  it('waits a millisecond at least, with an end', () => {
    const plan = nextPlan(situation({ stuck: { heldUntil: NOW.minus({ hours: 1 }), refused: undefined } }));
    expect(plan).toMatchObject({ kind: 'wait', waitMs: 1, nextActionAt: '2026-11-24T10:00:00.001Z' });
  });

  it('asks about uncertain messages in time', () => {
    const plan = nextPlan(
      situation({
        run: aRun({}, 'paused'),
        remaining: left({ uncertain: 1 }),
        unresolved: { againInMs: 4_000 },
      }),
    );
    expect(plan).toMatchObject({ state: 'paused', waitMs: 4_000 });
  });
});
