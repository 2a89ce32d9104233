/** Version of the lists of words, recorded with each classified reply: their month, and their number in it. */
export const OPT_OUT_WORDS_VERSION = '2026-12.2';

/** The clause of OPT-04 that an unambiguous opt-out falls under. */
export type OptOutRule =
  | 'WHOLE_REPLY'
  | 'FIRST_WORD'
  | 'FIRST_WORD_OF_FEW'
  | 'AMONG_FEW_WORDS'
  | 'TYPO_OF_STOP';

/** A rule, and the word of our lists that matched. */
export interface OptOutMatch {
  readonly rule: OptOutRule;
  readonly matched: string;
}

/** Whole replies that opt out (law.md: no French text lists more than STOP and CONTACT). */
const WHOLE: ReadonlyMap<string, string> = new Map([
  ['TD', 'TD'],
  ['HALTE', 'HALTE'],
  ['CTOП', 'STOP'],
]);

/** Two words that open an opt-out. */
const FIRST_TWO = /^(?:RESILIER PUBS?|OPT OUT)\b/;

/** First words that opt out, whatever follows; doubled letters count once, here and below. */
const FIRST = /^(?:STOP(?:E|ER|EZ)?|ARETS?|DESABO\w*|DESINS?C\w*|UNSUB\w*|OPTOUT|QUIT|REMOVE)$/;

/** Orders that are certain in a short reply, and merely probable in a long one. */
const FIRST_WHEN_SHORT = /^AR+ET+(?:E|ER+|EZ+|ES)?$/;

/** Words that opt out anywhere in a short reply. */
const ANYWHERE = /^(?:STOP|DESABO(?:N\w*)?|DESINS?CRI\w*|UNSUBSCRIBED?|OPTOUT)$/;

/** Courtesies before an order: the order still counts as the first request. */
const COURTESY =
  /^(?:(?:BONJOUR|BONSOIR|SALUT|HELLO|MADAME|MONSIEUR|SVP|STP|PLEASE|NON|VEUILLEZ|MERCI(?: (?:DE|D))?|PRIERE (?:DE|D)|S IL (?:VOUS|TE) PLAIT) )+/;

/** STOP stuck to the next words: STOPSMS, STOPPUBSVP, STOPAU36180. No two of them can be read as another two. */
const STUCK =
  /^STOP(?:\d|SMS|MMS|PUBS?|PUBLICITES?|PROMOS?|PROMOTIONS?|ALL|TOUT|TOUS|SVP|STP|MERCI|PLEASE|NOW|SPAMS?|MAILS?|MESSAGES?|TEXTOS?|NEWSLETTERS?|NOTIFS?|INFOS?|OFFRES?|RAPPELS?|RELANCES?|RDV|STOP|AUX?|[AU]\d|VOS|LES|CES)+$/;

/** STOP stuck to anything else opens a reply: a person reads it. */
const STUCK_TO_ANYTHING =
  /^STOP(?!(?:P(?:AGES?|EURS?|EES?|ES|ED|ING|ONS|ANT)|OVERS?|WATCH(?:ES)?|LIGHTS?|MOTION)\b)\w/;

/** Interruptions of work, places to wait, traffic signs, car lights: none of them asks anything. */
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

/** Removes what only looks like an opt-out from a reply. */
export const withoutInnocent = (said: string): string => said.replace(INNOCENT, ' ');

const squeezed = (word: string): string => word.replace(/(.)\1+/gu, '$1');

/** STOOOP, STOPPP: a held key makes no other word. */
const unheld = (word: string): string => {
  const bare = squeezed(word);
  if (bare === 'STOP' || bare === 'STOPSTOP') return 'STOP';
  return STUCK.test(word) ? 'STOP' : word;
};

/** Long words that opt out: two typing errors in one of them make no other word. */
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

/** Returns the long word behind a mistyped one; it begins as it should. */
function longWordMeant(word: string): string | undefined {
  if (word.length < 8 || word.length > 16) return undefined;
  return LONG_WORDS.find((known) => known.slice(0, 2) === word.slice(0, 2) && distance(word, known) <= SLIPS);
}

/** Counts the letters to add, drop or change to make one word of another. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let at = 1; at <= one.length; at += 1) {
    const next = [at];
    for (let to = 1; to <= other.length; to += 1) {
      const changed = (row[to - 1] ?? 0) + (one[at - 1] === other[to - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

/** Stems that name a matched word, so that no answer repeats a person's own. */
const STEMS = ['STOP', 'ARRET', 'DESABO', 'DESINSC', 'UNSUB', 'OPTOUT', 'QUIT', 'REMOVE'] as const;

