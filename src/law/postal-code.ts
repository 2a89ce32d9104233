import { localityOf, type Locality, type Territory } from './territory.ts';

/** Beginnings of postal codes that lie outside the plain mainland, longest first. */
const beginnings: readonly (readonly [string, Territory])[] = [
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

/** The territory of a French postal code; a lost leading zero is given back. */
export function territoryOfPostalCode(written: string): Territory | undefined {
  const digits = written.replaceAll(/[\s. ]/g, '').replace(/^(?:FR?-?)(?=\d)/i, '');
  if (!/^\d{4,5}$/.test(digits)) return undefined;
  const code = digits.padStart(5, '0');
  const known = beginnings.find(([beginning]) => code.startsWith(beginning));
  if (known) return known[1];
  return MAINLAND.test(code) ? 'FR' : undefined;
}

/** The locality of a French postal code, in its usual zone. */
export function localityOfPostalCode(written: string): Locality | undefined {
  const territory = territoryOfPostalCode(written);
  return territory && localityOf(territory);
}
