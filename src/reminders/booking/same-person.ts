import type { Person } from '../series/series.ts';

/** Whether two bookings are known to be for one person; never by silence. */
export function isSamePerson(one: Person | undefined, other: Person | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  if (one.ref !== undefined && other.ref !== undefined) return one.ref === other.ref;
  if (one.birthDate !== undefined && other.birthDate !== undefined && one.birthDate !== other.birthDate)
    return false;
  const names = [fullName(one), fullName(other)];
  return names[0] !== undefined && names[0] === names[1];
}

function fullName({ firstName, lastName }: Person): string | undefined {
  return firstName === undefined || lastName === undefined
    ? undefined
    : `${heard(firstName)}|${heard(lastName)}`;
}

/** `Éloïse`, `ELOISE` and `eloise` are one. */
const heard = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}]+/gu, ' ')
    .trim();
