import { refusals, type RefusalCode } from '../errors.ts';
import { isRowCode, sentenceFor } from '../contacts/import-sentence.ts';
import type { Language, Words } from '../law/rule.ts';

/** Why a row of bookings is given back; its fields are names, never their content. */
export interface BookingProblem {
  readonly code: string;
  readonly fields: readonly string[];
}

const SENTENCES: Readonly<Record<string, Words>> = {
  EXTERNAL_ID_MISSING: { fr: 'Pas de référence', en: 'No reference' },
  INVALID_REQUEST: { fr: 'Valeur absente ou impossible', en: 'Absent or impossible value' },
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
  SENDER_NOT_YOURS: { fr: 'Cet émetteur n’est pas le vôtre', en: 'This sender is not yours' },
};

const isRefusal = (code: string): code is RefusalCode => Object.hasOwn(refusals, code);

/** The sentence for one row, free of what the row says. */
export function bookingSentence({ code, fields }: BookingProblem, language: Language): string {
  const own = SENTENCES[code]?.[language];
  if (own === undefined && isRowCode(code)) return sentenceFor({ code, fields }, language);
  const words = own ?? (isRefusal(code) ? refusals[code].title.replace(/\.$/, '') : code);
  const colon = language === 'fr' ? ' : ' : ': ';
  return fields.length === 0 ? `${words}.` : `${words}${colon}${fields.join(', ')}.`;
}
