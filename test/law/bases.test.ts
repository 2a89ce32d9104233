import { describe, expect, test } from 'vitest';
import { BASES, basisAllowed } from '../../src/law/bases.ts';
import { REMINDERS } from '../../src/law/rule.ts';

describe('a basis', () => {
  test.each([
    ['consent', true, false],
    ['contract', false, false],
    ['legitimate_interest', true, true],
  ] as const)(
    '%s for advertising: allowed %s, only when an admin opened it %s',
    (basis, allowed, onlyIfOpened) => {
      expect(basisAllowed('marketing', basis)).toEqual({ allowed, onlyIfOpened, ruleId: 'CON-01' });
    },
  );

  test('of any kind may carry a reminder', () => {
    const answers = REMINDERS.flatMap((purpose) => BASES.map((basis) => basisAllowed(purpose, basis)));
    expect(answers.filter((answer) => !answer.allowed || answer.ruleId !== 'CON-02')).toEqual([]);
  });
});
