import type { Territory } from '../territory.ts';
import { alsaceMoselle } from './days/alsace-moselle.ts';
import { americas } from './days/americas.ts';
import { indianOcean } from './days/indian-ocean.ts';
import { pacific } from './days/pacific.ts';
import { easterPlus } from './easter.ts';
import type { Holiday, HolidayClass } from './holiday.ts';

/** A day that one territory keeps besides the national ones. */
export interface TerritoryDay {
  readonly territories: readonly Territory[];
  /** Month and day, or days after Easter Sunday. */
  readonly when: string | number;
  readonly name: string;
  readonly nameEn: string;
  readonly class: Exclude<HolidayClass, 'national'>;
  readonly source: string;
  /** Whether somebody may say that the day is none where their people live (WIN-09). */
  readonly mayBeOpen?: true;
  /** First and last year, both kept; absent when the row has no such bound. */
  readonly from?: number;
  readonly until?: number;
}

/** A change of law adds a row and ends another; no row is ever rewritten. */
const rows: readonly TerritoryDay[] = [...alsaceMoselle, ...americas, ...indianOcean, ...pacific];

/** The days that a territory kept in a year besides the national ones. */
export function territoryDays(territory: Territory, year: number): readonly Holiday[] {
  return rows
    .filter((row) => row.territories.includes(territory))
    .filter((row) => (row.from ?? year) <= year && year <= (row.until ?? year))
    .map((row) => inYear(row, year));
}

const inYear = ({ when, name, nameEn, source, mayBeOpen, ...row }: TerritoryDay, year: number): Holiday => ({
  on: typeof when === 'number' ? easterPlus(year, when) : `${year}-${when}`,
  name,
  nameEn,
  class: row.class,
  source,
  ...(mayBeOpen === undefined ? {} : { mayBeOpen }),
});
