import { withoutInnocent } from './opt-out-word.ts';

/** The rights (RGPD, art. 15 to 21) that somebody may invoke; `unspecified` names the law and no right. */
export const RIGHTS = ['erasure', 'access', 'rectification', 'objection', 'unspecified'] as const;

/** A right of the GDPR; `unspecified` when the words name none of them. */
export type Right = (typeof RIGHTS)[number];

/** The right that a reply invokes, and the phrase of our lists that matched. */
export interface RightsAsked {
  readonly right: Right;
  readonly matched: string;
}

interface Phrase {
  readonly right: Right;
  readonly name: string;
  readonly pattern: RegExp;
}

const phrase = (right: Right, name: string, pattern: string): Phrase => ({
  right,
  name,
  pattern: new RegExp(pattern),
});

/** « données », with common misspellings. */
const DATA = '(?:DON+E+[RSZ]*|DON+ES|COORDON+E+[RSZ]*|INFORMATIONS? PERSO\\w*|INFOS? PERSO\\w*|DATAS?)';
const LINE = '(?:NUMEROS?|NUM|TEL|TELEPHONE|PORTABLE|NUMBER|PHONE)';
const OWN = '(?:MES|MON|MA|NOS|NOTRE|MY|OUR)';
/** « supprimer », « supression », « efacé », « detruire »; not things fetched or collected at a counter. */
const ERASE =
  '(?:SUP+R[EI]M+\\w{0,4}|SUP+RE?S+I?ON\\w{0,2}|EF+A[CS]+\\w{0,5}|DETRUI\\w{0,4}|DESTRUCTION|ERASE|ERASURE|DELETE|DELETION|WIPE)';
const TAKE_OFF = '(?:RETIRE[RZ]?|RETIRES|ENLEVE[RZ]?|ENLEVES|OTE[RZ]?|RADIE[RZ]?|RAYE[RZ]?|REMOVE)';
const FILES = '(?:FICHIERS?|BASES?|LISTING|REPERTOIRE|SYSTEME)';
/** Words after a "file" that is a queue, an order or a booking. */
const NOT_A_FILE = '(?! (?:D ATTENTE|DE COMMANDE|DE RESERVATION|DU RDV|DU RENDEZ VOUS))';
const NOT_NEGATED = '(?<!\\b(?:NE|PAS|DON T|DONT|SURTOUT PAS) )(?<!\\bN )';

