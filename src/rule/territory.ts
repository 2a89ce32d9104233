import { distinctClocks } from './time-zone.ts';

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
  // The westernmost first: it is the last to begin a day, so that nobody comes of age too soon.
  PF: ['Pacific/Tahiti', 'Pacific/Marquesas', 'Pacific/Gambier'],
  WF: ['Pacific/Wallis'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

/** A part of France with its own list of public holidays. */
export type Territory = keyof typeof zones;

/** Every territory, mainland first. */
// oxfmt-ignore
export const TERRITORIES: readonly Territory[] = [
  'FR', 'FR-57', 'FR-67', 'FR-68', 'GP', 'MF', 'BL', 'MQ', 'GF', 'RE', 'YT', 'PM', 'NC', 'PF', 'WF',
];

/** The choices on Good Friday in the communes of Moselle, Bas-Rhin and Haut-Rhin. */
export const GOOD_FRIDAY_CHOICES = ['closed', 'open'] as const;

export type GoodFridayChoice = (typeof GOOD_FRIDAY_CHOICES)[number];

/** Where a person is, as far as sending windows depend on it: a holiday territory and a time zone. */
export interface Locality {
  readonly territory: Territory;
  /** IANA name. */
  readonly timeZone: string;
  /** Every territory where the person may live, when there are several; the holidays of all of them count. */
  readonly candidates?: readonly Territory[];
  /** Every possible zone of the person, when there are several; a moment must be lawful in each. */
  readonly timeZones?: readonly string[];
  /** The choice on Good Friday in the communes of Alsace-Moselle (WIN-09); the default when absent. */
  readonly goodFriday?: GoodFridayChoice;
}

/** Says whether a word is the code of a territory. */
export function isTerritory(code: string): code is Territory {
  return Object.hasOwn(zones, code);
}

/** Returns the zones of a territory, the usual one first. */
export function zonesOf(territory: Territory): readonly [string, ...string[]] {
  return zones[territory];
}

/** Returns the locality of a territory, in the given zone or in every zone that it has. */
export function localityOf(territory: Territory, timeZone?: string): Locality {
  return localityIn([territory], timeZone === undefined ? zones[territory] : [timeZone]);
}

/** Returns the locality of a person in one of several territories and in any of their zones, as behind +590. */
export function localityAmong(candidates: readonly [Territory, ...Territory[]]): Locality {
  const [first, ...others] = candidates;
  return localityIn(
    candidates,
    distinctClocks([...zones[first], ...others.flatMap((territory) => zones[territory])]),
  );
}

/** Returns the locality of a person in one of these territories and one of these zones, the usual ones first. */
export function localityIn(
  [territory, ...others]: readonly [Territory, ...Territory[]],
  [timeZone, ...otherZones]: readonly [string, ...string[]],
): Locality {
  return {
    territory,
    timeZone,
    ...(others.length === 0 ? {} : { candidates: [territory, ...others] }),
    ...(otherZones.length === 0 ? {} : { timeZones: [timeZone, ...otherZones] }),
  };
}

/** The separators between several territories and between several zones in a row; no name contains them. */
export const AMONG = { territory: '+', timeZone: ',' } as const;

/** Formats the possible territories and zones of a locality for a row; `localityNamed` parses them. */
export function namesOf(locality: Locality): { readonly territory: string; readonly timeZone: string } {
  return {
    territory: territoriesOf(locality).join(AMONG.territory),
    timeZone: zonesAt(locality).join(AMONG.timeZone),
  };
}

/** Parses a row's zones, the usual one first. */
export function zonesNamed(timeZone: string): readonly [string, ...string[]] {
  const [first = '', ...others] = timeZone.split(AMONG.timeZone);
  return [first, ...others];
}

/**
 * Parses a row's locality: `RE`, `GP+BL+MF` where only the number is known, all zones of `PF` where no island is
 * known. Undefined when a territory is unknown: no hour is lawful then.
 */
export function localityNamed(
  territory: string,
  timeZone: string,
  goodFriday?: GoodFridayChoice | null,
): Locality | undefined {
  const names = territory.split(AMONG.territory);
  const [first, ...others] = names.filter(isTerritory);
  if (first === undefined || others.length + 1 < names.length) return undefined;
  return withGoodFriday(localityIn([first, ...others], zonesNamed(timeZone)), goodFriday);
}

/** Adds the choice on Good Friday to a place, if there is one. */
export const withGoodFriday = (locality: Locality, choice: GoodFridayChoice | null | undefined): Locality =>
  choice == null ? locality : { ...locality, goodFriday: choice };

/** Returns every territory whose holidays count at a locality. */
export function territoriesOf(locality: Locality): readonly Territory[] {
  return locality.candidates ?? [locality.territory];
}

/** Returns every zone that counts at a locality. */
export function zonesAt(locality: Locality): readonly string[] {
  return locality.timeZones ?? [locality.timeZone];
}

/** Prefixes of postal codes outside the plain mainland, longest first. */
const postalPrefixes: readonly (readonly [string, Territory])[] = [
  ['97133', 'BL'],
  ['97150', 'MF'],
  ['971', 'GP'],
  ['972', 'MQ'],
  ['973', 'GF'],
  ['974', 'RE'],
  ['975', 'PM'],
  ['976', 'YT'],
  ['977', 'BL'],
  ['978', 'MF'],
  ['986', 'WF'],
  ['987', 'PF'],
  ['988', 'NC'],
  ['57', 'FR-57'],
  ['67', 'FR-67'],
  ['68', 'FR-68'],
];

/** Mainland departments and Corsica: 01 to 95. */
const MAINLAND = /^(?:0[1-9]|[1-8]\d|9[0-5])\d{3}$/;

/** Postal codes, with the zones of their communes. */
type Island = readonly [codes: RegExp, ...zones: [string, ...string[]]];

/**
 * The islands of Polynesia, which has three zones. Read in the list of communes of INSEE with their postal codes
 * (package @etalab/decoupage-administratif 6.0.0), and in the addressing page of the UPU (2011): fourth digit 0 to
 * 2 Windward, 3 Leeward, 4 Marquesas, 5 Australs and Gambier, 6 to 8 Tuamotu. Codes of no commune of the list may
 * lie anywhere, and so may 98799, Clipperton.
 */
const polynesia: readonly Island[] = [
  [/^987(?:4\d|96)$/, 'Pacific/Marquesas'],
  [/^98755$/, 'Pacific/Gambier'],
  // Atolls that belong to the commune of the Gambier and lie among the Tuamotu.
  [/^9879[23]$/, 'Pacific/Tahiti', 'Pacific/Gambier'],
  [/^987(?:[0-3]\d|5[0-4]|[6-8]\d|9[045])$/, 'Pacific/Tahiti'],
];

/** Returns the five digits of a postal code; a leading zero that a spreadsheet dropped is restored. */
function digitsOf(text: string): string | undefined {
  const digits = text.replaceAll(/[\s. ]/g, '').replace(/^(?:FR?-?)(?=\d)/i, '');
  return /^\d{4,5}$/.test(digits) ? digits.padStart(5, '0') : undefined;
}

export function territoryOfPostalCode(text: string): Territory | undefined {
  const code = digitsOf(text);
  if (code === undefined) return undefined;
  const known = postalPrefixes.find(([prefix]) => code.startsWith(prefix));
  if (known) return known[1];
  return MAINLAND.test(code) ? 'FR' : undefined;
}

/**
 * Returns the locality of a French postal code, in every zone of its territory unless its island is known; undefined
 * for no French code.
 */
export function localityOfPostalCode(text: string): Locality | undefined {
  const territory = territoryOfPostalCode(text);
  if (territory === undefined) return undefined;
  const code = digitsOf(text) ?? '';
  const island = polynesia.find(([codes]) => codes.test(code));
  if (island === undefined) return localityOf(territory);
  const [, ...timeZones] = island;
  return localityIn([territory], timeZones);
}
