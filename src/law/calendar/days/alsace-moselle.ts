import type { TerritoryDay } from '../day.ts';
import { GOOD_FRIDAY } from './shared.ts';

const ALSACE = ['FR-57', 'FR-67', 'FR-68'] as const;

/** Moselle, Bas-Rhin and Haut-Rhin, besides the national days. */
export const alsaceMoselle: readonly TerritoryDay[] = [
  // L3134-13 keeps Good Friday in communes that have a Protestant temple; which ones is for the controller to say (WIN-09).
  {
    territories: ALSACE,
    ...GOOD_FRIDAY,
    class: 'local',
    source: 'Code du travail, art. L3134-13',
    mayBeOpen: true,
  },
  {
    territories: ALSACE,
    when: '12-26',
    name: '26 décembre',
    nameEn: 'St Stephen’s Day',
    class: 'local',
    source: 'Code du travail, art. L3134-13 ; ordonnance du 16 août 1892',
  },
];
