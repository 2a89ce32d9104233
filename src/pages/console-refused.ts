import { refusedFileSentence } from '../contacts/refused-file.ts';
import { refusals, type RefusalCode, type RefusalDetails } from '../errors.ts';
import type { Language } from '../law/rule.ts';
import type { ConsolePage } from './console-frame.ts';
import { escaped } from './escaped.ts';

const FRENCH: Partial<Readonly<Record<RefusalCode, string>>> = {
  NOT_FOUND: 'Il n’y a rien à cette adresse.',
  ROLE_NOT_ALLOWED: 'Le rôle de cette clé ne le permet pas : demandez-le à qui tient une clé admin.',
  INVALID_REQUEST: 'Quelque chose manque, ou n’est pas ce qui est attendu.',
  CAMPAIGN_CANNOT_MOVE: 'La campagne ne peut pas le faire là où elle en est.',
  EXPIRE_AT_PASSED: 'La fin de cette campagne est passée : donnez-lui une fin plus tardive.',
  TOO_MANY_REQUESTS: 'Trop de demandes à la fois : réessayez dans un moment.',
  DATABASE_UNAVAILABLE: 'La base de données ne répond pas : rien n’a changé.',
  IMPORT_NOT_CSV: 'Ce fichier n’est pas un CSV : enregistrez la liste en CSV et envoyez-la.',
  IMPORT_LINE_TOO_LONG:
    'Une ligne de ce fichier ne finit pas : un guillemet est resté ouvert, ou ce n’est pas un CSV.',
  IMPORT_UNREADABLE:
    'Ce gzip est abîmé ou incomplet : compressez de nouveau le fichier, ou envoyez-le tel quel.',
  IMPORT_TOO_LARGE:
    'Ce fichier, une fois décompressé s’il l’est, est plus grand que ce qu’un import accepte : envoyez-le en plusieurs parties.',
  MEDIA_TYPE_NOT_SUPPORTED: 'Ce type de contenu ne se lit pas à cette adresse.',
  ACCOUNT_TRIAL_UNDER_WAY: 'Un essai de ce compte est en cours : attendez qu’il se termine.',
  ACCOUNT_TRIAL_LIMIT: 'Ce compte a été essayé trop souvent en 24 heures : attendez demain.',
  ACCOUNT_TRIAL_ASKS_NOTHING: 'L’essai n’attend pas, ou plus, cette réponse.',
  ACCOUNT_TRIAL_WITHOUT_SENDER:
    'Votre société n’a pas encore d’expéditeur : donnez-lui en un dans les réglages.',
  NUMBER_INVALID: 'Ce n’est pas un numéro de téléphone.',
  NUMBER_NOT_MOBILE: 'Ce numéro ne reçoit pas de SMS.',
  PHONE_AMBIGUOUS: 'Deux numéros se trouvent là où un seul est attendu.',
  PHONE_DAMAGED_BY_EXCEL: 'Un tableur a arrondi ce numéro : recopiez-le en entier.',
  TIME_ZONE_UNKNOWN: 'Ce fuseau horaire est inconnu : écrivez-le comme Europe/Paris.',
  TIME_ZONE_CONTRADICTS: 'Ce fuseau horaire n’est pas de ce territoire.',
  WORDING_WEAK: 'Il manque quelque chose à ce texte d’accord, et votre société refuse les textes faibles.',
  WORDING_NOT_IN_USE: 'Ce texte d’accord n’était pas en usage à ce moment.',
  WORDING_OF_ANOTHER_PURPOSE: 'Ce texte d’accord ne demande pas ce à quoi sert sa case.',
  FORM_CLOSED: 'Ce formulaire est fermé : publiez-en un autre.',
  ERASED: 'Cette personne a été effacée.',
  SERIES_CANNOT_MOVE: 'Ces rappels ne le peuvent pas là où ils en sont.',
  CONTENT_REFUSED: 'Ce texte ne peut pas partir.',
  TOO_MANY_PARTS: 'Ce texte est plus long que le nombre de SMS permis.',
  TEXT_CANNOT_RENDER: 'Ce texte nomme quelque chose dont on ne sait rien.',
  OPT_OUT_IMPOSSIBLE:
    'Le moyen d’arrêter que donne ce texte ne marcherait pas depuis cet expéditeur, ce compte et ce territoire.',
  ANSWERS_IMPOSSIBLE: 'Ce texte demande une réponse, et le compte par lequel il partirait n’en reçoit pas.',
  STALE_WHEN_HELD:
    'Une partie des personnes lirait un jour déjà passé : donnez une fin à l’envoi, ou dites que c’est voulu.',
  SENDER_NOT_YOURS: 'Cet expéditeur n’est pas de ceux que vous pouvez employer.',
  SENDER_INVALID: 'Un expéditeur a de 3 à 11 lettres et chiffres, ou c’est un numéro.',
  SUPPRESSIONS_NOT_READ:
    'Cette liste de désinscrits n’est pas lue : renvoyez le fichier, puis annulez cet import quand l’autre est lu.',
  IMPORT_NOT_FINISHED: 'Un fichier que cette audience nomme, ou laisse de côté, n’est pas encore lu.',
  APPROVAL_BY_YOURSELF: 'Une campagne est approuvée par quelqu’un d’autre que celui qui la lance.',
  APPROVAL_OWN: 'Qui a écrit une campagne ne l’approuve pas : quelqu’un d’autre le fait.',
  APPROVAL_NEEDED: 'Cette campagne doit être approuvée avant d’être lancée.',
  IDENTITY_MISSING: 'Un compte réel doit savoir qui vous êtes : complétez la page Société.',
  STOP_PATH_UNPROVEN: 'Aucun STOP n’est encore revenu par ce compte : prouvez d’abord ce chemin.',
  SHADOW_CAMPAIGNS_OPEN: 'Des campagnes lancées à blanc sont encore ouvertes : finissez-les ou annulez-les.',
  PROCESSOR_UNKNOWN: 'Ce compte ne dit pas qui traite ses messages, ni où.',
  TRANSFER_BASIS_MISSING:
    'Ce compte traite les messages hors de l’Espace économique européen : inscrivez sur quelle base.',
  REPLY_ALREADY_DECIDED: 'Cette réponse n’attend plus de décision.',
  MESSAGE_NOT_UNCERTAIN: 'Le sort de ce message est déjà connu.',
  BODY_TOO_LARGE: 'C’est plus long que ce que cette page accepte.',
  SEALED: 'L’instance est scellée après une restauration : un admin doit l’ouvrir.',
  TEMPORAL_UNAVAILABLE: 'Temporal ne répond pas : rien n’a changé.',
  JOURNAL_UNAVAILABLE: 'Le journal des oppositions ne peut être écrit : recommencez.',
  REASON_NEEDED: 'Dites pourquoi : cette lecture est inscrite à l’audit.',
};

