import { DateTime } from 'luxon';
import { describe, expect, it, vi } from 'vitest';
import { profileOfCampaign } from '../../src/campaigns/draft/refusals.ts';
import { decide } from '../../src/law/decide/decide.ts';
import { defaultProfile } from '../../src/law/profile.ts';
import { REMINDERS, type Purpose } from '../../src/law/rule.ts';
import { localityOf } from '../../src/law/territory.ts';
import { correctionOwed } from '../../src/reminders/steps/correction.ts';
import { placedOr, planSteps } from '../../src/reminders/steps/plan-steps.ts';
import { profileOfRun } from '../../src/sending/batch/batch-run.repository.ts';
import { asked } from '../pure/reminders/steps/questions.ts';
import { at, wall } from './conditions.ts';

/** Payments have hours of their own: a profile that nothing but the law's default names. */
const { PAYMENTS } = vi.hoisted(() => ({ PAYMENTS: 'fr-functional-payment' }));

vi.mock('../../src/law/profile/ultra.ts', async () => {
  const { functional } = await import('../../src/law/profile/functional.ts');
  const hours = { opens: '09:00', closes: '18:00' };
  const payments = { ...functional, id: PAYMENTS, weekdays: hours, saturday: hours, sunday: hours };
  return { ultra: payments };
});

vi.mock('../../src/law/profile.ts', async (original) => {
  const real = await original<typeof import('../../src/law/profile.ts')>();
  const profileOf = (purpose: Purpose): string =>
    purpose === 'payment' ? PAYMENTS : real.defaultProfile(purpose);
  return { ...real, defaultProfile: profileOf };
});

const locality = localityOf('FR');
const paris = (moment: string): DateTime => at('FR', moment);

describe('hours that one purpose has', () => {
  it('hold its messages', () => {
    const decision = decide({ purpose: 'payment', at: paris('2027-03-02T08:30'), locality });
    expect([decision.profile, wall(decision.until)]).toEqual([PAYMENTS, '2027-03-02T09:00']);
  });

  it.each<[Purpose, string]>([
    ['appointment', '2027-03-02T19:30'],
    ['renewal', '2027-03-02T19:30'],
    ['payment', '2027-03-02T17:59'],
  ])('plan its reminders: %s', (purpose, moment) => {
    const question = asked({
      event: '2027-03-03T15:00',
      plan: [{ offset: 'P1D', at: '19:30' }],
      more: { purpose },
    });
    expect(planSteps(question).map(({ plannedAt }) => wall(plannedAt))).toEqual([moment]);
  });

  it.each<[Purpose, string]>([
    ['appointment', '2027-03-03T08:00'],
    ['payment', '2027-03-03T09:00'],
  ])('correct what was said: %s', (purpose, moment) => {
    const owed = correctionOwed({
      purpose,
      said: { facts: 'before', eventAt: paris('2027-03-04T15:00'), cancelled: false },
      current: { kind: 'cancelled' },
      changedAt: paris('2027-03-02T21:00'),
      now: paris('2027-03-02T21:00'),
      locality,
      exclusion: null,
    });
    expect(wall(owed?.plannedAt)).toBe(moment);
  });

  it.each(REMINDERS)('decide everywhere: %s', (purpose) => {
    const placed = placedOr(asked({ event: '2027-03-03T15:00', more: { purpose } }));
    const run = { campaign_id: null, series_id: 'a series', tenant_profile: 'its own', purpose };
    expect([
      'profile' in placed && placed.profile.id,
      profileOfRun({ ...run, campaign_profile: 'none' }),
      profileOfCampaign({ purpose, text: '' }, 'its own'),
    ]).toEqual(Array.from({ length: 3 }, () => defaultProfile(purpose)));
  });
});
