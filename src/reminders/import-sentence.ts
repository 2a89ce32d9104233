import { refusals, type RefusalCode } from '../errors.ts';
import { NEEDED_FIELDS } from '../contacts/import-failure.ts';
import { isRowCode, sentenceFor } from '../contacts/import-sentence.ts';
import type { Language, Words } from '../law/rule.ts';
import type { BookingColumns } from './import-columns.ts';
import { refusalTitle } from '../words/refusal.ts';

/** Why a row of bookings is given back; its fields are names, never their content. */
export interface BookingProblem {
  readonly code: string;
  readonly fields: readonly string[];
}

const SENTENCES: Readonly<Record<string, Words>> = {
  EXTERNAL_ID_MISSING: { fr: 'Pas de référence', en: 'No reference' },
  INVALID_REQUEST: { fr: 'Valeur absente ou impossible', en: 'Absent or impossible value' },
  DATE_MISSING: { fr: 'Pas de date', en: 'No date' },
  HOUR_MISSING: { fr: 'Pas d’heure', en: 'No hour' },
  HOUR_INVALID: {
    fr: 'Heure illisible (attendu : 08:30, 8h30 ou 14 h)',
    en: 'Unreadable hour (expected: 08:30, 8h30 or 2:30 PM)',
  },
  DATE_IS_NUMBER: {
    fr: 'Le tableur a enregistré cette date comme un nombre : exportez-la en jj/mm/aaaa',
    en: 'The spreadsheet saved this date as a number: export it as dd/mm/yyyy',
  },
  STATUS_UNKNOWN: {
    fr: 'Statut inconnu, donc aucun rappel : dites dans mapping.values s’il signifie planned, cancelled ou absent',
    en: 'Unknown status, so nothing is reminded of: say in mapping.values whether it means planned, cancelled or absent',
  },
  PRACTICE_MISSING: {
    fr: 'Le cabinet n’est pas indiqué, et vous n’en avez pas un seul : ajoutez une colonne « Cabinet », ou créez votre cabinet',
    en: 'The practice is not given, and you do not have exactly one: add a column "Practice", or create your practice',
  },
  NOTHING_AHEAD: { fr: 'Rien de cette ligne n’est à venir', en: 'Nothing of this row lies ahead' },
  DATES_CONTRADICT: { fr: 'Ces dates se contredisent', en: 'These dates contradict each other' },
  INSTALMENTS_UNSORTED: { fr: 'Échéances en désordre', en: 'Instalments out of order' },
  BOOKING_OF_SOMEBODY_ELSE: {
    fr: 'Cette référence est celle d’une autre personne',
    en: 'This reference belongs to another person',
  },
  BOOKING_CANCELLED: {
    fr: 'Cette réservation est annulée ; elle revient par une révision supérieure ou par reopen',
    en: 'This booking is cancelled; it comes back by a higher revision, or by reopen',
  },
  REVISION_SUPERSEDED: { fr: 'Une révision plus récente est connue', en: 'A later revision is known' },
  CONSENT_PROOF_INCOMPLETE: {
    fr: 'Il manque à l’accord ce que sa preuve demande',
    en: 'The agreement lacks what its proof asks for',
  },
  PRACTICE_NOT_FOUND: { fr: 'Ce cabinet n’existe pas', en: 'There is no such practice' },
  CONTENT_REFUSED: { fr: 'Ces mots ne peuvent être envoyés', en: 'These words may not be sent' },
  OPT_OUT_IMPOSSIBLE: { fr: 'Aucun STOP ne marcherait', en: 'No way out would work' },
  ANSWERS_IMPOSSIBLE: {
    fr: 'Le texte demande une réponse, et ce compte n’en reçoit pas',
    en: 'The text asks for an answer, and this account receives none',
  },
  TIME_ZONE_CONTRADICTS: {
    fr: 'Le décalage horaire et le fuseau se contredisent',
    en: 'The offset and the zone contradict each other',
  },
  GATEWAY_NOT_FOUND: { fr: 'Ce compte d’opérateur n’existe pas', en: 'There is no such account' },
  SENDER_INVALID: {
    fr: 'Un expéditeur a de 3 à 11 lettres et chiffres, ou c’est un numéro',
    en: 'A sender has 3 to 11 letters and digits, or is a number',
  },
  TEXT_CANNOT_RENDER: {
    fr: 'Le texte nomme quelque chose dont on ne sait rien',
    en: 'The text names something that is not known',
  },
  TOO_MANY_PARTS: { fr: 'Le texte est trop long', en: 'The text is too long' },
  SERIES_CANNOT_MOVE: {
    fr: 'L’état actuel de ces rappels ne le permet pas',
    en: 'These reminders cannot do that where they are',
  },
  SENDER_NOT_YOURS: { fr: 'Cet émetteur n’est pas le vôtre', en: 'This sender is not yours' },
};

/** Fields in words, for files that have no column of theirs. */
const FIELDS: Readonly<Record<string, Words>> = {
  ...NEEDED_FIELDS,
  startsOn: { fr: 'la date', en: 'the date' },
  startHour: { fr: 'l’heure', en: 'the hour' },
  practice: { fr: 'le cabinet', en: 'the practice' },
  status: { fr: 'le statut', en: 'the status' },
};

/** Whose columns a sentence names. */
interface Named {
  /** Fields, or pointers to them such as `consent/method`. */
  readonly fields: readonly string[];
  readonly headings: readonly string[];
  readonly columns: BookingColumns;
}

/** Fields under the headings that a file has for them, else in words. */
export function namesIn({ fields, headings, columns }: Named, language: Language): readonly string[] {
  const places: Readonly<Record<string, readonly number[] | undefined>> = columns.fields;
  const named = fields.map((pointer) => {
    const field = pointer.split('/').at(-1) ?? pointer;
    const [at] = places[field] ?? (field === 'startsAt' ? places['startsOn'] : undefined) ?? [];
    const heading = at === undefined ? undefined : headings[at]?.trim();
    if (heading === undefined) return FIELDS[field]?.[language] ?? pointer;
    return language === 'fr' ? `« ${heading} »` : `“${heading}”`;
  });
  return [...new Set(named)];
}

const isRefusal = (code: string): code is RefusalCode => Object.hasOwn(refusals, code);

/** The sentence for one row, free of what the row says. */
export function bookingSentence({ code, fields }: BookingProblem, language: Language): string {
  const own = SENTENCES[code]?.[language];
  if (own === undefined && isRowCode(code)) return sentenceFor({ code, fields }, language);
  const words = own ?? (isRefusal(code) ? refusalTitle(code, language).replace(/\.$/, '') : code);
  const colon = language === 'fr' ? ' : ' : ': ';
  return fields.length === 0 ? `${words}.` : `${words}${colon}${fields.join(', ')}.`;
}
