/** Version of the lists of words, recorded with each classified reply: a month and a number within it. */
export const OPT_OUT_WORDS_VERSION = '2026-12.2';

/** The clause of OPT-04 that an unambiguous opt-out falls under. */
export type OptOutRule =
  | 'WHOLE_REPLY'
  | 'FIRST_WORD'
  | 'FIRST_WORD_OF_FEW'
  | 'AMONG_FEW_WORDS'
  | 'TYPO_OF_STOP';

/** A clause of OPT-04, and the word of our lists that matched. */
interface OptOutMatch {
  readonly rule: OptOutRule;
  readonly matched: string;
}

/** Whole replies that opt out (law.md: no French text lists more than STOP and CONTACT). */
const WHOLE: ReadonlyMap<string, string> = new Map([
  ['TD', 'TD'],
  ['HALTE', 'HALTE'],
  ['CTOП', 'STOP'],
]);

/** Two first words that opt out. */
const FIRST_TWO = /^(?:RESILIER PUBS?|OPT OUT)\b/;

/** First words that opt out, whatever follows; compared without doubled letters. */
const FIRST = /^(?:STOP(?:E|ER|EZ)?|ARETS?|DESABO\w*|DESINS?C\w*|UNSUB\w*|OPTOUT|QUIT|REMOVE)$/;

/** Orders that are certain in a short reply, and merely probable in a long one. */
const FIRST_WHEN_SHORT = /^AR+ET+(?:E|ER+|EZ+|ES)?$/;

/** Words that opt out anywhere in a short reply. */
const ANYWHERE = /^(?:STOP|DESABO(?:N\w*)?|DESINS?CRI\w*|UNSUBSCRIBED?|OPTOUT)$/;

/** Courtesies that may precede the first word of a request. */
const COURTESY =
  /^(?:(?:BONJOUR|BONSOIR|SALUT|HELLO|MADAME|MONSIEUR|SVP|STP|PLEASE|NON|VEUILLEZ|MERCI(?: (?:DE|D))?|PRIERE (?:DE|D)|S IL (?:VOUS|TE) PLAIT) )+/;

/**
 * STOP stuck to the next words: STOPSMS, STOPPUBSVP, STOPAU36180. No text can be cut into these words in two ways,
 * so matching is fast.
 */
const STUCK =
  /^STOP(?:\d|SMS|MMS|PUBS?|PUBLICITES?|PROMOS?|PROMOTIONS?|ALL|TOUT|TOUS|SVP|STP|MERCI|PLEASE|NOW|SPAMS?|MAILS?|MESSAGES?|TEXTOS?|NEWSLETTERS?|NOTIFS?|INFOS?|OFFRES?|RAPPELS?|RELANCES?|RDV|STOP|AUX?|[AU]\d|VOS|LES|CES)+$/;

/** STOP stuck to anything else at the beginning of a reply, which a person reads. */
const STUCK_TO_ANYTHING =
  /^STOP(?!(?:P(?:AGES?|EURS?|EES?|ES|ED|ING|ONS|ANT)|OVERS?|WATCH(?:ES)?|LIGHTS?|MOTION)\b)\w/;

/** Phrases that contain STOP or ARRET and opt out of nothing: sick leave, bus stops, traffic signs, car lights. */
const INNOCENT = new RegExp(
  [
    'ARRETS? (?:MALADIE|DE TRAVAIL|(?:DE|DU) (?:BUS|TRAM|TRAMWAY|METRO|CAR)|DE JEU|(?:DE |DU )?TABAC|CARDIAQUE|MATERNITE)',
    // « Arrêtez-vous à midi ? » asks for hours; « suite au stop » complains that a STOP was ignored.
    'ARRETE(?:Z VOUS|S? TU)',
    '(?<!\\b(?:SUITE|GRACE|RAPPORT|REPONSE|RETOUR) )AU STOP(?! \\d)',
    '(?:VIEN[ST]|VENIR|VENUE?S?|ARRIVE|RENTRE|VOYAGE|PARTIE?S?|SUIS) EN STOP',
    '(?:FAI[ST]|FAIRE|FONT|FAISONS) DU STOP',
    '(?:FEUX?|PANNEAUX?|LAMPES?|AMPOULES?) STOPS?',
    '(?:LE|UN|MON|MES|LES) STOPS? ARRIERES?',
    'STOP (?:PORTES?|TABAC)',
    'QUIT SMOKING',
    'REMOVE (?:THE|IT|ONE|AN?|\\d+)',
  ]
    .map((words) => `\\b${words}\\b`)
    .join('|'),
  'g',
);

