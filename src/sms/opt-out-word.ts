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

/** An interruption of work or a place to wait asks for nothing. */
const INNOCENT =
  /\bARRETS? (?:MALADIE|DE TRAVAIL|DE BUS|DE TRAM|DE METRO|DU BUS|DU TRAM|DE JEU|CARDIAQUE|MATERNITE)\b/g;

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
  // What stands first must have been written first, not uncovered by the phrase before it.
  const opens = unheld(words[0] ?? '') === first;
  return (opens && FIRST.test(first)) || (words.length <= SHORT && isShortOptOut(kept, opens));
}

/** The wider reading that a reply of a few words allows. */
function isShortOptOut(kept: readonly string[], opens: boolean): boolean {
  const [first = ''] = kept;
  if (kept.some((word) => ANYWHERE.test(word))) return true;
  return opens && (FIRST_WHEN_SHORT.test(first) || (kept.length === 1 && isTypoOfStop(first)));
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
