import { plainHeading } from '../contacts/import-heading.ts';
import type { ImportOptions } from '../contacts/import.repository.ts';
import { harmlessColumns, type ReadColumns } from '../contacts/read-columns.ts';
import type { SeriesKind } from './series.ts';

/** Headings of each column besides its own name, in French and English. */
const COMMON = {
  externalId: 'reference, ref, id, identifiant, numero, contrat, numero contrat',
  phone:
    'telephone, portable, mobile, telephone portable, telephone mobile, tel portable, tel mobile, tel, gsm, phone number, numero de telephone, numero telephone, numero de portable, numero portable, numero de mobile, numero mobile, numero tel',
  region: 'pays, country',
  territory: 'territoire',
  postalCode: 'code postal, cp, zip',
  timeZone: 'fuseau, fuseau horaire',
  firstName: 'prenom',
  lastName: 'nom, nom de famille',
  birthDate: 'date de naissance, naissance',
  personRef: 'ref personne, reference personne, patient',
  practice: 'cabinet, site, agence, etablissement',
  grantedAt: 'consentement le, date consentement, date optin, optin le',
  method: 'methode, source optin, mode consentement',
  wording: 'texte optin, texte consentement',
  wordingId: 'id texte optin',
  reminders: 'rappels',
  text: 'texte',
  sender: 'emetteur, expediteur',
  gateway: 'passerelle, compte',
  sourceRevision: 'revision',
} as const;

const OWN = {
  appointment: {
    startsAt: 'debut, date heure, rendez vous, rdv, date rdv, date rendez vous',
    place: 'lieu, adresse',
  },
  subscription: {
    renewsOn: 'fin contrat, renouvellement, date renouvellement, echeance contrat',
    refuseBy: 'date limite refus, limite refus, date limite resiliation',
    service: 'formule, offre, abonnement',
    legalNoticeRef: 'lettre information, lettre, avis echeance, ref lettre',
    tacitRenewal: 'tacite reconduction, reconduction',
    regime: 'regle, code applicable',
  },
  'payment-plan': {
    label: 'formule, libelle, service, objet',
    amount: 'montant',
    currency: 'devise',
    instalments: 'echeances, dates echeances, dates',
    announce: 'annoncer',
  },
} as const satisfies Record<SeriesKind, Readonly<Record<string, string>>>;

type KeysOf<T> = T extends T ? keyof T : never;

/** What a column of bookings may say. */
export type BookingField = keyof typeof COMMON | KeysOf<(typeof OWN)[SeriesKind]>;

/** Where each field of a file stands. */
export interface BookingColumns {
  readonly fields: Readonly<Partial<Record<BookingField, number>>>;
  /** Pieces of evidence under names of the caller's own. */
  readonly evidence: readonly { readonly name: string; readonly at: number }[];
  /** Headings that nobody asked for: their cells are not stored. */
  readonly ignored: readonly string[];
}

const entriesOf = (kind: SeriesKind): [BookingField, string][] =>
  // Names and headings are those of the tables above.
  Object.entries({ ...COMMON, ...OWN[kind] }) as [BookingField, string][];

/** Recognises the header row of a file of bookings; what the caller maps wins. */
export function bookingColumns(
  kind: SeriesKind,
  header: readonly string[],
  mapping: Readonly<Record<string, string>> = {},
): BookingColumns {
  const known = new Map(
    entriesOf(kind).flatMap(([field, also]) =>
      [field, ...also.split(', ')].map((name) => [plainHeading(name), field] as const),
    ),
  );
  const mapped = new Map(Object.entries(mapping).map(([heading, target]) => [plainHeading(heading), target]));
  const fields: Partial<Record<BookingField, number>> = {};
  const evidence: { name: string; at: number }[] = [];
  const ignored: string[] = [];
  header.forEach((heading, at) => {
    const target = mapped.get(plainHeading(heading)) ?? heading.trim();
    const piece = /^evidence\.(\S+)$/i.exec(target)?.[1];
    const field = known.get(plainHeading(target));
    if (piece !== undefined) evidence.push({ name: piece, at });
    else if (field !== undefined && fields[field] === undefined) fields[field] = at;
    else if (heading.trim() !== '') ignored.push(heading.trim());
  });
  return { fields, evidence, ignored };
}

/** Whether a word is the exact name of a column of bookings. */
export const isBookingField = (word: string): boolean =>
  word in COMMON || Object.values(OWN).some((own) => word in own);

/** The columns that a file of bookings is read by, where the reason of a visit is never stored. */
export const bookingColumnsRead =
  (kind: SeriesKind, { mapping }: Pick<ImportOptions, 'mapping'>): ReadColumns =>
  (cells) =>
    harmlessColumns(cells, bookingColumns(kind, cells, mapping));
