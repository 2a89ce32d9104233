import { describe, expect, it } from 'vitest';
import { alertsOf } from '../../../../src/operations/compliance/compliance.ts';

/** Returns the alerts of a period in which the slowest STOP took so many milliseconds. */
const alertsAfter = (maxMs: number): readonly string[] =>
  alertsOf(
    {
      attemptsOutsideWindow: 0,
      attemptsWithoutDecision: 0,
      stopDelay: { heard: 1, p50Ms: maxMs, p99Ms: maxMs, maxMs },
      leavings: [],
      uncertain: {
        openNow: 0,
        calls: {},
        ended: { accepted: 0, notAccepted: 0, sentAgain: 0, notSentAgain: 0, stillUnknown: 0 },
      },
      rights: { erasures: 0, erasuresDone: 0, erasuresLate: 0 },
    },
    { language: 'en', on: '2027-04-12' },
  );

describe('a compliance report', () => {
  it('raises an alert when STOP takes an hour', () => {
    expect(alertsAfter(3_600_000)).toEqual([]);
    expect(alertsAfter(3_600_001)).toEqual(['A STOP took more than one hour to take effect.']);
  });
});
