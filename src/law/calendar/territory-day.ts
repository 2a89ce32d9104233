import type { Territory } from '../territory.ts';
import type { Holiday, TerritoryDay } from './day.ts';
import { alsaceMoselle } from './days/alsace-moselle.ts';
import { americas } from './days/americas.ts';
import { indianOcean } from './days/indian-ocean.ts';
import { pacific } from './days/pacific.ts';
import { easterPlus } from './easter.ts';

/** A change of law adds a row and ends another; no row is ever rewritten. */
const rows: readonly TerritoryDay[] = [...alsaceMoselle, ...americas, ...indianOcean, ...pacific];

/** Returns the days that a territory kept in a year besides the national ones. */
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
