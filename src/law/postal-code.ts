import { localityIn, localityOf, type Locality, type Territory } from './territory.ts';

/** Prefixes of postal codes outside the plain mainland, longest first. */
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

/** Some codes of a territory, with the zones of their communes. */
type Island = readonly [codes: RegExp, ...zones: [string, ...string[]]];

/**
 * The islands of Polynesia, which has three zones. Read in the list of communes of INSEE with their postal codes
 * (package @etalab/decoupage-administratif 6.0.0), and in the addressing page of the UPU (2011): fourth digit 0 to
 * 2 Windward, 3 Leeward, 4 Marquesas, 5 Australs and Gambier, 6 to 8 Tuamotu. Codes of no commune of the list may
 * lie anywhere, and so may 98799, Clipperton.
 */
const polynesia: readonly Island[] = [
  [/^987(?:4\d|96)$/, 'Pacific/Marquesas'],
  [/^98755$/, 'Pacific/Gambier'],
  // Atolls that belong to the commune of the Gambier and lie among the Tuamotu.
  [/^9879[23]$/, 'Pacific/Tahiti', 'Pacific/Gambier'],
  [/^987(?:[0-3]\d|5[0-4]|[6-8]\d|9[045])$/, 'Pacific/Tahiti'],
];

/** Returns the code in five digits; a lost leading zero is restored. */
function digitsOf(written: string): string | undefined {
  const digits = written.replaceAll(/[\s. ]/g, '').replace(/^(?:FR?-?)(?=\d)/i, '');
  return /^\d{4,5}$/.test(digits) ? digits.padStart(5, '0') : undefined;
}

/** The territory of a French postal code. */
export function territoryOfPostalCode(written: string): Territory | undefined {
  const code = digitsOf(written);
  if (code === undefined) return undefined;
  const known = beginnings.find(([beginning]) => code.startsWith(beginning));
  if (known) return known[1];
  return MAINLAND.test(code) ? 'FR' : undefined;
}

/** Returns the locality of a French postal code: in every zone of its territory unless its island is known. */
export function localityOfPostalCode(written: string): Locality | undefined {
  const territory = territoryOfPostalCode(written);
  if (territory === undefined) return undefined;
  const code = digitsOf(written) ?? '';
  const island = polynesia.find(([codes]) => codes.test(code));
  if (island === undefined) return localityOf(territory);
  const [, ...zones] = island;
  return localityIn([territory], zones);
}
