import { bilingual, wordsIn, type Language, type Words } from '../../../words/index.ts';

const ACTS: Readonly<Record<string, Words>> = bilingual.timeline.acts;

/** What happens to a booking, whatever is booked. */
const BOOKING: Readonly<Record<string, Words>> = bilingual.timeline.booking;

const MESSAGE: Readonly<Record<string, Words>> = bilingual.timeline.message;

const STATES: Readonly<Record<string, Words>> = bilingual.timeline.states;

const CONSENT: Readonly<Record<string, Words>> = bilingual.timeline.consent;

const PURPOSES: Readonly<Record<string, Words>> = bilingual.timeline.purposes;

const PERSON_ACTS: Words = bilingual.timeline.personActs;

const said = (words: Words | undefined, code: string, language: Language): string =>
  words?.[language] ?? code;

/** What an entry of the audit says, a halt with its reason; an unknown one by its name. */
export function actWords(
  action: string,
  { language, reason }: { readonly language: Language; readonly reason?: unknown },
): string {
  const words = said(ACTS[action] ?? BOOKING[action.slice(action.indexOf('.') + 1)], action, language);
  if (!/^(?:tenant|gateway)\./.test(action)) return words;
  if (typeof reason !== 'string') return `${words}.`;
  return wordsIn(language).timeline.withReason({ words, reason });
}

/** What happened to a message. */
export const eventWords = (event: string, language: Language): string =>
  said(MESSAGE[event], event, language);

/** Where a message stands. */
export const stateWords = (state: string, language: Language): string => said(STATES[state], state, language);

/** An act of agreeing or leaving, and what it is about. */
export const consentWords = (
  { kind, purpose }: { readonly kind: string; readonly purpose: string },
  language: Language,
): string => `${said(CONSENT[kind], kind, language)} (${said(PURPOSES[purpose], purpose, language)}).`;

/** A message that waits, what it is for and why it has not left. */
export const waitingWords = (
  { purpose, why }: { readonly purpose: string; readonly why: string },
  language: Language,
): string =>
  `SMS (${said(PURPOSES[purpose], purpose, language)})${wordsIn(language).punctuation.colon}${why}`;

/** A campaign that was launched, and would write to a person, or might. */
export function launchedWords(
  { name, isKnown }: { readonly name: string; readonly isKnown: boolean },
  language: Language,
): string {
  const words = wordsIn(language).timeline;
  return isKnown ? words.wouldWrite({ name }) : words.mayWrite({ name });
}

/** What is asked of somebody. */
export const personActs = (language: Language): string => PERSON_ACTS[language];
