import type { Holiday } from './day.ts';
import { easterPlus } from './easter.ts';

const SOURCE = 'Code du travail, art. L3133-1';

/** Month and day, or days after Easter Sunday; then the name in French and English. */
const rows: readonly (readonly [string | number, string, string])[] = [
  ['01-01', '1er janvier', 'New Year’s Day'],
  [1, 'lundi de Pâques', 'Easter Monday'],
  ['05-01', '1er mai', 'Labour Day'],
  ['05-08', '8 mai', 'Victory Day, 8 May'],
  [39, 'Ascension', 'Ascension Day'],
  [50, 'lundi de Pentecôte', 'Whit Monday'],
  ['07-14', '14 juillet', 'Bastille Day'],
  ['08-15', 'Assomption', 'Assumption'],
  ['11-01', 'Toussaint', 'All Saints’ Day'],
  ['11-11', '11 novembre', 'Armistice Day'],
  ['12-25', 'Noël', 'Christmas Day'],
];

/**
 * The eleven days of the Labour Code, L3133-1.
 *
 * Read: no other day is given when one falls on a Sunday, and the *journée de solidarité* does not
 * take Whit Monday off the list. Two of them may fall on one date (8 May and Ascension in 2059).
 */
export function nationalDays(year: number): readonly Holiday[] {
  return rows.map(([when, name, nameEn]) => ({
    on: typeof when === 'number' ? easterPlus(year, when) : `${year}-${when}`,
    name,
    nameEn,
    class: 'national',
    source: SOURCE,
  }));
}
