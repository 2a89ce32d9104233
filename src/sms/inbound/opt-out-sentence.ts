import { withoutInnocent } from './opt-out-word.ts';

const OBJECT =
  '(?:SMS|MESSAGES?|TEXTOS?|MAILS?|PUBS?|PUBLICITES?|OFFRES?|PROMOS?|PROMOTIONS?|RAPPELS?|NOTIFICATIONS?|NOTIFS?|SPAMS?|SOLLICITATIONS?|RELANCES?|NEWSLETTERS?)';
const SENDING =
  '(?:ECRIVEZ|ECRIRE|ECRIS|ENVOYEZ|ENVOYER|ENVOIE|ENVOIES|ENVOIS|CONTACTEZ|CONTACTER|CONTACTE|RECEVOIR|RELANCEZ|RELANCER|SOLLICITEZ|SOLLICITER|DERANGEZ|DERANGER|IMPORTUNEZ|IMPORTUNER|HARCELEZ|HARCELER|TEXTEZ|APPELEZ|ETRE CONTACTEE?|ETRE SOLLICITEE?|ETRE DERANGEE?)';

/** Objects that nobody orders, returns or waits for. */
const NUISANCE = '(?:SMS|MMS|MESSAGES|TEXTOS?|MAILS|PUBS?|PUBLICITES?|SPAMS?|SOLLICITATIONS|RELANCES|TEXTS)';

/** A phrase that opts out; every repetition in it is bounded. */
interface Turn {
  readonly name: string;
  readonly pattern: RegExp;
  /** True when it accuses: as a question ("c'est un spam ?") it does not. */
  readonly accuses?: true;
}

const turn = (name: string, pattern: string): Turn => ({ name, pattern: new RegExp(pattern) });
const accusation = (name: string, pattern: string): Turn => ({ ...turn(name, pattern), accuses: true });

