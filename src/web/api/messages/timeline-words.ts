import { bilingual, wordsIn, type Language, type Words } from '../../../words/index.ts';

const ACTS: Readonly<Record<string, Words>> = bilingual.timeline.acts;

/** The events of any booking, in words. */
const BOOKING: Readonly<Record<string, Words>> = bilingual.timeline.booking;

const MESSAGE: Readonly<Record<string, Words>> = bilingual.timeline.message;

const STATES: Readonly<Record<string, Words>> = bilingual.timeline.states;

const CONSENT: Readonly<Record<string, Words>> = bilingual.timeline.consent;

const PURPOSES: Readonly<Record<string, Words>> = bilingual.timeline.purposes;

const PERSON_ACTS: Words = bilingual.timeline.personActs;

const said = (words: Words | undefined, code: string, language: Language): string =>
  words?.[language] ?? code;

/** Words an entry of the audit, a halt with its reason; an unknown one by its name. */
export function actWords(
  action: string,
  { language, reason }: { readonly language: Language; readonly reason?: unknown },
): string {
  const words = said(ACTS[action] ?? BOOKING[action.slice(action.indexOf('.') + 1)], action, language);
  if (!/^(?:tenant|gateway)\./.test(action)) return words;
  if (typeof reason !== 'string') return `${words}.`;
  return wordsIn(language).timeline.withReason({ words, reason });
}

/** Words an event of a message. */
export const eventWords = (event: string, language: Language): string =>
  said(MESSAGE[event], event, language);

/** Words the state of a message. */
export const stateWords = (state: string, language: Language): string => said(STATES[state], state, language);

/** Words an act of consent or opt-out, and its purpose. */
export const consentWords = (
  { kind, purpose }: { readonly kind: string; readonly purpose: string },
  language: Language,
): string => `${said(CONSENT[kind], kind, language)} (${said(PURPOSES[purpose], purpose, language)}).`;

/** Words a waiting message, its purpose and the reason of its wait. */
export const waitingWords = (
  { purpose, why }: { readonly purpose: string; readonly why: string },
  language: Language,
): string =>
  `SMS (${said(PURPOSES[purpose], purpose, language)})${wordsIn(language).punctuation.colon}${why}`;

/** Words a launched campaign that would write to a person, or might. */
export function launchedWords(
  { name, isKnown }: { readonly name: string; readonly isKnown: boolean },
  language: Language,
): string {
  const words = wordsIn(language).timeline;
  return isKnown ? words.wouldWrite({ name }) : words.mayWrite({ name });
}

/** Words the action that is asked of somebody. */
export const personActs = (language: Language): string => PERSON_ACTS[language];
