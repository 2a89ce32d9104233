import { describe, expect, it } from 'vitest';
import { ReportPace } from '../../../../src/platform/journal/gate-report.ts';

const told = (pace: ReportPace, began: number, tookMs: number, isAnswered = true): number => {
  pace.ended({ began, at: began + tookMs, isAnswered });
  return began + tookMs;
};

describe('the pace of reports', () => {
  it('is slow after a second without fast answers', () => {
    const pace = new ReportPace(0);
    expect([pace.isSlow(1_000), pace.isSlow(1_001)]).toEqual([false, true]);
    told(pace, 1_000, 400);
    expect([pace.isSlow(2_400), pace.isSlow(2_401)]).toEqual([false, true]);
    told(pace, 2_000, 401);
    told(pace, 2_500, 1, false);
    expect(pace.isSlow(2_501)).toBe(true);
  });

  it('is well after four seconds of fast answers', () => {
    const pace = new ReportPace(0);
    told(pace, 0, 500);
    for (let at = 500; at < 4_500; at += 500) expect(pace.isWell(told(pace, at, 10))).toBe(false);
    const at = told(pace, 4_500, 10);
    expect([pace.isWell(at), pace.isWell(at + 1_000), pace.isWell(at + 1_001)]).toEqual([true, true, false]);
    told(pace, 5_000, 10, false);
    expect(pace.isWell(told(pace, 5_500, 10))).toBe(false);
  });

  it('is away without any answer for three seconds', () => {
    const pace = new ReportPace(0);
    told(pace, 0, 1_000);
    told(pace, 3_000, 1_000, false);
    expect([pace.isAway(4_000), pace.isAway(4_001)]).toEqual([false, true]);
  });

  it('may help others within three seconds of one', () => {
    const pace = new ReportPace(0);
    told(pace, 1_000, 1_000);
    expect([pace.isFit(3_000), pace.isFit(3_001)]).toEqual([true, false]);
  });
});
