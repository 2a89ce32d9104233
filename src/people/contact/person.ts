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

interface Name {
  readonly firstName?: string;
  readonly lastName?: string;
}

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
const plain = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll(/[\s'’-]+/g, ' ');

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
