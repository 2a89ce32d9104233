import { readPhone } from '../../../sms/number/index.ts';
import { saysNo, type RowCells } from './import-cell.ts';
import { fieldOf, plainHeading } from './import-heading.ts';

/**
 * The headings of opt-out numbers in exports, most reliable first. Octopush, OVH, Brevo and Twilio have headings of
 * their own; `To` and `From` mean a person only where nothing more reliable is beside them, and an account of texts
 * received names the person under `From`.
 */
const NUMBERS = [
  'phonenumber, blacklisted number, numero blackliste, opted out number, optout number, numero desinscrit, contact number, user phone number',
  'number, receiver, recipient, destinataire, identifier, contact',
  'from, expediteur',
  'to, a, destination',
];

/** The headings of the date. */
const DATES = [
  'blacklisted at, sms blacklisted at, blocklisted at, date de blacklistage, opted out at, opt out date, optout date, optout at, unsubscribed at, date de desinscription, date desinscription, desinscrit le, desabonne le, date stop, stop le',
  'since, depuis, creation datetime, creationdatetime, created at, date created, datecreated, date creation, date de creation, added time, added at, date ajout, date d ajout',
  'date, sent date, sentdate, date sent, datesent, received at, timestamp, datetime',
];

/** Columns that say of a row whether the person left at all: exports of whole bases have one. */
const STATES = [
  'sms blacklisted, sms blocklisted, blocklisted sms, blacklisted sms, blacklisted, blocklisted, opted out, opt out, optout, is opted out, unsubscribed, desinscrit, desabonne, stop',
];

/** The name under which a row keeps its state. */
const STATE = 'left';

/** Maps the headings of a suppression list to fields, on top of the names people use. */
export function suppressionMapping(headings: readonly string[]): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  const state = firstOf(headings, STATES);
  // A column of people's dates may be headed as a state is.
  if (state !== undefined && fieldOf(state) === undefined) found.set(state, `attributes.${STATE}`);
  for (const [field, groups] of [
    ['phone', NUMBERS],
    ['withdrawnAt', DATES],
  ] as const) {
    const isKnown = headings.some((heading) => fieldOf(heading)?.field === field);
    const heading = isKnown ? undefined : firstOf(headings, groups);
    if (heading !== undefined) found.set(heading, field);
  }
  return Object.fromEntries(found);
}

/** Says whether a row of a whole base shows that its person did not opt out; so does an empty cell of such a column. */
export function saysStays(row: RowCells): boolean {
  const left = row.cell('withdrawnAt');
  if (left !== '' && !row.isCut('withdrawnAt') && saysNo(left)) return true;
  if (row.isCut(`attributes.${STATE}`) || !row.rules.columns.attributes.some(({ name }) => name === STATE))
    return false;
  const said = row.attributes()[STATE];
  return said === undefined || saysNo(String(said));
}

/** A number as operators export it: without its plus, with a channel in front, or guarded from a spreadsheet. */
export function exportedNumber(cell: string): string {
  const bare = cell
    .replace(/^(?:whatsapp|sms|tel):/i, '')
    .replace(/^=?"?(.*?)"?$/, '$1')
    .trim();
  return /^[1-9]\d{9,14}$/.test(bare) ? `+${bare}` : bare;
}

function firstOf(headings: readonly string[], groups: readonly string[]): string | undefined {
  for (const group of groups) {
    const names = group.split(', ').map(plainHeading);
    const [heading] = headings
      .filter((one) => names.includes(plainHeading(one)))
      .toSorted((one, other) => names.indexOf(plainHeading(one)) - names.indexOf(plainHeading(other)));
    if (heading !== undefined) return heading;
  }
  return undefined;
}

/** A first row that is no header: some exports are numbers alone. */
export function isBareNumbers(cells: readonly string[]): boolean {
  const [first = ''] = cells;
  return readPhone(exportedNumber(first)).kind !== 'unreadable';
}
