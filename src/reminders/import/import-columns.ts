import {
  LONGEST_CELL,
  longestCell,
  IMPORT_FIELDS,
  harmlessColumns,
  type ReadColumns,
  inOwnWords,
  type OwnWords,
  type ImportOptions,
} from '../../reading/index.ts';
import { plainHeading } from '../../person/index.ts';
import type { SeriesKind } from '../series/series.ts';

/** The headings of each column besides its own name, in French and English; less reliable ones after a semicolon. */
const COMMON = {
  externalId:
    'reference, ref, id, identifiant, numero, contrat, numero contrat; numero rdv, numero de rdv, numero rendez vous, numero de rendez vous, numero du rendez vous, reference rdv, reference rendez vous, reference du rendez vous, ref rdv, id rdv, id rendez vous, identifiant rdv, identifiant du rendez vous, appointment id, event id, booking id, uid',
  phone:
    'telephone portable, telephone mobile, tel portable, tel mobile, portable, mobile, gsm, numero de portable, numero portable, numero de mobile, numero mobile, mobile phone, mobile number, portable patient, portable du patient, mobile patient; telephone, tel, phone number, numero de telephone, numero telephone, numero tel; telephone patient, telephone du patient, telephone client',
  region: 'pays, country',
  territory: 'territoire',
  postalCode: 'code postal, cp, zip',
  timeZone: 'fuseau, fuseau horaire',
  firstName: 'prenom; prenom patient, prenom du patient, prenom client, prenom du client, given name',
  lastName:
    'nom, nom de famille; nom usuel, nom d usage, nom patient, nom du patient, nom client, nom du client, surname, family name',
  birthDate: 'date de naissance, naissance; ne le, date of birth',
  personRef: 'ref personne, reference personne, patient',
  practice:
    'cabinet, site, agence, etablissement; nom du cabinet, centre, centre de sante, structure, salon, institut, lieu de consultation, lieu de rendez vous',
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
    startsAt:
      'debut, date heure, rendez vous, rdv, date rdv, date rendez vous; date et heure, date du rdv, date du rendez vous, date de rendez vous, date heure rdv, date et heure du rdv, date et heure du rendez vous, date et heure de debut, appointment date, start',
    startsOn: 'date, jour, date debut, date de debut, start date, day',
    startHour:
      'heure, heure debut, heure de debut, heure rdv, heure du rdv, heure de rdv, heure rendez vous, heure du rendez vous, heure de rendez vous, horaire, start time, time, hour',
    status:
      'statut, statut rdv, statut du rdv, statut rendez vous, statut du rendez vous, appointment status; etat, etat rdv, etat du rdv, etat du rendez vous',
    personRef:
      'ref personne, reference personne; id patient, identifiant patient, numero patient, numero de dossier, id client; patient, client, nom complet, nom et prenom, nom prenom, patient name, client name, full name',
    place: 'lieu, adresse; location',
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

export type BookingField =
  | keyof typeof COMMON
  | { [Kind in SeriesKind]: keyof (typeof OWN)[Kind] }[SeriesKind];

/** Fields that may be longer than names: a practice's words to visitors, and the days of a plan. */
const LONGEST: Readonly<Partial<Record<BookingField, number>>> = {
  text: LONGEST_CELL.wording,
  instalments: LONGEST_CELL.evidence,
};

/** Returns the maximum characters of a cell of that field. */
export function longestBookingCell(field: BookingField): number {
  const ofPeople = IMPORT_FIELDS.find((one) => one === field);
  return ofPeople === undefined ? (LONGEST[field] ?? LONGEST_CELL.name) : longestCell(ofPeople);
}

export interface BookingColumns {
  /** One column each, and of numbers all: the first cell that is not empty counts. */
  readonly fields: Readonly<Partial<Record<BookingField, readonly number[]>>>;
  /** Pieces of evidence under names of the caller's own. */
  readonly evidence: readonly { readonly name: string; readonly at: number }[];
  /** Headings that nobody asked for: their cells are not stored. */
  readonly ignored: readonly string[];
}

interface Known {
  readonly field: BookingField;
  /** 0 for the most reliable headings, -1 for those that the caller names. */
  readonly rank: number;
}

const knownIn = (kind: SeriesKind): ReadonlyMap<string, Known> =>
  new Map(
    // Names and headings are those of the tables above.
    (Object.entries({ ...COMMON, ...OWN[kind] }) as [BookingField, string][]).flatMap(([field, also]) =>
      [field, ...also.split('; ')].flatMap((some, group) =>
        some
          .split(', ')
          .map((name) => [plainHeading(name), { field, rank: Math.max(0, group - 1) }] as const),
      ),
    ),
  );

const KNOWN: Readonly<Record<SeriesKind, ReadonlyMap<string, Known>>> = {
  appointment: knownIn('appointment'),
  subscription: knownIn('subscription'),
  'payment-plan': knownIn('payment-plan'),
};

/** Recognizes the header row of a file of bookings; the caller's mapping wins. */
export function bookingColumns(
  kind: SeriesKind,
  header: readonly string[],
  mapping: Readonly<Record<string, string>> = {},
): BookingColumns {
  const mapped = new Map(Object.entries(mapping).map(([heading, target]) => [plainHeading(heading), target]));
  const found = header.map((heading, at) => {
    const meant = mapped.get(plainHeading(heading));
    const target = meant ?? heading.trim();
    const known = KNOWN[kind].get(plainHeading(target));
    const piece = /^evidence\.(\S+)$/i.exec(target)?.[1];
    return { heading: heading.trim(), at, piece, ...known, ...(meant === undefined ? {} : { rank: -1 }) };
  });
  const isStartMapped = found.some(({ field, rank }) => field === 'startsAt' && rank === -1);
  const meantBy = found.filter(({ field, piece, rank }) => {
    // A mapping that names the column of the start needs no column of dates or hours.
    if (isStartMapped && rank !== -1 && (field === 'startsOn' || field === 'startHour')) return false;
    return piece === undefined && field !== undefined;
  });
  const fields = fieldsOf(meantBy);
  const read = new Set(Object.values(fields).flat());
  return {
    fields,
    evidence: found.flatMap(({ piece, at }) => (piece === undefined ? [] : { name: piece, at })),
    ignored: found.flatMap(({ heading, at, piece }) =>
      piece === undefined && !read.has(at) && heading !== '' ? heading : [],
    ),
  };
}

function fieldsOf(meant: readonly (Partial<Known> & { readonly at: number })[]): BookingColumns['fields'] {
  const fields: Partial<Record<BookingField, readonly number[]>> = {};
  for (const [field, columns] of Map.groupBy(meant, (one) => one.field)) {
    if (field === undefined) continue;
    const mapped = columns.filter(({ rank }) => rank === -1);
    const surest = (mapped.length > 0 ? mapped : columns)
      .toSorted((one, other) => (one.rank ?? 0) - (other.rank ?? 0))
      .map(({ at }) => at);
    // A second column of another field may hold something else; of phones both are kept.
    fields[field] = field === 'phone' ? surest : surest.slice(0, 1);
  }
  return fields;
}

/** Says whether a word is the exact name of a column of bookings. */
export const isBookingField = (word: string): boolean =>
  word in COMMON || Object.values(OWN).some((own) => word in own);

/** Reads the columns of a file of bookings, where the reason of a visit is never stored. */
export const bookingColumnsRead =
  (kind: SeriesKind, { mapping }: Pick<ImportOptions, 'mapping'>): ReadColumns =>
  (cells) =>
    harmlessColumns(cells, bookingColumns(kind, cells, mapping));

const words = (list: string): ReadonlySet<string> => new Set(list.split(', ').map(plainHeading));

/** The words of a planned or past visit. Whole words only: an unknown one may mean that the visit is off. */
const PLANNED = words(
  'planned, planifié, planifiée, prévu, prévue, programmé, programmée, à venir, confirmé, confirmée, validé, validée, réservé, réservée, accepté, acceptée, honoré, honorée, venu, venue, vu, vue, présent, présente, arrivé, arrivée, terminé, terminée, effectué, effectuée, réalisé, réalisée, en salle d’attente, en consultation, en cours, actif, active, ok, normal, oui, scheduled, booked, confirmed, accepted, active, upcoming, seen, completed, done, arrived, checked in, attended',
);

/** The beginnings of words of a cancelled visit, however they go on. */
const CANCELLED =
  /^(?:rdv|rendezvous)?(?:annul|cancel|supprim|decommand|desist|refuse|declin|deleted|removed|reject|rejet)/;
const ABSENT =
  /^(?:absen|nonvenu|nonhonor|nonpresent|pasvenu|noshow|lapin|excuse|manquee?$|rdvmanque$|rendezvousmanque$|missed|didnotattend|notattended)/;

/**
 * Words of a request that is pending or was refused: nothing is concluded, since a person informed of the visit must
 * not be contradicted.
 */
const UNSETTLED = /demand|attente|.refusee?$|request|pending|possible/;

/** Longer texts are notes, and no status. */
const LONGEST_WORD = 100;

/**
 * Returns the status of a visit in an agenda: planned or done, cancelled, or missed by its person. An empty cell is
 * `planned`, an unknown word undefined.
 */
export function visitStatus(cell: string, own: OwnWords): 'planned' | 'cancelled' | 'absent' | undefined {
  if (cell.length > LONGEST_WORD) return undefined;
  const word = plainHeading(inOwnWords(cell, own));
  if (word === '' || PLANNED.has(word)) return 'planned';
  if (UNSETTLED.test(word)) return undefined;
  if (CANCELLED.test(word)) return 'cancelled';
  return ABSENT.test(word) ? 'absent' : undefined;
}
