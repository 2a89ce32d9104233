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
} from '../rule/index.ts';
import { neededGuardianOn, ofAgeFrom, PLACE_ORDER } from '../law/index.ts';
import { remembered } from '../base/index.ts';
import type { LineType } from '../sms/index.ts';

/** The value of an attribute of a person. */
export type Attribute = string | number | boolean;

/** The sealed data of the holder of a number. */
export interface Person {
  /** E.164. */
  readonly phone: string;
  readonly firstName?: string;
  readonly lastName?: string;
  /** `YYYY-MM-DD`. */
  readonly birthDate?: string;
  /** Set when two different people were named for this number: then it has no name. */
  readonly nameConflict?: true;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** The data of one person in a row, booking or request. */
export interface PersonReport {
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly birthDate?: string | undefined;
  /** `firstName` and `lastName` are also read from here. */
  readonly attributes?: Readonly<Record<string, Attribute>> | undefined;
}

/** The data of one person from a row, a booking or a request. */
export interface ContactGiven extends PersonReport {
  /** The result of `readPhone`. */
  readonly line: {
    readonly e164: string;
    readonly territories: readonly Territory[];
    readonly lineType: LineType;
  };
  readonly territory?: Territory | undefined;
  /** IANA name. */
  readonly timeZone?: string | undefined;
  readonly postalCode?: string | undefined;
  /** ISO instant of the last purchase, visit or request. */
  readonly lastInteractionAt?: string | undefined;
}

/** Merges further data into a person; a second name for the number leaves it without. */
export function merged(known: Person, report: PersonReport): Person {
  const { firstName, lastName, ...others } = report.attributes ?? {};
  const name = nameOf(report.firstName ?? firstName, report.lastName ?? lastName);
  const conflict = known.nameConflict === true || differs(known, name);
  const birthDate = youngest(known.birthDate, report.birthDate);
  return {
    phone: known.phone,
    ...(conflict ? { nameConflict: true } : { ...nameOf(known.firstName, known.lastName), ...name }),
    ...(birthDate === undefined ? {} : { birthDate }),
    attributes: { ...known.attributes, ...news(known.attributes, others) },
  };
}

/** Builds the same for an unknown person. */
export function newPerson(phone: string, report: PersonReport): Person {
  if (report.attributes !== undefined && Object.keys(report.attributes).length > 0)
    return merged({ phone, attributes: {} }, report);
  const { firstName, lastName } = nameOf(report.firstName, report.lastName);
  const { birthDate } = report;
  const person: { -readonly [Field in keyof Person]: Person[Field] } = { phone, attributes: NO_ATTRIBUTES };
  if (firstName !== undefined) person.firstName = firstName;
  if (lastName !== undefined) person.lastName = lastName;
  if (birthDate !== undefined) person.birthDate = birthDate;
  return person;
}

const NO_ATTRIBUTES: Person['attributes'] = {};

/** Drops attributes that only repeat, as text, a number or boolean already known. */
const news = (known: Person['attributes'], report: Person['attributes']): Person['attributes'] =>
  Object.fromEntries(
    Object.entries(report).filter(
      ([name, value]) => known[name] === undefined || value !== String(known[name]).trim(),
    ),
  );

type Name = Pick<Person, 'firstName' | 'lastName'>;

function nameOf(first: Attribute | undefined, last: Attribute | undefined): Name {
  const firstName = String(first ?? '').trim();
  const lastName = String(last ?? '').trim();
  return { ...(firstName === '' ? {} : { firstName }), ...(lastName === '' ? {} : { lastName }) };
}

const differs = (one: Name, other: Name): boolean =>
  unlike(one.firstName, other.firstName) || unlike(one.lastName, other.lastName);

const unlike = (one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && other !== undefined && plain(one) !== plain(other);

/** Normalizes a name as it sounds: `Éloïse`, `ELOISE` and `eloise` are one. */
const plain = (name: string): string => unaccented(name).replaceAll(/[\s'’-]+/g, ' ');

const unaccented = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase();

const youngest = (one: string | undefined, other: string | undefined): string | undefined =>
  one !== undefined && (other === undefined || one > other) ? one : other;

/** Corrections by the controller; null removes. */
export interface PersonCorrection {
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  readonly birthDate?: string | null | undefined;
  /** `firstName` and `lastName` are also read from here. */
  readonly attributes?: Readonly<Record<string, Attribute | null>> | undefined;
}

/** Corrects a person; a new name ends the doubt about it. */
export function corrected(known: Person, correction: PersonCorrection): Person {
  const { firstName: first, lastName: last, ...others } = correction.attributes ?? {};
  const { firstName = first, lastName = last } = correction;
  const renamed = firstName !== undefined || lastName !== undefined;
  const name = nameOf(instead(known.firstName, firstName), instead(known.lastName, lastName));
  const birthDate = instead(known.birthDate, correction.birthDate);
  return {
    phone: known.phone,
    ...(known.nameConflict === true && !renamed ? { nameConflict: true } : name),
    ...(birthDate === undefined ? {} : { birthDate }),
    attributes: kept({ ...known.attributes, ...others }),
  };
}

/** Returns the field's new value: corrected, unchanged, or removed by null. */
const instead = <T>(known: T | undefined, said: T | null | undefined): T | undefined =>
  said === undefined ? known : (said ?? undefined);

const kept = (attributes: Readonly<Record<string, Attribute | null>>): Record<string, Attribute> =>
  Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, Attribute] => entry[1] !== null),
  );

/** Shorter values of attributes are common words: `oui`, `Lyon`. */
const TELLING_LENGTH = 6;

/** The digits of a national number without its prefix. */
const NATIONAL_DIGITS = 9;

/** Says whether a text identifies the person: by their number in any notation, their name, or other known data. */
export function namesPerson(person: Person, text: string): boolean {
  const digits = text.replaceAll(/\D/g, '');
  const number = person.phone.replaceAll(/\D/g, '').slice(-NATIONAL_DIGITS);
  if (number !== '' && digits.includes(number)) return true;
  const words = wordsOf(text);
  return tellingOf(person).some((telling) => words.includes(wordsOf(telling)));
}

/** A first name alone may be the operator's; with a last name, the last name identifies. */
function tellingOf({ firstName, lastName, attributes }: Person): string[] {
  const values = Object.values(attributes).filter(
    (value): value is string => typeof value === 'string' && value.length >= TELLING_LENGTH,
  );
  const name = lastName ?? firstName;
  return (name === undefined ? values : [name, ...values]).filter(
    (telling) => wordsOf(telling).trim() !== '',
  );
}

/** Lower case, without accents, one space around each word. */
function wordsOf(text: string): string {
  return ` ${unaccented(text)
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;
}

/** Returns the local date from which advertising may reach a person who is a minor on this one; else undefined. */
export function adultLater(birthDate: string | undefined, today: string): string | undefined {
  if (birthDate === undefined) return undefined;
  const adult = ofAgeFrom(birthDate);
  return adult > today ? adult : undefined;
}

/** Says whether an agreement on this local date also needed a guardian's. */
export function neededGuardian(birthDate: string | undefined, on: string): boolean {
  return birthDate !== undefined && neededGuardianOn(birthDate, on);
}

/** Normalizes a heading: no case, accents or separators; "N° de" is the number of. */
export const plainHeading = remembered(2_000, (heading) =>
  heading
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/^\P{L}*n[°º]\s*(?=\p{L})/u, 'numero ')
    .replaceAll(/[^\p{L}\p{N}]/gu, ''),
);

/** Field names that give the reason of a visit: anywhere, and those at the beginning alone. */
const REASON =
  /motif|raison(?!sociale)|reason|patholog|diagnos|sympt|specialit|specialt|traitement|treatment|consultation|^(?:objet|acte|examen|exam$|note|commentaire|comment)/;

/** Says whether a field or column gives the reason for a medical visit, which is never stored. */
export const isReasonOfVisit = (name: string): boolean => REASON.test(plainHeading(name));

/** Removes the entries that give the reason of a visit. */
export const withoutReasons = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !isReasonOfVisit(name)));

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
export const territoriesNamed = (territory: string): string[] => territory.split(AMONG.territory);

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
