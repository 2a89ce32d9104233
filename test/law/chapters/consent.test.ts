import { describe, expect, test } from 'vitest';
import { ageOn, BASES, basisAllowed, isMinorOn } from '../../../src/law/chapters/consent.ts';
import { REMINDERS } from '../../../src/rule/rule.ts';

describe('a basis', () => {
  test.each([
    ['consent', true, false],
    ['contract', false, false],
    ['legitimate_interest', true, true],
  ] as const)('%s for advertising: allowed %s, opened %s', (basis, allowed, onlyIfOpened) => {
    expect(basisAllowed('marketing', basis, '2027-03-10')).toEqual({
      allowed,
      onlyIfOpened,
      ruleId: 'CON-01',
    });
  });

  test('of any kind may carry a reminder', () => {
    const answers = REMINDERS.flatMap((purpose) =>
      BASES.map((basis) => basisAllowed(purpose, basis, '2027-03-10')),
    );
    expect(answers.filter((answer) => !answer.allowed || answer.ruleId !== 'CON-02')).toEqual([]);
  });
});

describe('a person', () => {
  test.each([
    ['2009-03-10', '2027-03-09', 17],
    ['2009-03-10', '2027-03-10', 18],
    ['2008-02-29', '2026-02-28', 17],
    ['2008-02-29', '2026-03-01', 18],
    ['2008-02-29', '2028-02-29', 20],
  ])('born on %s is, on %s, aged %i', (born, on, age) => {
    expect(ageOn(born, on)).toBe(age);
  });

  test('receives no advertising the day before turning eighteen', () => {
    expect([isMinorOn('2009-03-10', '2027-03-09'), isMinorOn('2009-03-10', '2027-03-10')]).toEqual([
      true,
      false,
    ]);
  });

  test('with an unreadable birth date is no adult', () => {
    expect(isMinorOn('10/03/2009', '2027-03-10')).toBe(true);
  });
});
