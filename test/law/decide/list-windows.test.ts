import { describe, expect, test } from 'vitest';
import { localityOf, type Territory } from '../../../src/rule/territory.ts';
import { windows } from '../../../src/law/decide/list-windows.ts';
import { at } from '../conditions.ts';

const between = (territory: Territory, from: string, to: string) =>
  windows({
    profile: 'fr-seed-strict',
    locality: localityOf(territory),
    from: at(territory, from),
    to: at(territory, to),
  });

/** The Sunday on which summer time begins, in Paris. */
const underProfile = (profile: string) =>
  windows({ profile, locality: localityOf('FR'), from: at('FR', '2027-03-28'), to: at('FR', '2027-03-28') });

describe('the windows of Easter 2027', () => {
  const easter = between('FR', '2027-03-26', '2027-03-30');

  test('are Friday, Saturday and Tuesday in Paris', () => {
    expect(easter.windows.map(({ opensAt, closesAt }) => `${opensAt.toISO()} ${closesAt.toISO()}`)).toEqual([
      '2027-03-26T08:00:00.000+01:00 2027-03-26T20:00:00.000+01:00',
      '2027-03-27T08:00:00.000+01:00 2027-03-27T20:00:00.000+01:00',
      '2027-03-30T08:00:00.000+02:00 2027-03-30T20:00:00.000+02:00',
    ]);
  });

  test('are closed Sunday and Monday by different rules', () => {
    expect(easter.closed).toMatchObject([
      { on: '2027-03-28', because: [{ ruleId: 'WIN-02', title: 'Pas de SMS le dimanche' }] },
      { on: '2027-03-29', because: [{ ruleId: 'WIN-03', text: 'jour férié, lundi de Pâques' }] },
    ]);
  });

  test('are closed on Good Friday in Strasbourg too', () => {
    expect(between('FR-67', '2027-03-26', '2027-03-30').closed.map((day) => day.on)).toEqual([
      '2027-03-26',
      '2027-03-28',
      '2027-03-29',
    ]);
  });
});

describe('a day', () => {
  test('on All Saints’ Sunday is closed by both', () => {
    const { closed, windows: open } = between('PM', '2026-11-01', '2026-11-01');
    expect(open).toEqual([]);
    expect(closed[0]?.because.map((reason) => reason.ruleId)).toEqual(['WIN-02', 'WIN-03']);
  });

  test('under an unknown profile is closed, and explained', () => {
    expect(underProfile('fr-night').closed).toMatchObject([
      { on: '2027-03-28', because: [{ ruleId: 'WIN-05' }] },
    ]);
  });

  test('beyond the calendar is closed', () => {
    expect(between('FR', '2060-12-31', '2061-01-02').closed.map((day) => day.on)).toEqual([
      '2061-01-01',
      '2061-01-02',
    ]);
  });

  test('opened by an admin is open all day', () => {
    const [day] = underProfile('fr-functional-open').windows;
    expect(day?.closesAt.diff(day.opensAt).as('hours')).toBe(23);
  });
});

describe('a year', () => {
  test('has every day once, open or closed', () => {
    for (const territory of ['FR', 'PM', 'NC', 'PF', 'WF'] as const) {
      const year = between(territory, '2028-01-01', '2028-12-31');
      const days = [
        ...year.windows.map(({ opensAt }) => opensAt.toISODate()),
        ...year.closed.map((day) => day.on),
      ];
      expect(new Set(days).size).toBe(366);
      expect(days).toHaveLength(366);
    }
  });

  test('read backwards is empty', () => {
    expect(between('FR', '2028-01-02', '2028-01-01')).toEqual({ windows: [], closed: [], warnings: [] });
  });
});
