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

/** The data of the holder of a number, which are stored sealed. */
export interface Person {
  /** E.164. */
  readonly phone: string;
  readonly firstName?: string;
  readonly lastName?: string;
  /** `YYYY-MM-DD`. */
  readonly birthDate?: string;
  /** Set when two different people were named for the number, which then has no name. */
  readonly nameConflict?: true;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** What a row, a booking or a request says of a person. */
export interface PersonReport {
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly birthDate?: string | undefined;
  /** `firstName` and `lastName` are also read from here. */
  readonly attributes?: Readonly<Record<string, Attribute>> | undefined;
}

/** What a row, a booking or a request says of a person, their number and their place. */
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

/** Merges a report into a person; when it names somebody else, the number has no name any more. */
export function merged(known: Person, report: PersonReport): Person {
  const { firstName, lastName, ...others } = report.attributes ?? {};
  const name = nameOf(report.firstName ?? firstName, report.lastName ?? lastName);
  const conflict = known.nameConflict === true || isOtherPerson(known, name);
  const birthDate = youngest(known.birthDate, report.birthDate);
  return {
    phone: known.phone,
    ...(conflict ? { nameConflict: true } : { ...nameOf(known.firstName, known.lastName), ...name }),
    ...(birthDate === undefined ? {} : { birthDate }),
    attributes: { ...known.attributes, ...withoutRepetitions(known.attributes, others) },
  };
}

/** Builds a person who was not known from a report. */
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

/** Drops attributes that only repeat, as a text, a number or boolean that is known. */
const withoutRepetitions = (
  known: Person['attributes'],
  report: Person['attributes'],
): Person['attributes'] =>
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

const isOtherPerson = (one: Name, other: Name): boolean =>
  isOtherName(one.firstName, other.firstName) || isOtherName(one.lastName, other.lastName);

const isOtherName = (one: string | undefined, other: string | undefined): boolean =>
  one !== undefined && other !== undefined && plain(one) !== plain(other);

/** Normalizes a name for comparison: `Éloïse`, `ELOISE` and `eloise` are the same. */
const plain = (name: string): string => unaccented(name).replaceAll(/[\s'’-]+/g, ' ');

/** Returns a text in lower case, without accents. */
export const unaccented = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase();

const youngest = (one: string | undefined, other: string | undefined): string | undefined =>
  one !== undefined && (other === undefined || one > other) ? one : other;

/** Corrections by the controller; null removes a field, an absent one stays. */
export interface PersonCorrection {
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  readonly birthDate?: string | null | undefined;
  /** `firstName` and `lastName` are also read from here. */
  readonly attributes?: Readonly<Record<string, Attribute | null>> | undefined;
}

/** Corrects a person; a new name ends a conflict of names. */
export function corrected(known: Person, correction: PersonCorrection): Person {
  const { firstName: first, lastName: last, ...others } = correction.attributes ?? {};
  const { firstName = first, lastName = last } = correction;
  const renamed = firstName !== undefined || lastName !== undefined;
  const name = nameOf(correctedField(known.firstName, firstName), correctedField(known.lastName, lastName));
  const birthDate = correctedField(known.birthDate, correction.birthDate);
  return {
    phone: known.phone,
    ...(known.nameConflict === true && !renamed ? { nameConflict: true } : name),
    ...(birthDate === undefined ? {} : { birthDate }),
    attributes: withoutNulls({ ...known.attributes, ...others }),
  };
}

/** Returns the new value of a field: corrected, removed by null, or unchanged. */
const correctedField = <T>(known: T | undefined, correction: T | null | undefined): T | undefined =>
  correction === undefined ? known : (correction ?? undefined);

const withoutNulls = (attributes: Readonly<Record<string, Attribute | null>>): Record<string, Attribute> =>
  Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, Attribute] => entry[1] !== null),
  );

/** Attributes with fewer characters identify nobody: they are common words, such as `oui` or `Lyon`. */
const IDENTIFYING_LENGTH = 6;

/** The digits of a national number without its prefix. */
const NATIONAL_DIGITS = 9;

/** Says whether a text identifies a person: by their number in any notation, their name, or other known data. */
export function namesPerson(person: Person, text: string): boolean {
  const digits = text.replaceAll(/\D/g, '');
  const number = person.phone.replaceAll(/\D/g, '').slice(-NATIONAL_DIGITS);
  if (number !== '' && digits.includes(number)) return true;
  const words = wordsOf(text);
  return identifyingTexts(person).some((identifying) => words.includes(wordsOf(identifying)));
}

/** Returns the texts that identify a person; the first name only does where no last name is known. */
function identifyingTexts({ firstName, lastName, attributes }: Person): string[] {
  const values = Object.values(attributes).filter(
    (value): value is string => typeof value === 'string' && value.length >= IDENTIFYING_LENGTH,
  );
  const name = lastName ?? firstName;
  return (name === undefined ? values : [name, ...values]).filter(
    (identifying) => wordsOf(identifying).trim() !== '',
  );
}

