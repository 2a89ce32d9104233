import { plainHeading } from '../person/index.ts';
import { LONGEST_NUMBER, readPhone } from '../sms/index.ts';

/** The fields that a column may have, by their names in the API. */
export const IMPORT_FIELDS = [
  'phone',
  'region',
  'territory',
  'postalCode',
  'timeZone',
  'firstName',
  'lastName',
  'birthDate',
  'purpose',
  'basis',
  'grantedAt',
  'method',
  'wording',
  'wordingId',
  'consentId',
  'formUrl',
  'ip',
  'userAgent',
  'operator',
  'documentRef',
  'recordingRef',
  'messageRef',
  'keyword',
  'source',
  'proof',
  'saleRef',
  'saleAt',
  'informedAt',
  'refusalOffered',
  'productFamily',
  'contractRef',
  'withdrawnAt',
  'lastInteractionAt',
] as const;

export type ImportField = (typeof IMPORT_FIELDS)[number];

/** Other headings of each field, most reliable first; they are compared without accents, case and separators. */
const OTHER_HEADINGS: Readonly<Partial<Record<ImportField, string>>> = {
  phone:
    'portable, mobile, telephone portable, telephone mobile, tel portable, tel mobile, numero portable, numero mobile, gsm, mobile phone, mobile number, sms, msisdn, telephone, phone number, numero de telephone, numero telephone, numero de portable, numero de mobile, numero tel, tel, numero',
  region: 'pays, country',
  territory: 'territoire',
  postalCode: 'code postal, cp, zip, zip code, postcode',
  timeZone: 'fuseau, fuseau horaire',
  firstName: 'prenom, given name',
  lastName: 'nom, nom de famille, family name, surname',
  birthDate: 'date de naissance, date naissance, naissance, ne le, date of birth, birthday',
  purpose: 'finalite, finalites, purposes',
  basis: 'base legale, base juridique, legal basis',
  grantedAt:
    'date optin, optin date, date opt in, date consentement, consentement le, optin le, opt in at, consent date',
  method: 'source optin, optin source, methode, methode optin, canal optin, consent method',
  wording: 'texte optin, optin text, texte consentement, mention, mention optin, consent text',
  wordingId: 'id texte optin',
  formUrl: 'url, url formulaire, form',
  ip: 'adresse ip, ip address',
  userAgent: 'navigateur',
  operator: 'operateur, agent, vendeur',
  documentRef: 'ref bulletin, reference bulletin, bulletin, ref document, document',
  recordingRef: 'ref enregistrement, enregistrement, recording',
  messageRef: 'ref message',
  keyword: 'mot cle',
  source: 'origine, provenance',
  proof: 'preuve',
  saleRef: 'ref vente, reference vente, ticket',
  saleAt: 'date vente, vendu le',
  informedAt: 'informe le',
  refusalOffered: 'refus propose',
  productFamily: 'famille produit',
  contractRef: 'ref contrat, numero contrat',
  withdrawnAt:
    'desinscrit le, date desinscription, desinscription, desabonne le, date desabonnement, stop le, date stop, opt out, optout, opt out at, optout date, date optout, unsubscribed at',
  lastInteractionAt:
    'dernier achat, date dernier achat, derniere visite, date derniere visite, last purchase, last visit, derniere interaction',
};

interface FieldHeading {
  readonly field: ImportField;
  /** 0 for the most reliable heading of the field. */
  readonly rank: number;
}

const headings: ReadonlyMap<string, FieldHeading> = new Map(
  IMPORT_FIELDS.flatMap((field) =>
    [field, ...(OTHER_HEADINGS[field]?.split(', ') ?? [])].map(
      (name, rank) => [plainHeading(name), { field, rank }] as const,
    ),
  ),
);

/** Returns the field that a heading names; undefined when it names none. */
export function fieldOf(heading: string): FieldHeading | undefined {
  return headings.get(plainHeading(heading));
}

/** Says whether a column may be mapped to a word: a field, `attributes.<name>` or `evidence.<name>`. */
export function isImportTarget(word: string): boolean {
  return /^(?:attributes|evidence)\.\S/.test(word) || IMPORT_FIELDS.some((field) => field === word);
}

/** How a caller wants columns to be read. */
export interface ColumnOptions {
  /** Heading → field, `attributes.<name>` or `evidence.<name>`. */
  readonly mapping?: Readonly<Record<string, string>>;
  /** Headings to keep as attributes; `*` keeps every unknown one. */
  readonly attributes?: readonly string[];
}

