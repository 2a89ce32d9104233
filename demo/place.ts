const ZONES: Readonly<Record<string, readonly [zone: string, name: string]>> = {
  'FR-57': ['Europe/Paris', 'Alsace-Moselle'],
  'FR-67': ['Europe/Paris', 'Alsace-Moselle'],
  'FR-68': ['Europe/Paris', 'Alsace-Moselle'],
  GP: ['America/Guadeloupe', 'Guadeloupe'],
  MF: ['America/Marigot', 'Saint-Martin'],
  BL: ['America/St_Barthelemy', 'Saint-Barthélemy'],
  MQ: ['America/Martinique', 'Martinique'],
  GF: ['America/Cayenne', 'Guyane'],
  RE: ['Indian/Reunion', 'La Réunion'],
  YT: ['Indian/Mayotte', 'Mayotte'],
  PM: ['America/Miquelon', 'Saint-Pierre-et-Miquelon'],
  NC: ['Pacific/Noumea', 'Nouvelle-Calédonie'],
  PF: ['Pacific/Tahiti', 'Polynésie'],
  WF: ['Pacific/Wallis', 'Wallis-et-Futuna'],
};

/** The hour that counts there. */
export const zoneOf = (territory: string): string => ZONES[territory]?.[0] ?? 'Europe/Paris';

/** What people call it. */
export const placeOf = (territory: string): string => ZONES[territory]?.[1] ?? 'mainland';

/** `1 person`, `12 people`. */
export const counting = (count: number, one: string, several: string): string =>
  `${count} ${count === 1 ? one : several}`;
