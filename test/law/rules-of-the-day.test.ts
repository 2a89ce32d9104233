import { describe, expect, test } from 'vitest';
import { decide } from '../../src/law/decide/decide.ts';
import { localityOf } from '../../src/rule/territory.ts';
import { at, wall } from './conditions.ts';

const asked = (moment: string, profile: string, rulesOn?: string) => {
  const { verdict, because, ...rest } = decide({
    purpose: 'marketing',
    at: at('FR', moment),
    locality: localityOf('FR'),
    profile,
    ...(rulesOn === undefined ? {} : { rulesOn }),
  });
  return [verdict, wall(rest.until) ?? because?.ruleId];
};

describe('a past decision', () => {
  test.each([
    [
      '21:45 in 2025 was lawful under 2024’s charter',
      '2025-03-11T21:45',
      'fr-charter-2024',
      'allow',
      '2025-03-11T22:00',
    ],
    ['a Sunday of 2025 was not', '2025-03-16T12:00', 'fr-charter-2024', 'hold', '2025-03-17T08:00'],
    [
      'the last evening of the charter of 2024',
      '2026-02-28T21:59',
      'fr-charter-2024',
      'allow',
      '2026-02-28T22:00',
    ],
    ['the first day after it has other rules', '2026-03-01T12:00', 'fr-charter-2024', 'refuse', 'WIN-05'],
    [
      'a Sunday is tolerated by the 2026 charter',
      '2026-03-15T12:00',
      'fr-charter-2026',
      'allow',
      '2026-03-15T21:30',
    ],
    ['the 2026 charter was silent in 2025', '2025-03-11T12:00', 'fr-charter-2026', 'refuse', 'WIN-05'],
  ])('%s', (...row) => {
    const [, moment, profile, verdict, rest] = row;
    expect(asked(moment, profile)).toEqual([verdict, rest]);
  });

  test('is recomputed by the rules of its day', () => {
    expect(asked('2027-03-16T21:45', 'fr-charter-2024', '2024-10-01')).toEqual(['allow', '2027-03-16T22:00']);
    expect(asked('2027-03-16T21:45', 'fr-charter-2026', '2026-03-01')).toEqual(['hold', '2027-03-17T08:00']);
    expect(asked('2027-03-16T12:00', 'fr-charter-2026', '2024-10-01')).toEqual(['refuse', 'WIN-05']);
  });

  test.each(['1990-01-01', '2027-02-31', 'hier', ''])('by the rules of %j is refused', (day) => {
    expect(asked('2027-03-16T12:00', 'fr-seed-strict', day)[0]).toBe('refuse');
  });
});