/** Writes a text in lower case, without accents, with one space around each word. */
function wordsOf(text: string): string {
  return ` ${unaccented(text)
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;
}

/** Returns the date (`YYYY-MM-DD`) from which a minor may get advertising; undefined for an adult on the given date. */
export function adultLater(birthDate: string | undefined, today: string): string | undefined {
  if (birthDate === undefined) return undefined;
  const adult = ofAgeFrom(birthDate);
  return adult > today ? adult : undefined;
}

/** Says whether an agreement on a local date needed the agreement of a guardian too. */
export function neededGuardian(birthDate: string | undefined, on: string): boolean {
  return birthDate !== undefined && neededGuardianOn(birthDate, on);
}

/** Normalizes a heading: without case, accents and separators; "N° de" becomes "numero de". */
export const plainHeading = remembered(2_000, (heading) =>
  heading
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/^\P{L}*n[°º]\s*(?=\p{L})/u, 'numero ')
    .replaceAll(/[^\p{L}\p{N}]/gu, ''),
);

/** Matches names of fields that give the reason of a visit, some of them only at the beginning of a name. */
const REASON =
  /motif|raison(?!sociale)|reason|patholog|diagnos|sympt|specialit|specialt|traitement|treatment|consultation|^(?:objet|acte|examen|exam$|note|commentaire|comment)/;

/** Says whether a field or column gives the reason of a visit, which a tenant that serves health never stores. */
export const isReasonOfVisit = (name: string): boolean => REASON.test(plainHeading(name));

/** Removes the entries that give the reason of a visit. */
export const withoutReasons = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !isReasonOfVisit(name)));

/** Where a place is known from, weakest first. */
const ORIGINS = ['unknown', 'tenant', 'number', 'address', 'contact'] as const;

export type PlaceFrom = (typeof ORIGINS)[number];

/** A person's locality as a row stores it (`localityNamed` reads it), and where it is known from. */
export interface ContactPlace {
  /** `RE`, or `GP+BL+MF` where only the number is known, whose range several territories share. */
  readonly territory: string;
  /** An IANA name, or all possible ones, the usual one first, as for an unknown island of Polynesia. */
  readonly timeZone: string;
  readonly placeFrom: PlaceFrom;
}

/** What is known of a person's place. */
export interface PlaceClues {
  readonly territory?: Territory | undefined;
  /** IANA name. */
  readonly timeZone?: string | undefined;
  readonly postalCode?: string | undefined;
  /** The territories that share the number's range. */
  readonly byNumber: readonly Territory[];
}

/** Derives a place from the strongest clue, in the order of TZ-01: contact, address, number, tenant. */
export function placeFromClues(clues: PlaceClues, home: Omit<ContactPlace, 'placeFrom'>): ContactPlace {
  const [found = placeByHome(home)] = PLACE_ORDER.flatMap((clue) => READERS[clue](clues, home) ?? []);
  if (clues.timeZone === undefined) return found;
  return { ...found, timeZone: clues.timeZone, placeFrom: 'contact' };
}

/** Returns the place that is known from the stronger source; of two equal ones, the reported place. */
export function betterPlace(known: ContactPlace, reportedPlace: ContactPlace): ContactPlace {
  return ORIGINS.indexOf(reportedPlace.placeFrom) >= ORIGINS.indexOf(known.placeFrom) ? reportedPlace : known;
}

/** Returns the zone in which days are counted and times shown. */
export const clockOf = ({ timeZone }: Pick<ContactPlace, 'timeZone'>): string => zonesNamed(timeZone)[0];

/** Builds the SQL of `clockOf` for a column. */
export const clockColumn = (column: string): string => `split_part(${column}, '${AMONG.timeZone}', 1)`;

/** Returns the possible territories, the one that is shown first. */
export const territoriesNamed = (territory: string): string[] => territory.split(AMONG.territory);

/** Cached, since the rows of a file repeat the same postal codes. */
const localityNear = remembered(20_000, localityOfPostalCode);

/** Returns the territory of a French postal code. */
export const territoryNear = (postalCode: string): Territory | undefined =>
  localityNear(postalCode)?.territory;

const placeAt = (locality: Locality, placeFrom: PlaceFrom): ContactPlace => ({
  ...namesOf(locality),
  placeFrom,
});

/** Returns the place in a territory; the postal code chooses the zone within it. */
function placeByTerritory({ territory, postalCode }: PlaceClues): ContactPlace | undefined {
  if (territory === undefined) return undefined;
  const near = postalCode === undefined ? undefined : localityNear(postalCode);
  return placeAt(near?.territory === territory ? near : localityOf(territory), 'contact');
}

/** Returns the place of a zone that belongs to one territory alone; Paris time belongs to four. */
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

/** Returns the place of the tenant; where its territory has several zones, that of the recipient is unknown. */
function placeByHome(home: Omit<ContactPlace, 'placeFrom'>): ContactPlace {
  const { territory } = home;
  const several = isTerritory(territory) && zonesOf(territory).length > 1;
  return several ? placeAt(localityOf(territory), 'tenant') : { ...home, placeFrom: 'tenant' };
}

/** How each clue of TZ-01 gives a place. */
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
