import { PLACE_ORDER } from '../../law/chapters/index.ts';
import {
  localityOfPostalCode,
  AMONG,
  isTerritory,
  localityAmong,
  localityOf,
  namesOf,
  TERRITORIES,
  zonesNamed,
  zonesOf,
  type Locality,
  type Territory,
} from '../../law/base/index.ts';
import { remembered } from '../../platform/csv/index.ts';

/** The sources of a place, weakest first. */
const ORIGINS = ['unknown', 'tenant', 'number', 'address', 'contact'] as const;

export type PlaceFrom = (typeof ORIGINS)[number];

/** A person's locality in the format of a row (`localityNamed` reads it), and its source. */
export interface ContactPlace {
  /** `RE`, or `GP+BL+MF` where only the number is known. */
  readonly territory: string;
  /** An IANA name, or all possible ones, the usual one first: the island of Polynesia is unknown. */
  readonly timeZone: string;
  readonly placeFrom: PlaceFrom;
}

/** The clues to a person's place. */
export interface PlaceClues {
  readonly territory?: Territory | undefined;
  /** IANA name. */
  readonly timeZone?: string | undefined;
  readonly postalCode?: string | undefined;
  /** The territories that share the number's range. */
  readonly byNumber: readonly Territory[];
}

/** Derives a place from the clues in the order of TZ-01: contact, address, number, tenant. */
export function placeFromClues(clues: PlaceClues, home: Omit<ContactPlace, 'placeFrom'>): ContactPlace {
  const [found = placeByHome(home)] = PLACE_ORDER.flatMap((clue) => READERS[clue](clues, home) ?? []);
  if (clues.timeZone === undefined) return found;
  return { ...found, timeZone: clues.timeZone, placeFrom: 'contact' };
}

/** Returns the better known of two places, the newer when equally known. */
export function betterPlace(known: ContactPlace, reportedPlace: ContactPlace): ContactPlace {
  return ORIGINS.indexOf(reportedPlace.placeFrom) >= ORIGINS.indexOf(known.placeFrom) ? reportedPlace : known;
}

/** Returns the zone that is displayed, and by which days are counted. */
export const clockOf = ({ timeZone }: Pick<ContactPlace, 'timeZone'>): string => zonesNamed(timeZone)[0];

/** The same of a column, in SQL. */
export const clockColumn = (column: string): string => `split_part(${column}, '${AMONG.timeZone}', 1)`;

/** Returns the displayed territory, and its alternatives. */
export function territoriesNamed(territory: string): readonly string[] {
  return territory.split(AMONG.territory);
}

/** Cached: the rows of a file repeat the same postal codes. */
const localityNear = remembered(20_000, localityOfPostalCode);

/** Returns the territory of a French postal code. */
export const territoryNear = (postalCode: string): Territory | undefined =>
  localityNear(postalCode)?.territory;

const placeAt = (locality: Locality, placeFrom: PlaceFrom): ContactPlace => ({
  ...namesOf(locality),
  placeFrom,
});

/** The postal code chooses the zone within the given territory. */
function placeByTerritory({ territory, postalCode }: PlaceClues): ContactPlace | undefined {
  if (territory === undefined) return undefined;
  const near = postalCode === undefined ? undefined : localityNear(postalCode);
  return placeAt(near?.territory === territory ? near : localityOf(territory), 'contact');
}

/** An overseas zone belongs to one territory; Paris time is shared by four. */
function placeByZone({ timeZone }: PlaceClues): ContactPlace | undefined {
  if (timeZone === undefined) return undefined;
  const there = TERRITORIES.filter((territory) => zonesOf(territory).some((zone) => zone === timeZone));
  const [territory] = there;
  return territory !== undefined && there.length === 1
    ? placeAt(localityOf(territory, timeZone), 'contact')
    : undefined;
}

function placeByAddress({ postalCode }: PlaceClues): ContactPlace | undefined {
  const locality = postalCode === undefined ? undefined : localityNear(postalCode);
  return locality && placeAt(locality, 'address');
}

function placeByNumber({ byNumber }: PlaceClues): ContactPlace | undefined {
  const [first, ...others] = byNumber;
  return first && placeAt(localityAmong([first, ...others]), 'number');
}

/** The sender's island says nothing about the recipient's. */
function placeByHome(home: Omit<ContactPlace, 'placeFrom'>): ContactPlace {
  const { territory } = home;
  const several = isTerritory(territory) && zonesOf(territory).length > 1;
  return several ? placeAt(localityOf(territory), 'tenant') : { ...home, placeFrom: 'tenant' };
}

/** The reader of each clue of TZ-01. */
const READERS: Readonly<
  Record<
    (typeof PLACE_ORDER)[number],
    (clues: PlaceClues, home: Omit<ContactPlace, 'placeFrom'>) => ContactPlace | undefined
  >
> = {
  contact: (clues) => placeByTerritory(clues) ?? placeByZone(clues),
  postalCode: placeByAddress,
  number: placeByNumber,
  tenant: (_clues, home) => placeByHome(home),
};
