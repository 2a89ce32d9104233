/** Version of the lists of words, recorded with each classified reply. */
export const OPT_OUT_WORDS_VERSION = '2026-12';

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

/** STOP stuck to the next word: STOPSMS, STOPPUB, STOP36180. */
const STUCK =
  /^STOP(?:\d+|SMS|MMS|PUBS?|ALL|TOUT|TOUS|SVP|STP|MERCI|SPAM|MAIL|OFFRES?|RAPPELS?|STOP|A?U?\d{5})$/;

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
  return /(?:^STOP(?:ALL|TOUT|TOUS)\b)|\b(?:STOP+|ARRETE[RZ]?|ARRET|STOPPE[RZ]?)(?: (?:A|POUR|DE|SMS|SVP|LES|VOS)){0,4} (?:TOUT|TOUS|TOUTES|ALL|EVERYTHING|PARTOUT)\b|^(?:TOUT|ALL) STOP$/.test(
    said,
  );
}