const named = (word: string): string =>
  STEMS.find((stem) => squeezed(word).startsWith(squeezed(stem))) ??
  (/^DES+INC/.test(word) ? 'DESINSC' : 'ARRET');

/** Returns the rule by which a reply is a clear opt-out; undefined when it is none. */
export function optOutIn(words: readonly string[]): OptOutMatch | undefined {
  const whole = wholeOptOut(words);
  if (whole !== undefined) return { rule: 'WHOLE_REPLY', matched: whole };
  const asked = words.join(' ').replace(COURTESY, '');
  const kept = withoutInnocent(asked)
    .split(' ')
    .filter((word) => word !== '')
    .map(unheld);
  const [first] = kept;
  if (first === undefined) return undefined;
  // The first word must be first in the original text, not only after a phrase was removed.
  const opens = unheld(asked.split(' ')[0] ?? '') === first;
  const meant = longWordMeant(first) ?? first;
  if (opens && FIRST.test(squeezed(meant))) return { rule: 'FIRST_WORD', matched: named(meant) };
  return words.length <= SHORT ? shortOptOut(kept, opens) : undefined;
}

function wholeOptOut(words: readonly string[]): string | undefined {
  const said = words.join(' ');
  const opening = FIRST_TWO.exec(said)?.[0];
  // "ST OP", "STO P": a thumb on the space bar.
  const split = words.length > 1 && words.length < 4 && words.join('') === 'STOP' ? 'STOP' : undefined;
  return WHOLE.get(said) ?? opening ?? split;
}

/** Applies the wider reading that a reply of a few words allows. */
function shortOptOut(kept: readonly string[], opens: boolean): OptOutMatch | undefined {
  const [first = ''] = kept;
  const anywhere = kept.map((word) => longWordMeant(word) ?? word).find((word) => ANYWHERE.test(word));
  if (anywhere !== undefined) return { rule: 'AMONG_FEW_WORDS', matched: named(anywhere) };
  if (!opens) return undefined;
  if (FIRST_WHEN_SHORT.test(first)) return { rule: 'FIRST_WORD_OF_FEW', matched: named(first) };
  return kept.length === 1 && isTypoOfStop(first) ? { rule: 'TYPO_OF_STOP', matched: 'STOP' } : undefined;
}

/** Says whether a word is STOP with one letter lost, added, changed or swapped. */
function isTypoOfStop(word: string): boolean {
  if (NOT_A_TYPO.has(word)) return false;
  return lost(word) || lostFrom(word) || changed(word) || swapped(word);
}

const STOP = 'STOP';
const each = [0, 1, 2, 3] as const;
const lost = (word: string): boolean => each.some((at) => word === STOP.slice(0, at) + STOP.slice(at + 1));
const lostFrom = (word: string): boolean =>
  word.length === 5 && Array.from(word).some((_, at) => word.slice(0, at) + word.slice(at + 1) === STOP);
const changed = (word: string): boolean =>
  word.length === 4 && each.filter((at) => word[at] !== STOP[at]).length === 1;
const swapped = (word: string): boolean => ['TSOP', 'SOTP', 'STPO'].includes(word);

/** Says whether an opt-out covers everything: STOP TOUT, but not STOP TOUT DE SUITE nor STOP TOUTE PUB. */
export function asksForEverything(words: readonly string[]): boolean {
  const said = words.join(' ').replace(/\bTOUT(?:E)? DE SUITE\b|\bA TOUT JAMAIS\b/g, ' ');
  if (/\b(?:PUBS?|PUBLICITES?|OFFRES?|PROMOS?|PROMOTIONS?)\b/.test(said)) return false;
  return /(?:^STOP(?:ALL|TOUT|TOUS)(?:SMS|SVP|STP|MERCI|PLEASE)?\b)|\b(?:STOP+|ARRETE[RZ]?|ARRET|STOPPE[RZ]?)(?: (?:A|POUR|DE|SMS|SVP|LES|VOS)){0,4} (?:TOUT|TOUS|TOUTES|ALL|EVERYTHING|PARTOUT)\b|^(?:TOUT|ALL) STOP$/.test(
    said,
  );
}

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
  // « je ne veux plus ce rendez-vous » and « je ne veux plus venir » are about something else.
  turn(
    'NO_MORE_MESSAGES',
    `^(?:(?:BONJOUR|BONSOIR|NON) )?(?:JE )?(?:NE )?VEUX PLUS(?: RIEN| DU TOUT)?(?: MERCI| SVP| STP)?$`,
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
  if (/\bSTOP\b/.test(kept) || STUCK_TO_ANYTHING.test(kept.replace(COURTESY, ''))) return 'STOP';
  return TURNS.find(({ pattern, accuses }) => !(accuses && mood === 'asked') && pattern.test(kept))?.name;
}
