/** What an attribute of a person may hold. */
export type Attribute = string | number | boolean;

/** Everything that is sealed about the holder of a number. */
export interface Person {
  /** E.164. */
  readonly phone: string;
  readonly firstName?: string;
  readonly lastName?: string;
  /** `YYYY-MM-DD`. */
  readonly birthDate?: string;
  /** Two different people were named for this number: it has no name any more. */
  readonly nameConflict?: true;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** What one row, booking or request tells of a person. */
export interface Told {
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly birthDate?: string | undefined;
  /** `firstName` and `lastName` are also read from here. */
  readonly attributes?: Readonly<Record<string, Attribute>> | undefined;
}

/** The person after one more telling; a second name for the number leaves it without. */
export function merged(known: Person, told: Told): Person {
  const { firstName, lastName, ...others } = told.attributes ?? {};
  const name = nameOf(told.firstName ?? firstName, told.lastName ?? lastName);
  const conflict = known.nameConflict === true || differs(known, name);
  const birthDate = youngest(known.birthDate, told.birthDate);
  return {
    phone: known.phone,
    ...(conflict ? { nameConflict: true } : { ...nameOf(known.firstName, known.lastName), ...name }),
    ...(birthDate === undefined ? {} : { birthDate }),
    attributes: { ...known.attributes, ...news(known.attributes, others) },
  };
}

/** The same of somebody of whom nothing is known yet. */
export function firstTold(phone: string, told: Told): Person {
  if (told.attributes !== undefined && Object.keys(told.attributes).length > 0)
    return merged({ phone, attributes: {} }, told);
  const { firstName, lastName } = nameOf(told.firstName, told.lastName);
  const { birthDate } = told;
  const person: { -readonly [Field in keyof Person]: Person[Field] } = { phone, attributes: NO_ATTRIBUTES };
  if (firstName !== undefined) person.firstName = firstName;
  if (lastName !== undefined) person.lastName = lastName;
  if (birthDate !== undefined) person.birthDate = birthDate;
  return person;
}

const NO_ATTRIBUTES: Person['attributes'] = {};

/** What a file says in letters of a number or a yes that is known is nothing new. */
const news = (known: Person['attributes'], told: Person['attributes']): Person['attributes'] =>
  Object.fromEntries(
    Object.entries(told).filter(
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

/** A name as one hears it: `Éloïse`, `ELOISE` and `eloise` are one. */
const plain = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll(/[\s'’-]+/g, ' ');

/** When a number is shared, the child's date protects. */
const youngest = (one: string | undefined, other: string | undefined): string | undefined =>
  one !== undefined && (other === undefined || one > other) ? one : other;

/** What a person in charge corrects; null removes. */
export interface Correction {
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  readonly birthDate?: string | null | undefined;
  /** `firstName` and `lastName` are also read from here. */
  readonly attributes?: Readonly<Record<string, Attribute | null>> | undefined;
}

/** The person after a correction; a name that is set ends the doubt about it. */
export function corrected(known: Person, correction: Correction): Person {
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

/** What stands after a field was corrected, left alone, or removed by null. */
const instead = <T>(known: T | undefined, said: T | null | undefined): T | undefined =>
  said === undefined ? known : (said ?? undefined);

const kept = (attributes: Readonly<Record<string, Attribute | null>>): Record<string, Attribute> =>
  Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, Attribute] => entry[1] !== null),
  );
