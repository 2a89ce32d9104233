/** Members of the European Economic Area by ISO 3166: those of the Union, and three beside them. */
const MEMBERS =
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO'.split(' ');

/** An account's country is written by a person: its code, or its name in French or English. */
const EEA = new Set(
  ['en', 'fr'].flatMap((language) => {
    const names = new Intl.DisplayNames([language], { type: 'region' });
    return MEMBERS.flatMap((code) => [code.toLowerCase(), (names.of(code) ?? code).toLowerCase()]);
  }),
);

/** Sectors whose messages reveal people's health or money. */
const CAREFUL = new Set(['health', 'finance']);

/** The bases of transfers of people's data outside the area. */
export const TRANSFER_BASES = ['adequacy', 'standard-clauses', 'binding-rules', 'derogation'] as const;

/** An account's processor and its country. */
export interface Destination {
  readonly fake: boolean;
  /** As in the account's configuration, "FR"; null when it is absent. */
  readonly country: string | null;
  /** The country for which the tenant recorded a basis. */
  readonly recordedFor: string | null;
}

/** Says whether a country, as an account's configuration writes it, belongs to the European Economic Area. */
export const isInEea = (country: string): boolean => EEA.has(country.toLowerCase());

/** Says whether a sector's messages may go to that processor; an unknown country counts as outside the EEA. */
export function mayTransfer(sector: string, { fake, country, recordedFor }: Destination): boolean {
  if (fake || !CAREFUL.has(sector)) return true;
  if (country !== null && isInEea(country)) return true;
  return country !== null && recordedFor === country;
}
