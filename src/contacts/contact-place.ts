import { territoryOfPostalCode } from '../law/postal-code.ts';
import { TERRITORIES, zonesOf, type Territory } from '../law/territory.ts';
import { remembered } from './remembered.ts';

/** Where a place was learned from, the weakest first. */
const ORIGINS = ['unknown', 'tenant', 'number', 'address', 'contact'] as const;

/** Where a place was learned from. */
export type PlaceFrom = (typeof ORIGINS)[number];

/** A person's locality and how it is known. */
export interface ContactPlace {
  /** `RE`, or `GP+BL+MF` where only the number tells. */
  readonly territory: string;
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
  const place =
    placeByTerritory(clues) ?? placeByZone(clues) ?? placeByAddress(clues) ?? placeByNumber(clues);
  const found = place ?? { ...home, placeFrom: 'tenant' as const };
  if (clues.timeZone === undefined) return found;
  return { ...found, timeZone: clues.timeZone, placeFrom: 'contact' };
}

/** The place to keep: the better known of two, the newer when equally known. */
export function betterPlace(known: ContactPlace, told: ContactPlace): ContactPlace {
  return ORIGINS.indexOf(told.placeFrom) >= ORIGINS.indexOf(known.placeFrom) ? told : known;
}

/** The territory to show, and the others that it may be. */
export function territoriesNamed(territory: string): readonly string[] {
  return territory.split('+');
}

/** A file says the same postal codes over and over. */
export const territoryNear = remembered(20_000, territoryOfPostalCode);

const placeIn = (territory: Territory, placeFrom: PlaceFrom): ContactPlace => ({
  territory,
  timeZone: zonesOf(territory)[0],
  placeFrom,
});

const placeByTerritory = ({ territory }: PlaceClues): ContactPlace | undefined =>
  territory && placeIn(territory, 'contact');

/** An overseas zone belongs to one territory; Paris time is shared by four. */
function placeByZone({ timeZone }: PlaceClues): ContactPlace | undefined {
  if (timeZone === undefined) return undefined;
  const there = TERRITORIES.filter((territory) => zonesOf(territory).some((zone) => zone === timeZone));
  const [territory] = there;
  return territory !== undefined && there.length === 1 ? placeIn(territory, 'contact') : undefined;
}

function placeByAddress({ postalCode }: PlaceClues): ContactPlace | undefined {
  const territory = postalCode === undefined ? undefined : territoryNear(postalCode);
  return territory && placeIn(territory, 'address');
}

function placeByNumber({ byNumber }: PlaceClues): ContactPlace | undefined {
  const [territory] = byNumber;
  return territory && { ...placeIn(territory, 'number'), territory: byNumber.join('+') };
}
