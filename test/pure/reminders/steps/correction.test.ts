import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { localityOf } from '../../../../src/rule/territory.ts';
import { correctionOwed, type CorrectionQuestion } from '../../../../src/reminders/steps/owed-steps.ts';

const paris = (at: string): DateTime => DateTime.fromISO(at, { zone: 'Europe/Paris' });

interface Case {
  readonly told?: string;
  readonly saidCancelled?: true;
  /** Null: cancelled. */
  readonly now: string | null;
  readonly changedAt: string;
  readonly lookedAt?: string;
  readonly barred?: 'NO_BASIS';
}

const question = ({ told, saidCancelled, now, changedAt, lookedAt, barred }: Case): CorrectionQuestion => ({
  purpose: 'appointment',
  said:
    told === undefined ? undefined : { facts: told, eventAt: paris(told), cancelled: saidCancelled ?? false },
  current: now === null ? { kind: 'cancelled' } : { kind: 'moved', facts: now, eventAt: paris(now) },
  changedAt: paris(changedAt),
  now: paris(lookedAt ?? changedAt),
  locality: localityOf('FR'),
  exclusion: barred ?? null,
});

const shown = (about: Case): string => {
  const owed = correctionOwed(question(about));
  if (owed === undefined) return 'none';
  return owed.plannedAt === undefined
    ? `impossible ${owed.reason?.code}`
    : `${owed.step} ${owed.plannedAt.toFormat("MM-dd'T'HH:mm")}`;
};

describe('a correction', () => {
  it.each<[string, Case, string]>([
    ['is not owed when nothing was said', { now: '2027-03-04T10:00', changedAt: '2027-03-02T09:00' }, 'none'],
    [
      'leaves five minutes after the move',
      { told: '2027-03-03T15:00', now: '2027-03-04T10:00', changedAt: '2027-03-02T09:00' },
      'moved 03-02T09:05',
    ],
    [
      'waits for the morning',
      { told: '2027-03-03T15:00', now: '2027-03-04T10:00', changedAt: '2027-03-02T21:00' },
      'moved 03-03T08:00',
    ],
    [
      'waits over a Sunday',
      { told: '2027-03-08T11:00', now: '2027-03-09T10:00', changedAt: '2027-03-06T19:58' },
      'moved 03-08T08:00',
    ],
    [
      'is impossible when Monday eight is too late',
      { told: '2027-03-08T09:30', now: '2027-03-09T10:00', changedAt: '2027-03-06T19:58' },
      'impossible LATE_BOOKING',
    ],
    [
      'looks at the earlier of the two events',
      { told: '2027-03-10T15:00', now: '2027-03-03T11:00', changedAt: '2027-03-03T08:54' },
      'moved 03-03T08:59',
    ],
    [
      'is impossible from two hours before it',
      { told: '2027-03-10T15:00', now: '2027-03-03T11:00', changedAt: '2027-03-03T08:55' },
      'impossible LATE_BOOKING',
    ],
    [
      'is not owed when it moved back',
      { told: '2027-03-03T15:00', now: '2027-03-03T15:00', changedAt: '2027-03-02T09:00' },
      'none',
    ],
    [
      'tells of a cancellation',
      { told: '2027-03-03T15:00', now: null, changedAt: '2027-03-02T09:00' },
      'cancelled 03-02T09:05',
    ],
    [
      'tells of it once',
      { told: '2027-03-03T15:00', saidCancelled: true, now: null, changedAt: '2027-03-02T09:00' },
      'none',
    ],
    [
      'takes back a cancellation',
      {
        told: '2027-03-03T15:00',
        saidCancelled: true,
        now: '2027-03-03T15:00',
        changedAt: '2027-03-02T09:00',
      },
      'moved 03-02T09:05',
    ],
    [
      'leaves history alone',
      { told: '2027-03-03T15:00', now: '2027-05-04T10:00', changedAt: '2027-03-03T15:00' },
      'none',
    ],
    [
      'into the past cannot be told',
      { told: '2027-03-10T15:00', now: '2027-03-01T11:00', changedAt: '2027-03-03T09:00' },
      'impossible LATE_BOOKING',
    ],
    [
      'needs a basis',
      { told: '2027-03-03T15:00', now: null, changedAt: '2027-03-02T09:00', barred: 'NO_BASIS' },
      'impossible NO_BASIS',
    ],
    [
      'held back until too late is impossible',
      { told: '2027-03-03T15:00', now: null, changedAt: '2027-03-02T09:00', lookedAt: '2027-03-03T13:00' },
      'impossible LATE_BOOKING',
    ],
  ])('%s', (_, about, outcome) => {
    expect(shown(about)).toBe(outcome);
  });
});
