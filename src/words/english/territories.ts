import type { Translation } from '../translation.ts';
import type { territories as french } from '../french/territories.ts';

/** How people call each territory. */
export const territories: Translation<typeof french> = {
  FR: 'mainland France',
  'FR-57': 'Moselle',
  'FR-67': 'Bas-Rhin',
  'FR-68': 'Haut-Rhin',
  GP: 'Guadeloupe',
  MF: 'Saint Martin',
  BL: 'Saint Barthélemy',
  MQ: 'Martinique',
  GF: 'French Guiana',
  RE: 'Réunion',
  YT: 'Mayotte',
  PM: 'Saint Pierre and Miquelon',
  NC: 'New Caledonia',
  PF: 'French Polynesia',
  WF: 'Wallis and Futuna',
};
