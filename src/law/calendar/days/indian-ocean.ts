import type { TerritoryDay } from '../day.ts';
import { L3422, SLAVERY } from './shared.ts';

/** La Réunion and Mayotte, besides the national days and custom. */
export const indianOcean: readonly TerritoryDay[] = [
  { territories: ['RE'], when: '12-20', ...SLAVERY, class: 'local', source: L3422 },
  { territories: ['YT'], when: '04-27', ...SLAVERY, class: 'local', source: L3422 },
];