/** The columns of a file, by their use. */
export interface Columns {
  /** Positions by field, most reliable first: the first cell that is not empty counts. */
  readonly fields: Readonly<Partial<Record<ImportField, readonly number[]>>>;
  readonly attributes: readonly NamedColumn[];
  readonly evidence: readonly NamedColumn[];
  /** Headings of the other columns, whose cells are not stored. */
  readonly ignored: readonly string[];
}

interface NamedColumn {
  readonly name: string;
  readonly at: number;
}

type Target =
  | { readonly kind: 'field'; readonly field: ImportField; readonly rank: number; readonly at: number }
  | { readonly kind: 'attributes' | 'evidence' | 'ignored'; readonly name: string; readonly at: number };

/** Recognizes the columns of a header row, in English and French. */
export function columnsOf(header: readonly string[], options: ColumnOptions = {}): Columns {
  const mapped = new Map(
    Object.entries(options.mapping ?? {}).map(([heading, target]) => [plainHeading(heading), target]),
  );
  const targets = header.map((heading, at) => targetOf({ heading, at }, mapped, options.attributes ?? []));
  const named = (kind: Target['kind']): NamedColumn[] =>
    targets.flatMap((target) =>
      target.kind === kind && 'name' in target ? [{ name: target.name, at: target.at }] : [],
    );
  return {
    fields: Object.fromEntries(
      IMPORT_FIELDS.map((field) => [field, positionsOf(field, targets)] as const).filter(
        ([, positions]) => positions.length > 0,
      ),
    ),
    attributes: named('attributes'),
    evidence: named('evidence'),
    ignored: named('ignored')
      .map(({ name }) => name)
      .filter((name) => name !== ''),
  };
}

function targetOf(
  { heading, at }: { readonly heading: string; readonly at: number },
  mapped: ReadonlyMap<string, string>,
  attributes: readonly string[],
): Target {
  const text = heading.trim();
  const meant = mapped.get(plainHeading(text));
  // The caller's mapping outranks the meaning of a heading.
  const known = fieldOf(meant ?? text);
  const prefixed = /^(attributes|evidence)\.(.+)$/i.exec(meant ?? text);
  if (prefixed !== null) {
    const kind = prefixed[1]?.toLowerCase() === 'evidence' ? 'evidence' : 'attributes';
    return { kind, name: prefixed[2]?.trim() ?? '', at };
  }
  if (known !== undefined)
    return { kind: 'field', field: known.field, rank: meant === undefined ? known.rank : -1, at };
  const kept = attributes.some((name) => name === '*' || plainHeading(name) === plainHeading(text));
  return { kind: kept && text !== '' ? 'attributes' : 'ignored', name: text, at };
}

function positionsOf(field: ImportField, targets: readonly Target[]): readonly number[] {
  const columns = targets.flatMap((target) =>
    target.kind === 'field' && target.field === field ? [target] : [],
  );
  const mapped = columns.filter(({ rank }) => rank === -1);
  return (mapped.length > 0 ? mapped : columns)
    .toSorted((one, other) => one.rank - other.rank)
    .map(({ at }) => at);
}

/** The most characters of a cell, by what it holds. */
export const LONGEST_CELL = {
  /** A day, an id, a known word. */
  word: 200,
  /** A name, an attribute: as in the API. */
  name: 500,
  evidence: 2_000,
  /** The words of an agreement, or of a message. */
  wording: 5_000,
} as const;

type Bounds = Readonly<Partial<Record<ImportField, number>>>;

const FIELD_BOUNDS: Bounds = {
  phone: LONGEST_NUMBER,
  ...boundsOf('word', ['region', 'territory', 'postalCode', 'timeZone', 'birthDate']),
  ...boundsOf('word', ['basis', 'grantedAt', 'method', 'wordingId', 'saleAt', 'lastInteractionAt']),
  ...boundsOf('evidence', ['formUrl', 'ip', 'userAgent', 'operator', 'documentRef', 'recordingRef']),
  ...boundsOf('evidence', ['messageRef', 'keyword', 'source', 'proof', 'saleRef', 'informedAt']),
  ...boundsOf('evidence', ['consentId', 'refusalOffered', 'productFamily', 'contractRef']),
  wording: LONGEST_CELL.wording,
};

function boundsOf(kind: keyof typeof LONGEST_CELL, fields: readonly ImportField[]): Bounds {
  const most = LONGEST_CELL[kind];
  return Object.fromEntries(fields.map((field) => [field, most]));
}

/** What a cell is used as: a field, an attribute, or evidence under a name of the caller's own. */
export type CellUse = ImportField | 'attributes' | 'evidence';

/** Returns the most characters of a cell, by its use. */
export function longestCell(use: CellUse): number {
  if (use === 'attributes') return LONGEST_CELL.name;
  return use === 'evidence' ? LONGEST_CELL.evidence : (FIELD_BOUNDS[use] ?? LONGEST_CELL.name);
}

