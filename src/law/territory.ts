export { isTimeZone } from './time-zone.ts';

/** The zones of each territory, the usual one first. */
const zones = {
  FR: ['Europe/Paris'],
  'FR-57': ['Europe/Paris'],
  'FR-67': ['Europe/Paris'],
  'FR-68': ['Europe/Paris'],
  GP: ['America/Guadeloupe'],
  MF: ['America/Marigot'],
  BL: ['America/St_Barthelemy'],
  MQ: ['America/Martinique'],
  GF: ['America/Cayenne'],
  RE: ['Indian/Reunion'],
  YT: ['Indian/Mayotte'],
  PM: ['America/Miquelon'],
  NC: ['Pacific/Noumea'],
  PF: ['Pacific/Tahiti', 'Pacific/Marquesas', 'Pacific/Gambier'],
  WF: ['Pacific/Wallis'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

/** A part of France that has its own list of public holidays. */
export type Territory = keyof typeof zones;

/** Every territory, mainland first. */
// oxfmt-ignore
export const TERRITORIES: readonly Territory[] = [
  'FR', 'FR-57', 'FR-67', 'FR-68', 'GP', 'MF', 'BL', 'MQ', 'GF', 'RE', 'YT', 'PM', 'NC', 'PF', 'WF',
];

/** What a window depends on: holidays of a territory, and a time zone. */
export interface Locality {
  readonly territory: Territory;
  /** IANA name. */
  readonly timeZone: string;
  /** All that the person may live in when it cannot be told; their holidays add up. */
  readonly candidates?: readonly Territory[];
  /** All the zones that the person may be in: a moment must then be lawful in each. */
  readonly timeZones?: readonly string[];
}

/** Whether a word names a territory. */
export function isTerritory(word: string): word is Territory {
  return Object.hasOwn(zones, word);
}

/** The zones in use in a territory, the usual one first. */
export function zonesOf(territory: Territory): readonly [string, ...string[]] {
  return zones[territory];
}

/** The locality of a territory, in its usual zone unless one is named. */
export function localityOf(territory: Territory, timeZone: string = zones[territory][0]): Locality {
  return { territory, timeZone };
}

/** The locality of somebody who lives in one of several territories, as behind +590. */
export function localityAmong(candidates: readonly [Territory, ...Territory[]]): Locality {
  const [first] = candidates;
  return candidates.length === 1 ? localityOf(first) : { ...localityOf(first), candidates };
}

/** Every territory whose holidays count at a locality. */
export function territoriesOf(locality: Locality): readonly Territory[] {
  return locality.candidates ?? [locality.territory];
}

/** Every zone whose clocks count at a locality. */
export function zonesAt(locality: Locality): readonly string[] {
  return locality.timeZones ?? [locality.timeZone];
}
