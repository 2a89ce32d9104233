import { PLACE_ORDER } from '../../law/chapters/recipient.ts';
import { localityOfPostalCode } from '../../law/postal-code.ts';
import {
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
} from '../../law/territory.ts';
import { remembered } from '../../platform/remembered.ts';

/** Where a place was learned from, the weakest first. */
const ORIGINS = ['unknown', 'tenant', 'number', 'address', 'contact'] as const;

/** Where a place was learned from. */
export type PlaceFrom = (typeof ORIGINS)[number];

/** A person's locality in the words of a row (`localityNamed` reads them), and how it is known. */
export interface ContactPlace {
  /** `RE`, or `GP+BL+MF` where only the number tells. */
  readonly territory: string;
  /** An IANA name, or all those that are possible, the usual one first: nobody knows which island of Polynesia. */
  readonly timeZone: string;
  readonly placeFrom: PlaceFrom;
}

/** What may tell where somebody is. */
export interface PlaceClues {
  readonly territory?: Territory | undefined;
  /** IANA name. */
  readonly timeZone?: string | undefined;
  readonly postalCode?: string | undefined;
  /** The territories that share the number's range. */
  readonly byNumber: readonly Territory[];
}

/** Reads the clues in the order of TZ-01: contact, address, number, tenant. */
export function placeFromClues(clues: PlaceClues, home: Omit<ContactPlace, 'placeFrom'>): ContactPlace {
  const [found = placeByHome(home)] = PLACE_ORDER.flatMap((clue) => READERS[clue](clues, home) ?? []);
  if (clues.timeZone === undefined) return found;
  return { ...found, timeZone: clues.timeZone, placeFrom: 'contact' };
}

/** The place to keep: the better known of two, the newer when equally known. */
export function betterPlace(known: ContactPlace, told: ContactPlace): ContactPlace {
  return ORIGINS.indexOf(told.placeFrom) >= ORIGINS.indexOf(known.placeFrom) ? told : known;
}

/** The zone whose clocks are shown, and by which days are counted. */
export const clockOf = ({ timeZone }: Pick<ContactPlace, 'timeZone'>): string => zonesNamed(timeZone)[0];

/** The same of a column, in SQL. */
export const clockColumn = (column: string): string => `split_part(${column}, '${AMONG.timeZone}', 1)`;

/** The territory to show, and the others that it may be. */
export function territoriesNamed(territory: string): readonly string[] {
  return territory.split(AMONG.territory);
}

/** A file says the same postal codes over and over. */
const localityNear = remembered(20_000, localityOfPostalCode);

/** The territory of a French postal code. */
export const territoryNear = (postalCode: string): Territory | undefined =>
  localityNear(postalCode)?.territory;

const placeAt = (locality: Locality, placeFrom: PlaceFrom): ContactPlace => ({
  ...namesOf(locality),
  placeFrom,
});

/** An address in the territory that was told says which of its zones. */
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

/** The sender's island tells nothing of the recipient's. */
function placeByHome(home: Omit<ContactPlace, 'placeFrom'>): ContactPlace {
  const { territory } = home;
  const several = isTerritory(territory) && zonesOf(territory).length > 1;
  return several ? placeAt(localityOf(territory), 'tenant') : { ...home, placeFrom: 'tenant' };
}

/** How each clue of TZ-01 is read. */
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