/** What the catalogue says to programs, said to people. */
const ENGLISH: Partial<Readonly<Record<RefusalCode, string>>> = {
  INVALID_REQUEST: 'Something is missing, or is not what is expected.',
  ROLE_NOT_ALLOWED: 'The role of this key does not allow it: ask whoever holds an admin key.',
  ACCOUNT_TRIAL_WITHOUT_SENDER: 'Your company has no sender yet: give it one in the settings.',
  TIME_ZONE_CONTRADICTS: 'That time zone is not of that territory.',
  SUPPRESSIONS_NOT_READ:
    'This list of people who left is not read: send the file again, and cancel this import once that one is read.',
  REASON_NEEDED: 'Say why: this reading is recorded in the audit.',
};

const WAY_BACK = {
  fr: '<a href="/console">Revenir à l’accueil</a>',
  en: '<a href="/console">Back to the start</a>',
} as const satisfies Record<Language, string>;

/** What a code means, for whoever reads a page. */
export const refusedSentence = (language: Language, code: RefusalCode): string =>
  (language === 'fr' ? FRENCH : ENGLISH)[code] ?? refusals[code].title;

/** What was refused, and what to do: for an address that bears no form to come back to. */
export function refusedPage(
  language: Language,
  { code, details }: { readonly code: RefusalCode; readonly details: RefusalDetails },
): ConsolePage {
  const more = refusedDetail(language, details);
  return {
    title: language === 'fr' ? 'Pas possible' : 'Not possible',
    main: `<p class="alert" role="alert">${escaped(refusedSentence(language, code))}</p>
${more === undefined ? '' : `<p>${escaped(more)}</p>`}
<p>${WAY_BACK[language]}</p>`,
  };
}

/** What a refusal adds for people; what it says to programs alone, or in another language, is left out. */
export function refusedDetail(
  language: Language,
  { detail, ...details }: RefusalDetails,
): string | undefined {
  const file = refusedFileSentence(details, language);
  if (file !== undefined || detail === undefined) return file;
  return typeof detail === 'string' ? undefined : detail[language];
}
