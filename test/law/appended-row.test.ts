import { describe, expect, test, vi } from 'vitest';
import { decide } from '../../src/law/decide.ts';
import { ruleNamed, rulesInForce } from '../../src/law/index.ts';
import { localityOf } from '../../src/law/territory.ts';
import type { TimingRule } from '../../src/law/timing-rule.ts';
import { windows } from '../../src/law/windows.ts';
import { at, wall } from './conditions.ts';

const { LAST_DAY, CHANGE, weekend } = vi.hoisted(() => ({
  LAST_DAY: '2027-12-31',
  CHANGE: '2028-01-01',
  /** From the change on, Saturdays rest too. */
  weekend:
    (rule: TimingRule): TimingRule['bars'] =>
    (moment, conditions) => {
      if (moment.weekday !== 6) return rule.bars(moment, conditions);
      const sunday = rule.bars(moment.plus({ days: 1 }), conditions);
      return sunday && { ...sunday, from: moment.startOf('day'), until: sunday.from };
    },
}));

/** The book as it would be printed after a change of law: one row ended, one row added, none rewritten. */
vi.mock('../../src/law/chapters/windows.ts', async (original) => {
  const book = await original<typeof import('../../src/law/chapters/windows.ts')>();
  const appended = book.timingRules.flatMap((rule): TimingRule[] =>
    rule.id === 'WIN-02'
      ? [
          { ...rule, inForceUntil: LAST_DAY },
          { ...rule, inForceFrom: CHANGE, level: 'LAW', bars: weekend(rule) },
        ]
      : [rule],
  );
  const others = book.windowRules.filter((rule) => !book.timingRules.some((timing) => timing === rule));
  return { ...book, timingRules: appended, windowRules: [...appended, ...others] };
});

vi.mock('../../src/law/profile/seed-strict.ts', async (original) => {
  const { seedStrict } = await original<typeof import('../../src/law/profile/seed-strict.ts')>();
  return { seedStrict: { ...seedStrict, inForceUntil: LAST_DAY } };
});
vi.mock('../../src/law/profile/ultra.ts', async (original) => {
  const { ultra } = await original<typeof import('../../src/law/profile/ultra.ts')>();
  return { ultra: { ...ultra, id: 'fr-seed-strict', inForceFrom: CHANGE } };
});

const asked = (moment: string, rulesOn?: string) => {
  const question = { purpose: 'marketing', at: at('FR', moment), locality: localityOf('FR') } as const;
  const decision = decide(rulesOn === undefined ? question : { ...question, rulesOn });
  return [decision.verdict, wall(decision.until)];
};

describe('a law that changed', () => {
  test('is named by the row of the day asked', () => {
    expect([ruleNamed('WIN-02', LAST_DAY)?.level, ruleNamed('WIN-02', CHANGE)?.level]).toEqual([
      'SEED',
      'LAW',
    ]);
    expect(rulesInForce('2028-06-01').filter(({ id }) => id === 'WIN-02')).toHaveLength(1);
  });

  test.each([
    ['closes nothing more before its day', '2027-12-18T10:00', ['allow', '2027-12-18T20:00']],
    ['closes Saturdays from its day on', '2028-01-08T10:00', ['hold', '2028-01-10T10:00']],
    [
      'changes the hours at the turn, to a message that waits over it',
      '2027-12-31T20:00',
      ['hold', '2028-01-03T10:00'],
    ],
  ])('%s', (_sentence, moment, answer) => {
    expect(asked(moment)).toEqual(answer);
  });

  test('leaves a past decision as it was, computed again by the rules of its day', () => {
    expect(asked('2028-01-08T09:00', '2027-12-01')).toEqual(['allow', '2028-01-08T20:00']);
    expect(asked('2027-12-18T10:00', '2028-02-01')).toEqual(['hold', '2027-12-20T10:00']);
  });

  test('is drawn in a calendar by the row of each day, or of the day named', () => {
    const stretch = { from: at('FR', '2027-12-31'), to: at('FR', '2028-01-08') };
    const drawn = (rulesOn?: string) =>
      windows({
        profile: 'fr-seed-strict',
        locality: localityOf('FR'),
        ...stretch,
        ...(rulesOn === undefined ? {} : { rulesOn }),
      }).windows.map(({ opensAt }) => wall(opensAt));
    expect([drawn()[0], drawn()[1], drawn().at(-1)]).toEqual([
      '2027-12-31T08:00',
      '2028-01-03T10:00',
      '2028-01-07T10:00',
    ]);
    expect(drawn('2027-12-01').at(-1)).toBe('2028-01-08T08:00');
  });
});
