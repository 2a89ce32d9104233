import { describe, expect, it } from 'vitest';
import { ending } from '../../../../src/reminders/series/reason.ts';
import { stepNotes, type Step } from '../../../../src/reminders/steps/step.ts';
import type { Eligibility } from '../../../../src/reminders/series/reminder-eligibility.repository.ts';

const standing = (locale: string, timeZone = 'Europe/Paris'): Eligibility => ({
  sendable: true,
  why: null,
  left: false,
  territory: 'FR',
  timeZone,
  locale,
  confirmationSkips: false,
  onDecline: 'nothing',
  ifLate: 'next-lawful',
  goodFriday: 'closed',
});

const step = (fields: Partial<Step>): Step => ({
  revision: 1,
  position: 0,
  step: 'P1D',
  facts: '',
  eventAt: '2027-03-04T09:00:00.000Z',
  wantedAt: '2027-03-03T09:00:00.000Z',
  plannedAt: '2027-03-03T09:00:00.000Z',
  state: 'planned',
  code: null,
  because: null,
  since: '2027-03-01T09:00:00.000Z',
  message: null,
  ...fields,
});

const left = step({
  state: 'sent',
  message: { state: 'delivered', reason: null, acceptedAt: '2027-03-03T09:00:02.000Z', markedMsAgo: 1 },
});

describe('what a page tells of a step', () => {
  it.each([
    [
      'is when it will leave',
      'fr',
      step({}),
      ['Rappel, 1 jour avant', 'prévu', 'mercredi 03/03 à 10h00', ''],
    ],
    ['is when it left', 'fr', left, ['Rappel, 1 jour avant', 'parti', 'mercredi 03/03 à 10h00', '']],
    [
      'is the wished moment and the reason',
      'en-GB',
      step({ state: 'skipped', plannedAt: null, because: ending('CONFIRMED') }),
      ['Reminder, 1 day before', 'not sent', 'Wednesday 03/03 at 10:00', 'The person confirmed.'],
    ],
  ])('%s', (_, locale, one, told) => {
    expect(stepNotes([one], standing(locale)).map(Object.values)).toEqual([told]);
  });

  it('uses the recipient’s clock', () => {
    expect(stepNotes([step({})], standing('fr', 'Indian/Reunion'))[0]?.moment).toBe('mercredi 03/03 à 13h00');
  });

  it('shows only a series’ last twenty steps', () => {
    const many = Array.from({ length: 50 }, (_, position) => step({ position, step: `P${position}D` }));
    const told = stepNotes(many, standing('fr'));
    expect([told.length, told[0]?.step, told.at(-1)?.step]).toEqual([
      20,
      'Rappel, 30 jours avant',
      'Rappel, 49 jours avant',
    ]);
  });
});
