import { readFile } from 'node:fs/promises';
import { gaussEaster } from '../../law/oracle/oracle.ts';
import type { RestDays } from './date-oracle.ts';

interface Zone {
  /** The beginning of its postal codes. */
  readonly codes: RegExp;
  /** Its name in the state's list. */
  readonly name: string;
  /** Days on which the sources disagree, counted from Easter or named: kept, in doubt. */
  readonly disputed: readonly (number | string)[];
}

const ZONES: readonly Zone[] = [
  { codes: /^(?:57|67|68)/, name: 'Alsace-Moselle', disputed: [] },
  { codes: /^971/, name: 'Guadeloupe', disputed: ['07-21', -2, -24] },
  { codes: /^972/, name: 'Martinique', disputed: ['07-21', -2] },
  { codes: /^974/, name: 'La Réunion', disputed: [] },
  { codes: /^/, name: 'Métropole', disputed: [] },
];
const YEARS = [2026, 2027, 2028] as const;

/** Days of rest of a postal code, by the state's own list and what others add to it. */
export async function restDays(): Promise<(postalCode: string) => RestDays> {
  const text = await readFile(new URL('../../law/etalab/jours_feries.csv', import.meta.url), 'utf8');
  const days = text
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(','));
  const known = new Map(
    ZONES.map((zone) => {
      const listed = days.flatMap(([date = '', , zones = '']) =>
        zones.split('|').includes(zone.name) ? [date] : [],
      );
      return [zone, new Set([...listed, ...disputedDays(zone)])] as const;
    }),
  );
  return (postalCode) => {
    const zone = ZONES.find(({ codes }) => codes.test(postalCode));
    return (zone && known.get(zone)) ?? new Set();
  };
}

const disputedDays = ({ disputed }: Zone): string[] =>
  YEARS.flatMap((year) => disputed.map((day) => dateOf(year, day)));

const dateOf = (year: number, day: number | string): string =>
  typeof day === 'string'
    ? `${year}-${day}`
    : new Date((gaussEaster(year) + day) * 86_400_000).toISOString().slice(0, 10);
