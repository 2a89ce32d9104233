import { DateTime } from 'luxon';
import { describe, expect, it, vi } from 'vitest';
import { profileOfCampaign } from '../../src/campaigns/draft/refusals.ts';
import { decide } from '../../src/law/decide/decide.ts';
import { rulesInForce, type PrintedRule } from '../../src/law/book.ts';
import { defaultProfile } from '../../src/law/profile.ts';
import type { Profile } from '../../src/law/profile/hours.ts';
import { REMINDERS, type Purpose } from '../../src/rule/rule.ts';
import type { Language } from '../../src/words/index.ts';
import { localityOf } from '../../src/rule/territory.ts';
import { correctionOwed } from '../../src/reminders/steps/owed-steps.ts';
import { placedOr, planSteps } from '../../src/reminders/steps/plan-steps.ts';
import { profileOfRun } from '../../src/sending/batch/batch-run.repository.ts';
import { asked } from '../pure/reminders/steps/questions.ts';
import { at, wall } from './conditions.ts';

/** Payments have hours of their own, by one more profile in the file of reminders alone. */
const { PAYMENTS } = vi.hoisted(() => ({ PAYMENTS: 'fr-functional-payment' }));

vi.mock('../../src/law/profile/reminder-hours.ts', async (original) => {
  const real = await original<typeof import('../../src/law/profile/reminder-hours.ts')>();
  const { sameHours } = await import('../../src/law/profile/hours.ts');
  const functional: Profile = { ...real.functional, defaultFor: ['appointment', 'renewal'] };
  const payments: Profile = {
    ...functional,
    id: PAYMENTS,
    defaultFor: ['payment'],
    ...sameHours('09:00', '18:00'),
  };
  return { ...real, functional, reminderProfiles: [functional, payments, real.functionalOpen] };
});

const locality = localityOf('FR');
const printed = (language: Language): PrintedRule => {
  const rule = rulesInForce('2027-03-02', language).find(({ id }) => id === 'WIN-04');
  if (rule === undefined) throw new Error('No WIN-04 is in force.');
  return rule;
};
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
      decide({ purpose, at: paris('2027-03-02T10:00'), locality }).profile,
    ]).toEqual(Array.from({ length: 4 }, () => defaultProfile(purpose)));
    const { [`${purpose}_profile`]: own, profile } = printed('en').parameters;
    expect(own ?? profile).toBe(defaultProfile(purpose));
  });

  it('are printed with the law', () => {
    expect(printed('en').parameters).toMatchObject({
      profile: 'fr-functional',
      opens: '08:00',
      closes: '20:00',
      payment_profile: PAYMENTS,
      payment_opens: '09:00',
      payment_closes: '18:00',
    });
    expect(printed('en').reading).toContain(
      'we keep them between 08:00 and 20:00, those of a payment between 09:00 and 18:00, never from the event on.',
    );
    expect(printed('fr').reading).toContain(
      'entre 08h00 et 20h00, ceux d’un paiement entre 09h00 et 18h00, jamais',
    );
  });
});
