import { withoutInnocent } from './opt-out-word.ts';

const OBJECT =
  '(?:SMS|MESSAGES?|TEXTOS?|MAILS?|PUBS?|PUBLICITES?|OFFRES?|PROMOS?|PROMOTIONS?|RAPPELS?|NOTIFICATIONS?|NOTIFS?|SPAMS?|SOLLICITATIONS?|RELANCES?|NEWSLETTERS?)';
const SENDING =
  '(?:ECRIVEZ|ECRIRE|ECRIS|ENVOYEZ|ENVOYER|ENVOIE|ENVOIES|ENVOIS|CONTACTEZ|CONTACTER|CONTACTE|RECEVOIR|RELANCEZ|RELANCER|SOLLICITEZ|SOLLICITER|DERANGEZ|DERANGER|IMPORTUNEZ|IMPORTUNER|HARCELEZ|HARCELER|TEXTEZ|APPELEZ|ETRE CONTACTEE?|ETRE SOLLICITEE?|ETRE DERANGEE?)';

/** A way of asking for silence; every repetition in it is bounded. */
interface Turn {
  readonly name: string;
  readonly pattern: RegExp;
}

const turn = (name: string, pattern: string): Turn => ({ name, pattern: new RegExp(pattern) });

/** Ways of asking for silence without the word STOP, over accentless capitals. */
const TURNS: readonly Turn[] = [
  // « ne m'écrivez plus », « n'envoyez plus rien », « m'envoyez plus »
  turn('NO_MORE_SENDING', `\\b${SENDING}(?: MOI| NOUS| RIEN)? (?:PLUS|JAMAIS)\\b`),
  turn(
    'NO_MORE_SENDING',
    `\\b(?:NE|N) (?:VEUX|SOUHAITE|DESIRE|VOUDRAIS)? ?(?:PLUS|JAMAIS|PAS) (?:ME |NOUS |M |EN |LES ){0,3}${SENDING}\\b`,
  ),
  turn(
    'NO_MORE_MESSAGES',
    `\\b(?:VEUX|SOUHAITE|DESIRE) (?:PLUS|PAS|AUCUNE?)(?: DE| D| RECEVOIR| VOS| CES| MES| TOUS| AVOIR){0,4} ${OBJECT}\\b`,
  ),
  turn(
    'NO_MORE_MESSAGES',
    `(?:(?<!\\b(?:RECOIS|RECU|RECEVONS|RECOIT|AI|A) )(?:PLUS|PAS|AUCUNE?)|ASSEZ|MARRE) (?:JAMAIS )?(?:RECU |DE |D |DES |VOS |CES |AUCUNE? ){0,4}${OBJECT}\\b`,
  ),
  turn(
    'CEASE',
    `\\b(?:ARRET\\w{0,6}|CESSE[RZ]?|CESSENT|STOPPE[RZ]?)(?: \\w+){0,6} (?:${OBJECT}|ENVOYER|ECRIRE|CONTACTER|DERANGER|HARCELER|EMBETER|RELANCER|SOLLICITER|ENVOI|ENVOIS)\\b`,
  ),
  // « je finis à 18h, vous pouvez m'envoyer un rappel » asks for the contrary.
  turn(
    'CEASE',
    `(?<!\\b(?:JE|ON|TU|IL|ELLE) )\\b(?:FINI\\w{0,5}|TERMINE[RZ]?)(?: \\w+){0,2} (?:${OBJECT}|ENVOIS?)\\b`,
  ),
  turn(
    'LEAVE_ALONE',
    '\\bLAISSE[RZ]? (?:MOI|NOUS)(?: \\w+){0,2} (?:TRANQUILLES?|EN PAIX)\\b|\\b(?:FOUTEZ|FICHEZ|FOUS) (?:MOI|NOUS) LA PAIX\\b|\\bLEAVE ME ALONE\\b',
  ),
  turn(
    'OFF_THE_LIST',
    '\\b(?:RETIRE[RZ]?|ENLEVE[RZ]?|SUPPRIME[RZ]?|EFFACE[RZ]?|RAYE[RZ]?|OTE[RZ]?|RADIE[RZ]?)(?: \\w+){0,4} (?:MOI|ME|NUMERO|LISTES?|FICHIERS?|DONNEES|COORDONNEES|BASES?|CONTACTS|DIFFUSION|TELEPHONE)\\b',
  ),
  turn(
    'OFF_THE_LIST',
    '\\b(?:RETIRE[RZ]?|ENLEVE[RZ]?|SUPPRIME[RZ]?|RAYE[RZ]?) (?:MOI|NOUS)\\b|\\bME (?:RETIRER|ENLEVER|SUPPRIMER|RAYER|DESABONNER|DESINSCRIRE)\\b|\\b(?:TAKE|OPT|GET) ME (?:OFF|OUT)\\b|\\bREMOVE (?:ME|MY)\\b',
  ),
  turn('UNSUBSCRIBE', '\\bDESABO|\\bDESINSCRI|\\bUNSUB'),
  turn(
    'COMPLAINT',
    '\\b(?:SPAMS?|SPAMMEZ|HARCELEMENT|HARCELER|HARCELEZ|RGPD|GDPR|CNIL|SIGNAL CONSO|33700)\\b',
  ),
  turn('NOT_INTERESTED', '\\bPAS (?:DU TOUT )?INTERESSEE?S?\\b|\\bNOT INTERESTED\\b'),
  turn(
    'WRONG_PERSON',
    '\\b(?:MAUVAIS|FAUX|ERREUR DE|TROMPEZ? DE|TROMPE DE) (?:NUMERO|DESTINATAIRE|PERSONNE)\\b|\\bWRONG (?:NUMBER|PERSON)\\b',
  ),
  turn('NO_MORE_MESSAGES', '\\b(?:NO MORE|ENOUGH)(?: \\w+){0,2} (?:SMS|TEXTS?|MESSAGES?|ADS|SPAM)\\b'),
  turn(
    'NO_MORE_SENDING',
    '\\b(?:DON T|DONT|DO NOT|NEVER|STOP) (?:\\w+ )?(?:TEXT|CONTACT|SEND|MESSAGE|MESSAGING|TEXTING|SENDING|CALL)\\b',
  ),
  turn(
    'CONSENT_WITHDRAWN',
    '\\b(?:OPPOSITION|OPPOSE|M OPPOSE|RETRACTE|REVOQUE|REVOKE)\\b(?: \\w+){0,6} (?:SMS|PROSPECTION|MESSAGES?|CONSENTEMENT|CONSENT|DEMARCHAGE|PUBLICITE)\\b|\\bRETIRE MON CONSENTEMENT\\b',
  ),
];

/** The turn by which accentless capitals seem to ask for silence. */
export function objectionIn(said: string): string | undefined {
  const kept = withoutInnocent(said);
  if (/\bSTOP\b/.test(kept)) return 'STOP';
  return TURNS.find(({ pattern }) => pattern.test(kept))?.name;
}
