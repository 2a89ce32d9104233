import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { BASES, basisAllowed } from '../../src/law/chapters/consent.ts';
import { decide } from '../../src/law/decide/decide.ts';
import { ruleNamed, rules, rulesInForce, timingRules } from '../../src/law/book.ts';
import { closuresAt } from '../../src/law/decide/lawful-moment.ts';
import { hoursOn, profiles } from '../../src/law/profile.ts';
import { REMINDERS } from '../../src/rule/rule.ts';
import { localityOf, TERRITORIES } from '../../src/rule/territory.ts';
import { under } from './conditions.ts';

const WEEK = [1, 2, 3, 4, 5, 6, 7] as const;

describe('a text that is still to be read', () => {
  test('shows the day of its last reading', () => {
    const told = new Set(rules.map((rule) => rule.confidence));
    expect([...told].toSorted()).toEqual(['read', 'secondary', 'to-confirm']);
    expect(rulesInForce('2027-01-01').filter((rule) => !/^\d{4}-\d\d-\d\d$/.test(rule.readOn))).toEqual([]);
  });

  test('justifies no basis for a message', () => {
    const admitting = ['marketing' as const, ...REMINDERS].flatMap((purpose) =>
      BASES.map((basis) => basisAllowed(purpose, basis, '2027-01-01')).filter(({ allowed }) => allowed),
    );
    const weak = admitting.filter(
      ({ ruleId }) => ruleNamed(ruleId, '2027-01-01')?.confidence === 'to-confirm',
    );
    expect(weak).toEqual([]);
  });

  test('lets no answer out at night', () => {
    const at = DateTime.fromISO('2027-03-28T03:00:00Z');
    const decision = decide({ purpose: 'acknowledgement', at, locality: localityOf('FR') });
    const opening = decision.rules.filter((line) => line.effect === 'allows');
    expect(opening.map((line) => ruleNamed(line.id, '2027-03-28')?.confidence)).not.toContain('to-confirm');
  });

  test('makes no profile wider than the strict one', () => {
    const [strict] = profiles;
    const wider = profiles
      .filter((profile) => profile.confidence === 'to-confirm')
      .filter(
        (profile) =>
          profile.sundays !== 'closed' ||
          profile.holidays !== 'closed' ||
          WEEK.some((day) => strict && hoursOn(profile, day).opens < hoursOn(strict, day).opens),
      );
    expect(wider).toEqual([]);
  });

  test.each(TERRITORIES)('only ever closes moments, also in %s', (territory) => {
    const conditions = under('fr-seed-strict', territory);
    const first = DateTime.fromISO('2026-12-20T00:00', { zone: conditions.locality.timeZone });
    const open = Array.from({ length: 72 }, (_, turn) => first.plus({ hours: 7 * turn })).filter(
      (moment) => closuresAt(moment, conditions).length === 0,
    );
    const without = timingRules.map((rule) => timingRules.filter((other) => other !== rule));
    expect(open.length).toBeGreaterThan(10);
    expect(open.flatMap((moment) => without.flatMap((some) => closuresAt(moment, conditions, some)))).toEqual(
      [],
    );
  });
});
