import type { TerritoryDay } from '../day.ts';
import { GOOD_FRIDAY, L3422, SLAVERY } from './shared.ts';

/** The Antilles and Guyane, besides the national days; Saint-Pierre keeps no other. */
export const americas: readonly TerritoryDay[] = [
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
];
