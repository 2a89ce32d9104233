import { remembered } from '../../platform/remembered.ts';

/** The meanings of a column, by the names of the contract. */
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

/** French and other headings of each field, most reliable first; compared without accents, case and separators. */
const ALSO: Readonly<Partial<Record<ImportField, string>>> = {
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

/** Normalizes a heading: no case, accents or separators; "N° de" is the number of. */
export const plainHeading = remembered(2_000, (heading) =>
  heading
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/^\P{L}*n[°º]\s*(?=\p{L})/u, 'numero ')
    .replaceAll(/[^\p{L}\p{N}]/gu, ''),
);

interface Known {
  readonly field: ImportField;
  /** 0 for the most reliable heading of the field. */
  readonly rank: number;
}

const headings: ReadonlyMap<string, Known> = new Map(
  IMPORT_FIELDS.flatMap((field) =>
    [field, ...(ALSO[field]?.split(', ') ?? [])].map(
      (name, rank) => [plainHeading(name), { field, rank }] as const,
    ),
  ),
);

/** Returns the field of a heading; undefined when it is none of ours. */
export function fieldOf(heading: string): Known | undefined {
  return headings.get(plainHeading(heading));
}

/** Says whether a word is the exact name of a field, an attribute or a piece of evidence. */
export function isImportTarget(word: string): boolean {
  return /^(?:attributes|evidence)\.\S/.test(word) || IMPORT_FIELDS.some((field) => field === word);
}