/** A longer heading names no field, and no mapping can name it. */
const LONGEST_HEADING = LONGEST_CELL.word;

/** Cuts a cell to the length that a heading may have. */
export const headingIn = (cell: string): string =>
  cell.length > LONGEST_HEADING ? cell.slice(0, LONGEST_HEADING) : cell;

/** The text of a cell, and whether it was cut. */
export interface BoundedCell {
  readonly text: string;
  readonly isCut: boolean;
}

/**
 * Trims a cell and cuts it to the length that its use allows. Every reader of cells gets them from here, so that no
 * pattern is applied to a long text. `tidy` removes decoration, which may be as long as the content.
 */
export function boundedCell(
  cell: string | undefined,
  longest: number,
  tidy?: (text: string) => string,
): BoundedCell {
  const trimmed = (cell ?? '').trim();
  if (tidy === undefined) return { text: trimmed.slice(0, longest), isCut: trimmed.length > longest };
  const text = tidy(trimmed.slice(0, 2 * longest));
  const isCut = text.length > longest || trimmed.length > 2 * longest;
  return { text: text.slice(0, longest), isCut };
}

/**
 * The headings of numbers in exports of opt-outs, most reliable first. Octopush, OVH, Brevo and Twilio have headings of
 * their own. `From` and `To` mean the person only when no other heading does; `From` comes first, as an export of
 * received texts has the person there.
 */
const OPT_OUT_NUMBERS = [
  'phonenumber, blacklisted number, numero blackliste, opted out number, optout number, numero desinscrit, contact number, user phone number',
  'number, receiver, recipient, destinataire, identifier, contact',
  'from, expediteur',
  'to, a, destination',
];

/** The headings of the dates of opt-outs, most reliable first. */
const OPT_OUT_DATES = [
  'blacklisted at, sms blacklisted at, blocklisted at, date de blacklistage, opted out at, opt out date, optout date, optout at, unsubscribed at, date de desinscription, date desinscription, desinscrit le, desabonne le, date stop, stop le',
  'since, depuis, creation datetime, creationdatetime, created at, date created, datecreated, date creation, date de creation, added time, added at, date ajout, date d ajout',
  'date, sent date, sentdate, date sent, datesent, received at, timestamp, datetime',
];

/** The headings of a column that says whether a person opted out at all, which exports of everybody have. */
const OPT_OUT_STATES = [
  'sms blacklisted, sms blocklisted, blocklisted sms, blacklisted sms, blacklisted, blocklisted, opted out, opt out, optout, is opted out, unsubscribed, desinscrit, desabonne, stop',
];

/** The attribute under which a row of a suppression list has that column. */
export const STATE = 'left';

/** Maps the headings of a suppression list to fields, where they are not headings of fields already. */
export function suppressionMapping(header: readonly string[]): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  const state = firstOf(header, OPT_OUT_STATES);
  // A heading of dates of opt-outs may also be one of states.
  if (state !== undefined && fieldOf(state) === undefined) found.set(state, `attributes.${STATE}`);
  for (const [field, groups] of [
    ['phone', OPT_OUT_NUMBERS],
    ['withdrawnAt', OPT_OUT_DATES],
  ] as const) {
    const isKnown = header.some((heading) => fieldOf(heading)?.field === field);
    const heading = isKnown ? undefined : firstOf(header, groups);
    if (heading !== undefined) found.set(heading, field);
  }
  return Object.fromEntries(found);
}

/** Reads a number as operators export it: without its plus, with a channel in front, or guarded from a spreadsheet. */
export function exportedNumber(cell: string): string {
  const bare = cell
    .replace(/^(?:whatsapp|sms|tel):/i, '')
    .replace(/^=?"?(.*?)"?$/, '$1')
    .trim();
  return /^[1-9]\d{9,14}$/.test(bare) ? `+${bare}` : bare;
}

function firstOf(header: readonly string[], groups: readonly string[]): string | undefined {
  for (const group of groups) {
    const names = group.split(', ').map(plainHeading);
    const [heading] = header
      .filter((one) => names.includes(plainHeading(one)))
      .toSorted((one, other) => names.indexOf(plainHeading(one)) - names.indexOf(plainHeading(other)));
    if (heading !== undefined) return heading;
  }
  return undefined;
}

/** Says whether a first row is data and no header, as in exports of bare numbers. */
export function isBareNumbers(cells: readonly string[]): boolean {
  const [first = ''] = cells;
  return readPhone(exportedNumber(first)).kind !== 'unreadable';
}