/** Phrases in accentless capitals, the clearest first; every repetition is bounded. */
const PHRASES: readonly Phrase[] = [
  phrase(
    'erasure',
    'RIGHT_TO_ERASURE',
    `\\bDROIT (?:A|DE|D)(?: L| LA| LE)? ?(?:OUBLI\\w{0,1}|EF+ACEMENT|SUP+RE?S+I?ON)\\b|\\bRIGHT TO (?:BE FORGOTTEN|ERASURE)\\b`,
  ),
  phrase(
    'erasure',
    'ERASE_MY_DATA',
    `${NOT_NEGATED}\\b${ERASE}(?: \\w+){0,4} ${OWN}(?: \\w+){0,2} (?:${DATA}|${LINE}|FICHE|COMPTE|PROFIL|DOSSIER|HISTORIQUE|NOM)\\b`,
  ),
  phrase('erasure', 'ERASE_MY_DATA', `${NOT_NEGATED}\\b${ERASE}(?: \\w+){0,3} ${DATA}\\b`),
  phrase(
    'erasure',
    'ERASE_MY_DATA',
    `${NOT_NEGATED}\\b${TAKE_OFF}(?: \\w+){0,4} ${OWN} (?:${DATA}|${LINE}|NOM)\\b${NOT_A_FILE}`,
  ),
  phrase(
    'erasure',
    'OFF_YOUR_FILES',
    `${NOT_NEGATED}\\b(?:${ERASE}|${TAKE_OFF}) (?:MOI|NOUS|ME)(?: \\w+){0,3} ${FILES}\\b${NOT_A_FILE}|\\bME (?:${ERASE}|${TAKE_OFF})(?: \\w+){0,3} ${FILES}\\b${NOT_A_FILE}`,
  ),
  phrase('erasure', 'FORGET_ME', `(?<!\\bN )(?<!\\bNE )\\b(?:OUBLIEZ MOI|FORGET ME)\\b(?! PAS\\b)`),
  phrase(
    'access',
    'RIGHT_OF_ACCESS',
    `\\bDROIT D ?ACCES\\b|\\b(?:RGPD|RGDP|GDPR|CNIL)(?: \\w+){0,3} ACCES\\b|\\bACCES(?: \\w+){0,3} (?:RGPD|RGDP|GDPR)\\b|\\bSUBJECT ACCESS\\b|\\bPORTABILITE DE (?:MES|NOS) `,
  ),
  phrase(
    'access',
    'WHAT_YOU_HOLD',
    `\\b(?:ACCES|ACCEDER|CONSULTER|COPIE|COPY|COMMUNI\\w{0,7}|CONNAITRE|RECUPERER|OBTENIR|TRANSMET\\w{0,3})(?: \\w+){0,5} (?:${OWN}|DE MES|DES) (?:\\w+ )?${DATA}\\b`,
  ),
  phrase(
    'access',
    'WHAT_YOU_HOLD',
    `\\b(?:QUELLES?|QUEL|QUOI|WHAT)(?: \\w+){0,3} (?:${DATA}|INFORMATIONS?|INFOS?)(?: \\w+){0,6} (?:SUR MOI|ME CONCERN\\w*|A MON SUJET|ON ME|ABOUT ME)\\b`,
  ),
  phrase(
    'access',
    'WHERE_FROM',
    `\\b(?:COMMENT|D OU|OU)(?: \\w+){0,2} (?:AVEZ|TENEZ|DETENEZ) (?:VOUS )?(?:EU |OBTENU |TROUVE |RECUPERE )?(?:MON|MES) (?:${LINE}|${DATA})\\b|\\bQUI VOUS A (?:DONNE|FILE|VENDU|TRANSMIS|COMMUNIQUE) (?:MON|MES) (?:${LINE}|${DATA})\\b`,
  ),
  phrase('rectification', 'RIGHT_TO_RECTIFY', `\\bDROIT (?:DE|A LA|A) (?:RECTIF\\w+|CORRECTION)\\b`),
  phrase(
    'rectification',
    'RECTIFY_MY_DATA',
    `\\b(?:RECTIF\\w{2,9}|CORRIG\\w{1,4}|CORRECTION|MODIFI\\w{1,7}|MET+(?:RE|EZ) A JOUR|MISE A JOUR)(?: \\w+){0,3} (?:${OWN}|DE MES)(?: \\w+){0,1} ${DATA}\\b|\\b${OWN} ${DATA} (?:SONT|EST) (?:FAUX|FAUSSES?|ERRONEE?S?|INEXACTE?S?|INCORRECTE?S?)\\b`,
  ),
  phrase(
    'rectification',
    'WRONG_NUMBER',
    `\\b(?:MAUVAIS|FAUX|ERREUR DE|TROMPEZ? DE) (?:NUMERO|NUM|DESTINATAIRE|PERSONNE)\\b(?! DE (?!TEL|PORT))|\\bWRONG (?:NUMBER|PERSON)\\b`,
  ),
  phrase(
    'objection',
    'RIGHT_TO_OBJECT',
    `\\bDROIT D ?OP+OSITION\\b|\\b(?:M|NOUS) OP+OSE\\b|\\bOP+OSITION (?:AU|A LA|A L|AUX)(?: \\w+){0,2} (?:TRAITEMENTS?|PROSPECTION|UTILISATION|DEMARCHAGE)\\b|\\b(?:REFUSE|INTERDIS)(?: \\w+){0,6} (?:UTILIS\\w{1,6}|TRAIT\\w{1,6}|EXPLOIT\\w{1,6})(?: \\w+){0,2} ${DATA}\\b|\\bRIGHT TO OBJECT\\b`,
  ),
  phrase(
    'unspecified',
    'NAMES_THE_LAW',
    `\\b(?:RGPD|RGDP|GDPR|GPRD|CNIL|DPO|DELEGUE A LA PROTECTION|LOI INFORMATIQUE|PROTECTION DES DON+E+S|DON+E+S PERSO\\w*)\\b`,
  ),
];

/** Rights whose exercise is also an opt-out: nothing more is sent until somebody has read the request. */
const OPT_OUT_RIGHTS: ReadonlySet<Right> = new Set<Right>(['erasure', 'objection', 'unspecified']);

/** Returns the right under the RGPD that a reply, in accentless capitals, seems to invoke. */
export function rightsIn(reply: string): RightsAsked | undefined {
  const kept = withoutInnocent(reply);
  const found = PHRASES.find(({ pattern }) => pattern.test(kept));
  return found && { right: found.right, matched: found.name };
}

export const isAlsoOptOut = ({ right }: RightsAsked): boolean => OPT_OUT_RIGHTS.has(right);
