import type { Territory } from '../territory.ts';
import { easterPlus } from './easter.ts';
import type { Holiday, HolidayClass } from './holiday.ts';

/** A day that one territory keeps besides the national ones. */
interface TerritoryDay {
  readonly territories: readonly Territory[];
  /** Month and day, or days after Easter Sunday. */
  readonly when: string | number;
  readonly name: string;
  readonly nameEn: string;
  readonly class: Exclude<HolidayClass, 'national'>;
  readonly source: string;
  /** First and last year, both kept; absent when the row has no such bound. */
  readonly from?: number;
  readonly until?: number;
}

const SLAVERY = { name: 'abolition de l’esclavage', nameEn: 'Abolition of Slavery' };
const GOOD_FRIDAY = { when: -2, name: 'Vendredi saint', nameEn: 'Good Friday' };
const L3422 = 'Code du travail, art. L3422-2';
const ALSACE = ['FR-57', 'FR-67', 'FR-68'] as const;

/** A change of law adds a row and ends another; no row is ever rewritten. */
const rows: readonly TerritoryDay[] = [
  // L3134-13 keeps Good Friday in communes that have a Protestant temple; which ones cannot be told.
  { territories: ALSACE, ...GOOD_FRIDAY, class: 'local', source: 'Code du travail, art. L3134-13' },
  {
    territories: ALSACE,
    when: '12-26',
    name: '26 décembre',
    nameEn: 'St Stephen’s Day',
    class: 'local',
    source: 'Code du travail, art. L3134-13 ; ordonnance du 16 août 1892',
  },
  { territories: ['GP'], when: '05-27', ...SLAVERY, class: 'local', source: L3422 },
  { territories: ['MF'], when: '05-27', ...SLAVERY, class: 'local', source: L3422 },
  // The code writes 27 May; circulars and the prefecture apply 28 May. In doubt both are kept.
  {
    territories: ['MF'],
    when: '05-28',
    ...SLAVERY,
    class: 'soft',
    source: 'Préfecture de Saint-Martin, depuis 2018 ; etalab',
    from: 2018,
  },
  { territories: ['BL'], when: '10-09', ...SLAVERY, class: 'local', source: L3422 },
  { territories: ['MQ'], when: '05-22', ...SLAVERY, class: 'local', source: L3422 },
  { territories: ['GF'], when: '06-10', ...SLAVERY, class: 'local', source: L3422 },
  { territories: ['RE'], when: '12-20', ...SLAVERY, class: 'local', source: L3422 },
  { territories: ['YT'], when: '04-27', ...SLAVERY, class: 'local', source: L3422 },
  { territories: ['GP', 'MQ'], ...GOOD_FRIDAY, class: 'soft', source: 'date-holidays ; vacanza/holidays' },
  { territories: ['BL'], ...GOOD_FRIDAY, class: 'soft', source: 'date-holidays (bank)' },
  {
    territories: ['GP', 'MQ'],
    when: '07-21',
    name: 'fête Victor Schœlcher',
    nameEn: 'Victor Schœlcher Day',
    class: 'soft',
    source: 'Etalab ; vacanza/holidays',
  },
  {
    territories: ['GP'],
    when: -24,
    name: 'Mi-Carême',
    nameEn: 'Mid-Lent',
    class: 'soft',
    source: 'vacanza/holidays',
  },
  {
    territories: ['NC'],
    when: '09-24',
    name: 'fête de la citoyenneté',
    nameEn: 'Citizenship Day',
    class: 'local',
    source: 'Nouvelle-Calédonie ; date-holidays',
  },
  {
    territories: ['PF'],
    when: '03-05',
    name: 'arrivée de l’Évangile',
    nameEn: 'Missionary Day',
    class: 'local',
    source: 'Polynésie française, code du travail',
  },
  { territories: ['PF'], ...GOOD_FRIDAY, class: 'local', source: 'Polynésie française, code du travail' },
  {
    territories: ['PF'],
    when: '06-29',
    name: 'fête de l’autonomie',
    nameEn: 'Autonomy Day',
    class: 'local',
    source: 'Polynésie française, code du travail',
    until: 2025,
  },
  {
    territories: ['PF'],
    when: '11-20',
    name: 'Matari’i i ni’a',
    nameEn: 'Matari’i i ni’a',
    class: 'local',
    source: 'Polynésie française, loi du pays votée le 6 mai 2025',
    from: 2026,
  },
  {
    territories: ['WF'],
    when: '04-28',
    name: 'Saint Pierre Chanel',
    nameEn: 'St Peter Chanel',
    class: 'local',
    source: 'Wallis-et-Futuna, arrêté annuel du préfet',
  },
  {
    territories: ['WF'],
    when: '06-29',
    name: 'Saints Pierre et Paul',
    nameEn: 'Saints Peter and Paul',
    class: 'soft',
    source: 'Wallis-et-Futuna, arrêté annuel du préfet ; date-holidays',
  },
  {
    territories: ['WF'],
    when: '07-29',
    name: 'fête du Territoire',
    nameEn: 'Territory Day',
    class: 'local',
    source: 'Wallis-et-Futuna, arrêté annuel du préfet',
  },
];

/** The days that a territory kept in a year besides the national ones. */
export function territoryDays(territory: Territory, year: number): readonly Holiday[] {
  return rows
    .filter((row) => row.territories.includes(territory))
    .filter((row) => (row.from ?? year) <= year && year <= (row.until ?? year))
    .map((row) => ({
      on: typeof row.when === 'number' ? easterPlus(year, row.when) : `${year}-${row.when}`,
      name: row.name,
      nameEn: row.nameEn,
      class: row.class,
      source: row.source,
    }));
}