/** Real words one letter away from STOP. */
const NOT_A_TYPO = new Set([
  'TOP',
  'STEP',
  'SHOP',
  'SLOP',
  'SNOP',
  'SCOP',
  'ATOP',
  'SWOP',
  'STOA',
  'SOP',
  'STOW',
]);

const SHORT = 8;

/** Removes phrases that contain STOP or ARRET and opt out of nothing. */
export const withoutInnocent = (phrase: string): string => phrase.replace(INNOCENT, ' ');

const withoutDoubledLetters = (word: string): string => word.replace(/(.)\1+/gu, '$1');

/** Reads STOOOP and STOPPP, typed with a held key, as STOP. */
const withoutHeldKeys = (word: string): string => {
  const bare = withoutDoubledLetters(word);
  if (bare === 'STOP' || bare === 'STOPSTOP') return 'STOP';
  return STUCK.test(word) ? 'STOP' : word;
};

/** Long words that opt out: no other word is within two typing errors of them. */
const LONG_WORDS = [
  'UNSUBSCRIBE',
  'UNSUBSCRIBED',
  'DESABONNER',
  'DESABONNEZ',
  'DESABONNEMENT',
  'DESINSCRIRE',
  'DESINSCRIVEZ',
  'DESINSCRIPTION',
] as const;
const SLIPS = 2;

/** Returns the long word that was mistyped; the first two letters must be right. */
function correctedLongWord(word: string): string | undefined {
  if (word.length < 8 || word.length > 16) return undefined;
  return LONG_WORDS.find(
    (known) => known.slice(0, 2) === word.slice(0, 2) && editDistance(word, known) <= SLIPS,
  );
}

