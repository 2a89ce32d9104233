/** Version of the lists below: it is recorded with each classified reply. */
export const OPT_OUT_WORDS_VERSION = '2026-11';

/** Whole replies that ask to stop (law.md: no French text lists more than STOP and CONTACT). */
const WHOLE = new Set(['TD', 'HALTE', 'CTOП']);

/** Two words that open an opt-out. */
const FIRST_TWO = /^(?:RESILIER PUBS?|OPT OUT)\b/;

/** First words that ask to stop, whatever follows. */
const FIRST = /^(?:STOP|STOPP(?:E|ER|EZ)|ARRETS?|DESABO\w*|DESINSC\w*|UNSUB\w*|OPTOUT|QUIT|REMOVE)$/;

/** Orders that are sure in a short reply, and merely probable in a long one. */
const FIRST_WHEN_SHORT = /^(?:ARRET|ARET|ARRRET)(?:E|ER|EZ|ES)?$/;

/** Words that mean opting out wherever they stand in a short reply. */
const ANYWHERE = /^(?:STOP|DESABO(?:N\w*)?|DESINSCRI\w*|UNSUBSCRIBE|OPTOUT)$/;

/** STOP stuck to the next word: STOPSMS, STOPPUB, STOP36180. */
const STUCK =
  /^STOP(?:\d+|SMS|MMS|PUBS?|ALL|TOUT|TOUS|SVP|STP|MERCI|SPAM|MAIL|OFFRES?|RAPPELS?|STOP|A?U?\d{5})$/;

/** Phrases that hold the word and ask for nothing. */
const INNOCENT =
  /\b(?:NON ?STOP|ONE STOP|AUTO STOP|BUS STOP|PIT STOP|ARRETS? (?:MALADIE|DE TRAVAIL|DE BUS|DE TRAM|DE METRO|DU BUS|DU TRAM|DE JEU|CARDIAQUE|MATERNITE))\b/g;

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

/** A reply once what only looks like an opt-out is gone. */
export const withoutInnocent = (said: string): string => said.replace(INNOCENT, ' ');

/** STOOOP, STOPPP: a held key is no other word. */
const unheld = (word: string): string => {
  const squeezed = word.replace(/(.)\1+/gu, '$1');
  if (squeezed === 'STOP' || squeezed === 'STOPSTOP') return 'STOP';
  return STUCK.test(word) ? 'STOP' : word;
};

/** Whether a reply is an opt-out beyond doubt. */
export function isOptOut(words: readonly string[]): boolean {
  const said = words.join(' ');
  if (WHOLE.has(said) || FIRST_TWO.test(said)) return true;
  const kept = withoutInnocent(said)
    .split(' ')
    .filter((word) => word !== '')
    .map(unheld);
  const [first] = kept;
  if (first === undefined) return false;
  if (FIRST.test(first) && (words[0] === first || unheld(words[0] ?? '') === first)) return true;
  if (words.length > SHORT) return false;
  if (kept.some((word) => ANYWHERE.test(word))) return true;
  if (FIRST_WHEN_SHORT.test(first) && first === words[0]) return true;
  return words.length === 1 && isTypoOfStop(first);
}

/** Whether a lost, added, changed or swapped letter makes STOP of a word. */
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

/** Whether an opt-out names everything: STOP TOUT, but not STOP TOUT DE SUITE nor STOP TOUTE PUB. */
export function asksForEverything(words: readonly string[]): boolean {
  const said = words.join(' ').replace(/\bTOUT(?:E)? DE SUITE\b|\bA TOUT JAMAIS\b/g, ' ');
  if (/\b(?:PUBS?|PUBLICITES?|OFFRES?|PROMOS?|PROMOTIONS?)\b/.test(said)) return false;
  return /(?:^STOP(?:ALL|TOUT|TOUS)\b)|\b(?:STOP+|ARRETE[RZ]?|ARRET|STOPPE[RZ]?)(?: (?:A|POUR|DE|SMS|SVP|LES|VOS))* (?:TOUT|TOUS|TOUTES|ALL|EVERYTHING|PARTOUT)\b|^(?:TOUT|ALL) STOP$/.test(
    said,
  );
}