/** Phrases that opt out without the word STOP, in accentless capitals. */
const TURNS: readonly Turn[] = [
  // « n'écrivez plus », « m'envoyez plus rien »; but « contactez-moi plus tard », « envoyez plus d'infos ».
  turn(
    'NO_MORE_SENDING',
    `\\b${SENDING}(?: MOI| NOUS| RIEN)? (?:PLUS|JAMAIS)\\b(?! (?:D|DE|TARD|TOT|VITE|AMPLE\\w*|RECU\\w*)\\b)`,
  ),
  turn(
    'NO_MORE_SENDING',
    `\\b(?:NE|N) (?:ME |M |NOUS )?${SENDING}(?: MOI| NOUS| RIEN)? (?:PLUS|JAMAIS)\\b(?! (?:TARD|TOT)\\b)`,
  ),
  turn(
    'NO_MORE_SENDING',
    `\\b(?:NE|N) (?:VEUX|VEUT|SOUHAITE|DESIRE|VOUDRAIS)? ?(?:PLUS|JAMAIS|PAS) (?:ME |NOUS |M |EN |LES |RIEN |DU TOUT ){0,3}${SENDING}\\b`,
  ),
  turn(
    'NO_MORE_SENDING',
    '\\b(?:VEUX|VEUT|SOUHAITE|DESIRE) (?:PLUS|PAS) (?:RIEN |JAMAIS |DU TOUT ){0,2}(?:RECEVOIR|ETRE CONTACTEE?|ETRE DERANGEE?|ENTENDRE PARLER)\\b',
  ),
  turn(
    'NO_MORE_MESSAGES',
    `\\b(?:VEUX|SOUHAITE|DESIRE) (?:PLUS|PAS|AUCUNE?)(?: DE| D| RECEVOIR| VOS| CES| MES| TOUS| AVOIR){0,4} ${OBJECT}\\b`,
  ),
  // « vous n'avez plus d'offres ? », « je ne reçois plus vos messages » miss them.
  turn(
    'NO_MORE_MESSAGES',
    `(?:(?<!\\b(?:RECOIS|RECU|RECEVONS|RECOIT|RECEVOIR|MOI|AI|AS|A|AVONS|AVEZ|ONT|AUREZ|RESTE|FAITES|PROPOSEZ) )(?:PLUS|PAS|AUCUNE?)|ASSEZ|MARRE|FATIGUEE?) (?:JAMAIS |BESOIN )?(?:RECU |DE |D |DES |VOS |CES |AUCUNE? ){0,4}${OBJECT}\\b(?! RECU)`,
  ),
  turn('NO_MORE_MESSAGES', `\\b(?:NO MORE|ENOUGH)(?: \\w+){0,2} (?:SMS|TEXTS?|MESSAGES?|ADS|SPAM)\\b`),
  turn('NO_MORE_MESSAGES', `\\bNO ${NUISANCE}\\b`),
  turn('NO_MORE_MESSAGES', `\\bGARDEZ VOS ${OBJECT}\\b`),
  turn('NO_MORE_MESSAGES', `\\bREFUSE(?: \\w+){0,3} (?:RECEVOIR|${NUISANCE})\\b`),
  turn(
    'CEASE',
    `\\b(?:ARRET\\w{0,6}|CESSE[RZ]?|CESSENT|STOPPE[RZ]?)(?: \\w+){0,6} (?:${OBJECT}|ENVOYER|ECRIRE|CONTACTER|DERANGER|HARCELER|EMBETER|RELANCER|SOLLICITER|ENVOI|ENVOIS)\\b`,
  ),
  turn('CEASE', '\\b(?:ARRET\\w{0,6}|CESSE[RZ]?) DE (?:M|ME|NOUS) \\w'),
  turn('CEASE', '\\b(?:CESSEZ|HALTE AUX?)\\b(?! VOUS)'),
  // An order that ends a sentence: « c'est pas moi, arrêtez »; « vous arrêtez ? » only asks.
  turn('CEASE', '(?<!\\b(?:VOUS|TU) )\\b(?:ARRETEZ|STOPPEZ)(?: (?:SVP|STP|MERCI|CA|MAINTENANT|TOUT))*$'),
  turn(
    'CEASE',
    '\\b(?:POURRIEZ|POUVEZ|VOULEZ|PEUT|FAUT|DEMANDE)(?: (?:VOUS|ON|BIEN|DE|D)){0,2} (?:ARRETER|STOPPER|CESSER)$',
  ),
  turn('CEASE', '\\bQUE (?:CA|CELA) (?:S ARRETE|CESSE)\\b'),
  turn(
    'CEASE',
    `\\b(?:ANNULE[RZ]?|ANNULATION|CANCEL|DESACTIVE[RZ]?|RESILI\\w{0,6}|FIN)(?: (?:LES|DES|AUX|VOS|CES|MES|MON|ABONNEMENT)){0,2} ${NUISANCE}\\b`,
  ),
  // « je finis à 18h, vous pouvez m'envoyer un rappel » asks for the contrary.
  turn(
    'CEASE',
    `(?<!\\b(?:JE|ON|TU|IL|ELLE) )\\b(?:FINI\\w{0,5}|TERMINE[RZ]?)(?: \\w+){0,2} (?:${OBJECT}|ENVOIS?)\\b`,
  ),
  turn(
    'ENOUGH',
    '\\bBASTA\\b|\\b(?:CA|CELA) SUFFIT(?: (?:MAINTENANT|LES|VOS|AVEC|SVP|MERCI)\\b|$)|\\b(?:EN A|EN AI) (?:VRAIMENT )?MARRE\\b|\\bRAS LE BOL\\b|^(?:PLUS JAMAIS|MARRE)$|\\bDEGAGEZ\\b',
  ),
  turn(
    'LEAVE_ALONE',
    '\\bLAISSE[RZ]? (?:MOI|NOUS)(?: \\w+){0,2} (?:TRANQUILLES?|EN PAIX)\\b|^LAISSE[RZ]? (?:MOI|NOUS)$|\\bLACHE[RZ]? (?:MOI|NOUS)\\b|\\b(?:FOUTEZ|FICHEZ|FOUS) (?:MOI|NOUS) LA PAIX\\b|\\bLEAVE ME ALONE\\b',
  ),
  turn(
    'OFF_THE_LIST',
    '\\b(?:RETIRE[RZ]?|ENLEVE[RZ]?|SUPPRIME[RZ]?|EFFACE[RZ]?|RAYE[RZ]?|OTE[RZ]?|RADIE[RZ]?|SORTE[RZ]?|SORTIR)(?: \\w+){0,4} (?:NUMERO|NUM|LISTES?|FICHIERS?|DONNEES|COORDONNEES|BASES?|CONTACTS|DIFFUSION|TELEPHONE)\\b(?! (?:D ATTENTE|DE COMMANDE))',
  ),
  turn('OFF_THE_LIST', '(?<!\\bN )\\b(?:OUBLIEZ|DETRUISEZ|DETRUIRE) (?:MOI|MON NUMERO|MES \\w+)\\b'),
  // « enlevez-moi un couvert » is an order of another kind.
  turn(
    'OFF_THE_LIST',
    '\\b(?:RETIRE[RZ]?|ENLEVE[RZ]?|SUPPRIME[RZ]?|RAYE[RZ]?|EFFACE[RZ]?) (?:MOI|NOUS)\\b(?! (?:UNE?|LES?|LA)\\b)|\\bME (?:RETIRER|ENLEVER|SUPPRIMER|EFFACER|RAYER|DESABONNER|DESINSCRIRE)\\b|\\b(?:TAKE|OPT|GET) ME (?:OFF|OUT)\\b|\\bREMOVE (?:ME|MY)\\b',
  ),
  turn('UNSUBSCRIBE', '\\bDESABO|\\bDESINS?CRI|\\bUNSUB'),
  accusation(
    'COMPLAINT',
    '\\b(?:SPAMS?|SPAMMEZ|ARNAQU\\w{0,5}|HARCELEMENT|HARCELER|HARCELEZ|RGPD|GDPR|CNIL|BLOCTEL|DEMARCHAGE|SIGNAL CONSO|33700|PLAINTE|VOUS BLOQUE)\\b',
  ),
  turn(
    'NOT_INTERESTED',
    '\\bPAS (?:DU TOUT |VRAIMENT )?INTERESSEE?S?\\b|\\bPLUS (?:DU TOUT )?INTERESSEE?S?\\b(?! PAR\\b)|\\bINTERESSE(?:NT)? (?:PAS|PLUS|AUCUNEMENT)\\b|\\bPLUS CLIENTE?S?\\b|\\bPAS (?:DU TOUT )?CONCERNEE?S?\\b|\\bNOT INTERESTED\\b',
  ),
  turn(
    'WRONG_PERSON',
    '\\b(?:MAUVAIS|FAUX|ERREUR DE|TROMPEZ? DE|TROMPE DE) (?:NUMERO|DESTINATAIRE|PERSONNE)\\b(?! DE (?!TEL|PORT))|\\b(?:PAS|PLUS) (?:LE BON|MON) (?:NUMERO|TELEPHONE)\\b(?! DE (?!TEL|PORT))|\\bSUIS (?:PAS|PLUS) (?:MME|MADAME|MR|MONSIEUR|MLLE|LA (?:BONNE )?PERSONNE)\\b|\\bPLUS CELUI DE\\b|\\bVOUS FAITES ERREUR\\b|\\bWRONG (?:NUMBER|PERSON)\\b',
  ),
  turn(
    'NEVER_AGREED',
    `\\b(?:JAMAIS|RIEN) (?:DEMANDE|ACCEPTE|AUTORISE|SOUSCRIT)\\b|\\bJAMAIS DONNE (?:MON|D) (?:ACCORD|AUTORISATION|NUMERO|CONSENTEMENT)|\\bPAS (?:DEMANDE|D ACCORD|AUTORISE)(?: \\w+){0,4} ${NUISANCE}\\b|\\bQUI VOUS A DONNE MON (?:NUMERO|TELEPHONE)\\b|\\b(?:COMMENT|D OU) (?:AVEZ|TENEZ) VOUS (?:EU |OBTENU |TROUVE )?(?:MON|MES)\\b`,
  ),
  turn('DECEASED', '\\bDECEDEE?\\b'),
  turn(
    'NO_MORE_SENDING',
    '\\b(?:DON T|DONT|DO NOT|NEVER|STOP) (?:\\w+ )?(?:TEXT|CONTACT|SEND|MESSAGE|MESSAGING|TEXTING|SENDING|CALL)\\b',
  ),
  turn(
    'CONSENT_WITHDRAWN',
    '\\b(?:OPPOSITION|OPPOSE|RETRACTE|REVOQUE|REVOKE)\\b(?: \\w+){0,6} (?:SMS|PROSPECTION|MESSAGES?|CONSENTEMENT|CONSENT|DEMARCHAGE|PUBLICITE)\\b|\\bRETIRE MON CONSENTEMENT\\b|\\bM OPPOSE\\b|\\bDROIT D OPPOSITION\\b|^OPPOSITION$',
  ),
];

/** Returns the phrase by which accentless capitals seem to opt out. */
export function objectionIn(said: string, mood: 'told' | 'asked' = 'told'): string | undefined {
  const kept = withoutInnocent(said);
  if (/\bSTOP\b/.test(kept)) return 'STOP';
  return TURNS.find(({ pattern, accuses }) => !(accuses && mood === 'asked') && pattern.test(kept))?.name;
}