/** Counts the letters to add, drop or change to turn one word into another (Levenshtein). */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let from = 1; from <= one.length; from += 1) {
    const next = [from];
    for (let to = 1; to <= other.length; to += 1) {
      const substituted = (row[to - 1] ?? 0) + (one[from - 1] === other[to - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

/** Stems by which a matched word is reported, so that the person's own word is not repeated. */
const STEMS = ['STOP', 'ARRET', 'DESABO', 'DESINSC', 'UNSUB', 'OPTOUT', 'QUIT', 'REMOVE'] as const;

const stemOf = (word: string): string =>
  STEMS.find((stem) => withoutDoubledLetters(word).startsWith(withoutDoubledLetters(stem))) ??
  (/^DES+INC/.test(word) ? 'DESINSC' : 'ARRET');

/** Returns the clause by which a reply is a clear opt-out; undefined when it is none. */
export function optOutIn(words: readonly string[]): OptOutMatch | undefined {
  const whole = wholeOptOut(words);
  if (whole !== undefined) return { rule: 'WHOLE_REPLY', matched: whole };
  const request = words.join(' ').replace(COURTESY, '');
  const kept = withoutInnocent(request)
    .split(' ')
    .filter((word) => word !== '')
    .map(withoutHeldKeys);
  const [first] = kept;
  if (first === undefined) return undefined;
  // The word must be the first of the request itself, not only once an innocent phrase is removed.
  const isFirstWord = withoutHeldKeys(request.split(' ')[0] ?? '') === first;
  const corrected = correctedLongWord(first) ?? first;
  if (isFirstWord && FIRST.test(withoutDoubledLetters(corrected)))
    return { rule: 'FIRST_WORD', matched: stemOf(corrected) };
  return words.length <= SHORT ? shortOptOut(kept, isFirstWord) : undefined;
}

function wholeOptOut(words: readonly string[]): string | undefined {
  const phrase = words.join(' ');
  const opening = FIRST_TWO.exec(phrase)?.[0];
  // "ST OP", "STO P": a thumb on the space bar.
  const split = words.length > 1 && words.length < 4 && words.join('') === 'STOP' ? 'STOP' : undefined;
  return WHOLE.get(phrase) ?? opening ?? split;
}

/** Applies the wider reading that a reply of a few words allows. */
function shortOptOut(kept: readonly string[], isFirstWord: boolean): OptOutMatch | undefined {
  const [first = ''] = kept;
  const anywhere = kept.map((word) => correctedLongWord(word) ?? word).find((word) => ANYWHERE.test(word));
  if (anywhere !== undefined) return { rule: 'AMONG_FEW_WORDS', matched: stemOf(anywhere) };
  if (!isFirstWord) return undefined;
  if (FIRST_WHEN_SHORT.test(first)) return { rule: 'FIRST_WORD_OF_FEW', matched: stemOf(first) };
  return kept.length === 1 && isTypoOfStop(first) ? { rule: 'TYPO_OF_STOP', matched: 'STOP' } : undefined;
}

/** Says whether a word is STOP with one letter lost, added, changed or swapped. */
function isTypoOfStop(word: string): boolean {
  if (NOT_A_TYPO.has(word)) return false;
  return lacksOneLetter(word) || hasExtraLetter(word) || hasOneChanged(word) || hasTwoSwapped(word);
}

const STOP = 'STOP';
const INDEXES = [0, 1, 2, 3] as const;
const lacksOneLetter = (word: string): boolean =>
  INDEXES.some((index) => word === STOP.slice(0, index) + STOP.slice(index + 1));
const hasExtraLetter = (word: string): boolean =>
  word.length === 5 &&
  Array.from(word).some((_, index) => word.slice(0, index) + word.slice(index + 1) === STOP);
const hasOneChanged = (word: string): boolean =>
  word.length === 4 && INDEXES.filter((index) => word[index] !== STOP[index]).length === 1;
const hasTwoSwapped = (word: string): boolean => ['TSOP', 'SOTP', 'STPO'].includes(word);

/** Says whether an opt-out is of all purposes: STOP TOUT, but not STOP TOUT DE SUITE nor STOP TOUTE PUB. */
export function asksForEverything(words: readonly string[]): boolean {
  const phrase = words.join(' ').replace(/\bTOUT(?:E)? DE SUITE\b|\bA TOUT JAMAIS\b/g, ' ');
  if (/\b(?:PUBS?|PUBLICITES?|OFFRES?|PROMOS?|PROMOTIONS?)\b/.test(phrase)) return false;
  return /(?:^STOP(?:ALL|TOUT|TOUS)(?:SMS|SVP|STP|MERCI|PLEASE)?\b)|\b(?:STOP+|ARRETE[RZ]?|ARRET|STOPPE[RZ]?)(?: (?:A|POUR|DE|SMS|SVP|LES|VOS)){0,4} (?:TOUT|TOUS|TOUTES|ALL|EVERYTHING|PARTOUT)\b|^(?:TOUT|ALL) STOP$/.test(
    phrase,
  );
}

const MESSAGES =
  '(?:SMS|MESSAGES?|TEXTOS?|MAILS?|PUBS?|PUBLICITES?|OFFRES?|PROMOS?|PROMOTIONS?|RAPPELS?|NOTIFICATIONS?|NOTIFS?|SPAMS?|SOLLICITATIONS?|RELANCES?|NEWSLETTERS?)';
const SENDING =
  '(?:ECRIVEZ|ECRIRE|ECRIS|ENVOYEZ|ENVOYER|ENVOIE|ENVOIES|ENVOIS|CONTACTEZ|CONTACTER|CONTACTE|RECEVOIR|RELANCEZ|RELANCER|SOLLICITEZ|SOLLICITER|DERANGEZ|DERANGER|IMPORTUNEZ|IMPORTUNER|HARCELEZ|HARCELER|TEXTEZ|APPELEZ|ETRE CONTACTEE?|ETRE SOLLICITEE?|ETRE DERANGEE?)';

/** Messages that nobody orders, returns or waits for, so that refusing one is an opt-out. */
const NUISANCE = '(?:SMS|MMS|MESSAGES|TEXTOS?|MAILS|PUBS?|PUBLICITES?|SPAMS?|SOLLICITATIONS|RELANCES|TEXTS)';

/** A phrase that opts out; every repetition in it is bounded. */
interface Phrase {
  readonly name: string;
  readonly pattern: RegExp;
  /** True when the phrase accuses, which it does not in a question: "c'est un spam ?" */
  readonly accuses?: true;
}

const phrase = (name: string, pattern: string): Phrase => ({ name, pattern: new RegExp(pattern) });
const accusation = (name: string, pattern: string): Phrase => ({ ...phrase(name, pattern), accuses: true });

/** Phrases that opt out without the word STOP, in accentless capitals. */
const PHRASES: readonly Phrase[] = [
  // « n'écrivez plus », « m'envoyez plus rien »; but « contactez-moi plus tard », « envoyez plus d'infos ».
  phrase(
    'NO_MORE_SENDING',
    `\\b${SENDING}(?: MOI| NOUS| RIEN)? (?:PLUS|JAMAIS)\\b(?! (?:D|DE|TARD|TOT|VITE|AMPLE\\w*|RECU\\w*)\\b)`,
  ),
  phrase(
    'NO_MORE_SENDING',
    `\\b(?:NE|N) (?:ME |M |NOUS )?${SENDING}(?: MOI| NOUS| RIEN)? (?:PLUS|JAMAIS)\\b(?! (?:TARD|TOT)\\b)`,
  ),
  phrase(
    'NO_MORE_SENDING',
    `\\b(?:NE|N) (?:VEUX|VEUT|SOUHAITE|DESIRE|VOUDRAIS)? ?(?:PLUS|JAMAIS|PAS) (?:ME |NOUS |M |EN |LES |RIEN |DU TOUT ){0,3}${SENDING}\\b`,
  ),
  phrase(
    'NO_MORE_SENDING',
    '\\b(?:VEUX|VEUT|SOUHAITE|DESIRE) (?:PLUS|PAS) (?:RIEN |JAMAIS |DU TOUT ){0,2}(?:RECEVOIR|ETRE CONTACTEE?|ETRE DERANGEE?|ENTENDRE PARLER)\\b',
  ),
  // « je ne veux plus ce rendez-vous » and « je ne veux plus venir » are about something else.
  phrase(
    'NO_MORE_MESSAGES',
    `^(?:(?:BONJOUR|BONSOIR|NON) )?(?:JE )?(?:NE )?VEUX PLUS(?: RIEN| DU TOUT)?(?: MERCI| SVP| STP)?$`,
  ),
  phrase(
    'NO_MORE_MESSAGES',
    `\\b(?:VEUX|SOUHAITE|DESIRE) (?:PLUS|PAS|AUCUNE?)(?: DE| D| RECEVOIR| VOS| CES| MES| TOUS| AVOIR){0,4} ${MESSAGES}\\b`,
  ),
  // « vous n'avez plus d'offres ? », « je ne reçois plus vos messages » miss them.
  phrase(
    'NO_MORE_MESSAGES',
    `(?:(?<!\\b(?:RECOIS|RECU|RECEVONS|RECOIT|RECEVOIR|MOI|AI|AS|A|AVONS|AVEZ|ONT|AUREZ|RESTE|FAITES|PROPOSEZ) )(?:PLUS|PAS|AUCUNE?)|ASSEZ|MARRE|FATIGUEE?) (?:JAMAIS |BESOIN )?(?:RECU |DE |D |DES |VOS |CES |AUCUNE? ){0,4}${MESSAGES}\\b(?! RECU)`,
  ),
  phrase('NO_MORE_MESSAGES', `\\b(?:NO MORE|ENOUGH)(?: \\w+){0,2} (?:SMS|TEXTS?|MESSAGES?|ADS|SPAM)\\b`),
  phrase('NO_MORE_MESSAGES', `\\bNO ${NUISANCE}\\b`),
  phrase('NO_MORE_MESSAGES', `\\bGARDEZ VOS ${MESSAGES}\\b`),
  phrase('NO_MORE_MESSAGES', `\\bREFUSE(?: \\w+){0,3} (?:RECEVOIR|${NUISANCE})\\b`),
  phrase(
    'CEASE',
    `\\b(?:ARRET\\w{0,6}|CESSE[RZ]?|CESSENT|STOPPE[RZ]?)(?: \\w+){0,6} (?:${MESSAGES}|ENVOYER|ECRIRE|CONTACTER|DERANGER|HARCELER|EMBETER|RELANCER|SOLLICITER|ENVOI|ENVOIS)\\b`,
  ),
  phrase('CEASE', '\\b(?:ARRET\\w{0,6}|CESSE[RZ]?) DE (?:M|ME|NOUS) \\w'),
  phrase('CEASE', '\\b(?:CESSEZ|HALTE AUX?)\\b(?! VOUS)'),
  // An order that ends a sentence: « c'est pas moi, arrêtez »; « vous arrêtez ? » only asks.
  phrase('CEASE', '(?<!\\b(?:VOUS|TU) )\\b(?:ARRETEZ|STOPPEZ)(?: (?:SVP|STP|MERCI|CA|MAINTENANT|TOUT))*$'),
  phrase(
    'CEASE',
    '\\b(?:POURRIEZ|POUVEZ|VOULEZ|PEUT|FAUT|DEMANDE)(?: (?:VOUS|ON|BIEN|DE|D)){0,2} (?:ARRETER|STOPPER|CESSER)$',
  ),
  phrase('CEASE', '\\bQUE (?:CA|CELA) (?:S ARRETE|CESSE)\\b'),
  phrase(
    'CEASE',
    `\\b(?:ANNULE[RZ]?|ANNULATION|CANCEL|DESACTIVE[RZ]?|RESILI\\w{0,6}|FIN)(?: (?:LES|DES|AUX|VOS|CES|MES|MON|ABONNEMENT)){0,2} ${NUISANCE}\\b`,
  ),
  // « je finis à 18h, vous pouvez m'envoyer un rappel » asks for the contrary.
  phrase(
    'CEASE',
    `(?<!\\b(?:JE|ON|TU|IL|ELLE) )\\b(?:FINI\\w{0,5}|TERMINE[RZ]?)(?: \\w+){0,2} (?:${MESSAGES}|ENVOIS?)\\b`,
  ),
  phrase(
    'ENOUGH',
    '\\bBASTA\\b|\\b(?:CA|CELA) SUFFIT(?: (?:MAINTENANT|LES|VOS|AVEC|SVP|MERCI)\\b|$)|\\b(?:EN A|EN AI) (?:VRAIMENT )?MARRE\\b|\\bRAS LE BOL\\b|^(?:PLUS JAMAIS|MARRE)$|\\bDEGAGEZ\\b',
  ),
  phrase(
    'LEAVE_ALONE',
    '\\bLAISSE[RZ]? (?:MOI|NOUS)(?: \\w+){0,2} (?:TRANQUILLES?|EN PAIX)\\b|^LAISSE[RZ]? (?:MOI|NOUS)$|\\bLACHE[RZ]? (?:MOI|NOUS)\\b|\\b(?:FOUTEZ|FICHEZ|FOUS) (?:MOI|NOUS) LA PAIX\\b|\\bLEAVE ME ALONE\\b',
  ),
  phrase(
    'OFF_THE_LIST',
    '\\b(?:RETIRE[RZ]?|ENLEVE[RZ]?|SUPPRIME[RZ]?|EFFACE[RZ]?|RAYE[RZ]?|OTE[RZ]?|RADIE[RZ]?|SORTE[RZ]?|SORTIR)(?: \\w+){0,4} (?:NUMERO|NUM|LISTES?|FICHIERS?|DONNEES|COORDONNEES|BASES?|CONTACTS|DIFFUSION|TELEPHONE)\\b(?! (?:D ATTENTE|DE COMMANDE))',
  ),
  phrase('OFF_THE_LIST', '(?<!\\bN )\\b(?:OUBLIEZ|DETRUISEZ|DETRUIRE) (?:MOI|MON NUMERO|MES \\w+)\\b'),
  // « enlevez-moi un couvert » is an order of another kind.
  phrase(
    'OFF_THE_LIST',
    '\\b(?:RETIRE[RZ]?|ENLEVE[RZ]?|SUPPRIME[RZ]?|RAYE[RZ]?|EFFACE[RZ]?) (?:MOI|NOUS)\\b(?! (?:UNE?|LES?|LA)\\b)|\\bME (?:RETIRER|ENLEVER|SUPPRIMER|EFFACER|RAYER|DESABONNER|DESINSCRIRE)\\b|\\b(?:TAKE|OPT|GET) ME (?:OFF|OUT)\\b|\\bREMOVE (?:ME|MY)\\b',
  ),
  phrase('UNSUBSCRIBE', '\\bDESABO|\\bDESINS?CRI|\\bUNSUB'),
  accusation(
    'COMPLAINT',
    '\\b(?:SPAMS?|SPAMMEZ|ARNAQU\\w{0,5}|HARCELEMENT|HARCELER|HARCELEZ|RGPD|GDPR|CNIL|BLOCTEL|DEMARCHAGE|SIGNAL CONSO|33700|PLAINTE|VOUS BLOQUE)\\b',
  ),
  phrase(
    'NOT_INTERESTED',
    '\\bPAS (?:DU TOUT |VRAIMENT )?INTERESSEE?S?\\b|\\bPLUS (?:DU TOUT )?INTERESSEE?S?\\b(?! PAR\\b)|\\bINTERESSE(?:NT)? (?:PAS|PLUS|AUCUNEMENT)\\b|\\bPLUS CLIENTE?S?\\b|\\bPAS (?:DU TOUT )?CONCERNEE?S?\\b|\\bNOT INTERESTED\\b',
  ),
  phrase(
    'WRONG_PERSON',
    '\\b(?:MAUVAIS|FAUX|ERREUR DE|TROMPEZ? DE|TROMPE DE) (?:NUMERO|DESTINATAIRE|PERSONNE)\\b(?! DE (?!TEL|PORT))|\\b(?:PAS|PLUS) (?:LE BON|MON) (?:NUMERO|TELEPHONE)\\b(?! DE (?!TEL|PORT))|\\bSUIS (?:PAS|PLUS) (?:MME|MADAME|MR|MONSIEUR|MLLE|LA (?:BONNE )?PERSONNE)\\b|\\bPLUS CELUI DE\\b|\\bVOUS FAITES ERREUR\\b|\\bWRONG (?:NUMBER|PERSON)\\b',
  ),
  phrase(
    'NEVER_AGREED',
    `\\b(?:JAMAIS|RIEN) (?:DEMANDE|ACCEPTE|AUTORISE|SOUSCRIT)\\b|\\bJAMAIS DONNE (?:MON|D) (?:ACCORD|AUTORISATION|NUMERO|CONSENTEMENT)|\\bPAS (?:DEMANDE|D ACCORD|AUTORISE)(?: \\w+){0,4} ${NUISANCE}\\b|\\bQUI VOUS A DONNE MON (?:NUMERO|TELEPHONE)\\b|\\b(?:COMMENT|D OU) (?:AVEZ|TENEZ) VOUS (?:EU |OBTENU |TROUVE )?(?:MON|MES)\\b`,
  ),
  phrase('DECEASED', '\\bDECEDEE?\\b'),
  phrase(
    'NO_MORE_SENDING',
    '\\b(?:DON T|DONT|DO NOT|NEVER|STOP) (?:\\w+ )?(?:TEXT|CONTACT|SEND|MESSAGE|MESSAGING|TEXTING|SENDING|CALL)\\b',
  ),
  phrase(
    'CONSENT_WITHDRAWN',
    '\\b(?:OPPOSITION|OPPOSE|RETRACTE|REVOQUE|REVOKE)\\b(?: \\w+){0,6} (?:SMS|PROSPECTION|MESSAGES?|CONSENTEMENT|CONSENT|DEMARCHAGE|PUBLICITE)\\b|\\bRETIRE MON CONSENTEMENT\\b|\\bM OPPOSE\\b|\\bDROIT D OPPOSITION\\b|^OPPOSITION$',
  ),
];

/** Returns the name of the phrase by which a reply, in accentless capitals, seems to opt out. */
export function objectionIn(reply: string, mood: 'statement' | 'question' = 'statement'): string | undefined {
  const kept = withoutInnocent(reply);
  if (/\bSTOP\b/.test(kept) || STUCK_TO_ANYTHING.test(kept.replace(COURTESY, ''))) return 'STOP';
  return PHRASES.find(({ pattern, accuses }) => !(accuses && mood === 'question') && pattern.test(kept))
    ?.name;
}
