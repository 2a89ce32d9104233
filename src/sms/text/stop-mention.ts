import type { Purpose, Territory } from '../../rule/index.ts';
import { bilingual, type Language } from '../../words/index.ts';
import { findingOf, type Finding } from './finding.ts';

/** The ways to opt out that an account and a sender offer. */
export interface OptOutMeans {
  /** Short code that takes STOP, for all or by territory; `XXXXX` where the operator writes its own. */
  readonly stopCode?: string | Readonly<Partial<Record<Territory, string>>> | undefined;
  /** True when a reply to the sender reaches us. */
  readonly canReceive: boolean;
  /** True when answers reach us whatever name is the sender: the account's own number replaces it, or it is a fake. */
  readonly canReceiveAnswers?: boolean | undefined;
  /** True when the operator treats a text with a STOP code as advertising. */
  readonly stopMentionReclassifies: boolean;
}

/** Returns the ways to opt out under one sender: nobody can reply to letters. */
export const waysOutUnder = (means: OptOutMeans, sender: string): OptOutMeans => ({
  ...means,
  canReceive: means.canReceive && /^\+?\d+$/.test(sender),
});

/** The facts that decide how a person can opt out. */
export interface OptOutQuestion {
  readonly purpose: Purpose;
  readonly language: Language;
  readonly territory: Territory;
  readonly means: OptOutMeans;
  /** The person's own link; absent when no public address is set. */
  readonly stopLink?: string | undefined;
}

/** The text of the mention, or that none would work. */
export type StopMention =
  | { readonly kind: 'mention'; readonly way: 'short-code' | 'reply' | 'link'; readonly text: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'impossible'; readonly code: 'OPT_OUT_IMPOSSIBLE' };

const REPLY: Readonly<Record<Language, string>> = bilingual.sms.replyMention;

const LINK: Readonly<Record<Language, string>> = bilingual.sms.linkMention;

/** A STOP with its short code, as any operator writes it; XXXXX is Octopush's placeholder. */
const CARRIED = /\bSTOP(?:SMS)?(?:\b[^\n.!?]{0,12}?\b)?(3\d{4}|X{5})\b/i;

/** "Répondez STOP": true only of a sender that receives. */
const REPLY_ASKED =
  /\b(?:r[ée]pond(?:ez|re|s)|reply|text|envoyez|tapez)\s+(?:(?:par|with)\s+)?(?:["'«]\s*)?STOP\b(?!\s*(?:(?:au|to)\s*)?\d)/iu;

/** Builds the mention for one person; acknowledgements and codes need none. */
export function stopMention(question: OptOutQuestion): StopMention {
  for (const way of WAYS[question.purpose]) {
    const found = way(question);
    if (found !== undefined) return found;
  }
  return OWED.has(question.purpose) ? { kind: 'impossible', code: 'OPT_OUT_IMPOSSIBLE' } : { kind: 'none' };
}

type Way = (question: OptOutQuestion) => StopMention | undefined;

/** Operators look for these very words in every language: a missing one is refused (Octopush 121). */
const shortCode: Way = ({ means, territory }) => {
  const code = stopCodeFor(means, territory);
  return code === undefined ? undefined : { kind: 'mention', way: 'short-code', text: `STOP au ${code}` };
};

const quietShortCode: Way = (question) =>
  question.means.stopMentionReclassifies ? undefined : shortCode(question);

const reply: Way = ({ means, language }) =>
  means.canReceive ? { kind: 'mention', way: 'reply', text: REPLY[language] } : undefined;

const link: Way = ({ stopLink, language }) =>
  stopLink === undefined || stopLink === ''
    ? undefined
    : { kind: 'mention', way: 'link', text: LINK[language] + stopLink };

/** Ways of each purpose; the first that works wins. */
const WAYS: Readonly<Record<Purpose, readonly Way[]>> = {
  marketing: [shortCode, link],
  appointment: [reply, quietShortCode, link],
  renewal: [reply, quietShortCode, link],
  payment: [reply, quietShortCode, link],
  acknowledgement: [quietShortCode, link],
  confirmation: [],
};

/** Purposes that may not be sent without an opt-out. */
const OWED = new Set<Purpose>(['marketing', 'appointment', 'renewal', 'payment']);

/** Returns the short code that works at a territory: a part of the mainland or of +590 has its neighbour's. */
export function stopCodeFor(
  { stopCode }: Pick<OptOutMeans, 'stopCode'>,
  territory: Territory,
): string | undefined {
  if (stopCode === undefined || typeof stopCode === 'string') return stopCode;
  return stopCode[territory] ?? stopCode[neighbour(territory)];
}

const neighbour = (territory: Territory): Territory => {
  if (territory.startsWith('FR-')) return 'FR';
  return territory === 'MF' || territory === 'BL' ? 'GP' : territory;
};

/** Says whether a text already names a short code that takes STOP. */
export const carriesStopCode = (text: string): boolean => CARRIED.test(text);

/** Returns the short code that a text gives for STOP. */
export const carriedStopCode = (text: string): string | undefined => CARRIED.exec(text)?.[1];

/** Returns the known short codes of an account; an operator's own placeholder is none. */
function knownStopCodes({ stopCode }: OptOutMeans, territory: Territory | undefined): string[] {
  const codes = typeof stopCode === 'object' ? Object.values(stopCode) : [stopCode];
  const here = territory === undefined ? codes : [stopCodeFor({ stopCode }, territory)];
  return here.flatMap((code) => (code !== undefined && /^\d+$/.test(code) ? [code] : []));
}

/** Says whether a text asks for a reply by STOP. */
export const asksForStopReply = (text: string): boolean => REPLY_ASKED.test(text);

/** Adds the mention: `{stop}` at the end, unless the text has its own way to opt out. */
export function withStop(text: string, append: 'append' | 'as-written' = 'append'): string {
  const has = /\{stop(?:Link)?(?:\|[^{}]*)?\}/.test(text) || carriesStopCode(text);
  return has || append === 'as-written' ? text : `${text.trimEnd()} {stop}`;
}

/** The facts that decide whether a text offers an opt-out. */
export interface OptOutSetting {
  readonly purpose: Purpose;
  readonly language: Language;
  /** The language of the findings. */
  readonly readBy: Language;
  readonly means: OptOutMeans;
  readonly territory?: Territory | undefined;
  /** Empty when no public address is set, absent when it is unknown here. */
  readonly stopLink?: string | undefined;
  readonly append?: 'append' | 'as-written' | undefined;
}

/** Reports a text without an opt-out, or with one that cannot work. */
export function optOutFindings(text: string, setting: OptOutSetting): readonly Finding[] {
  return [...replyFindings(text, setting), ...codeFindings(text, setting), ...mentionFindings(text, setting)];
}

/** A STOP sent to a code of another account reaches nobody who can act on it. */
function codeFindings(
  text: string,
  { means, territory, readBy, purpose }: OptOutSetting,
): readonly Finding[] {
  const written = carriedStopCode(text);
  const known = knownStopCodes(means, territory);
  if (written === undefined || /\D/.test(written) || known.length === 0 || known.includes(written)) return [];
  const ruleId = purpose === 'marketing' ? 'OPT-06' : 'OPT-07';
  const codes = known.join(', ');
  const hint = bilingual.sms.ownCodes({ codes });
  return [
    findingOf('STOP_CODE_NOT_YOURS', readBy, { at: text.indexOf(written), words: written, ruleId, hint }),
  ];
}

/** "Répondez STOP" under a sender that receives nothing. */
function replyFindings(text: string, { means, readBy, purpose }: OptOutSetting): readonly Finding[] {
  if (means.canReceive || !asksForStopReply(text)) return [];
  const ruleId = purpose === 'marketing' ? 'OPT-06' : 'OPT-07';
  return [findingOf('REPLY_IMPOSSIBLE', readBy, { words: 'répondez STOP', ruleId })];
}

function mentionFindings(text: string, setting: OptOutSetting): readonly Finding[] {
  const { purpose, readBy, stopLink } = setting;
  if (purpose === 'acknowledgement' || purpose === 'confirmation' || carriesStopCode(text)) return [];
  const ruleId = purpose === 'marketing' ? 'OPT-06' : 'OPT-07';
  if (/\{stopLink\b/.test(text)) {
    return stopLink === '' ? [findingOf('OPT_OUT_IMPOSSIBLE', readBy, { ruleId })] : [];
  }
  return placeholderFindings(text, { ...setting, ruleId });
}

/** Checks the expansion of `{stop}`, written or appended. */
function placeholderFindings(text: string, setting: OptOutSetting & { ruleId: string }): readonly Finding[] {
  const { purpose, readBy, territory = 'FR', append, ruleId } = setting;
  const added = withStop(text, append) !== text;
  if (!added && !text.includes('{stop')) return [];
  const mention = stopMention({ ...setting, territory });
  if (mention.kind === 'impossible') return [findingOf('OPT_OUT_IMPOSSIBLE', readBy, { ruleId })];
  if (!added || purpose !== 'marketing' || mention.kind === 'none') return [];
  return [findingOf('STOP_MENTION_ADDED', readBy, { at: text.trimEnd().length, words: mention.text })];
}

/** The replacement of `{answers}`: GSM-7 alone, 38 and 40 septets. */
export const ANSWERS_ASKED: Readonly<Record<Language, string>> = bilingual.sms.answersAsked;

const ASKING = /\{answers(?:\|[^{}]*)?\}/;

/** Says whether a text asks its readers whether they come. */
export const asksForAnswer = (text: string): boolean => ASKING.test(text);

/** Says whether people's answers reach us; unknown means count as no. */
export const canReceiveAnswers = (means: OptOutMeans | undefined): boolean =>
  means?.canReceiveAnswers === true;

/** Warns of a question whose answers nobody would receive. */
export function answerFindings(
  text: string,
  { means, readBy }: { readonly means: OptOutMeans; readonly readBy: Language },
): readonly Finding[] {
  if (!asksForAnswer(text) || canReceiveAnswers(means)) return [];
  return [findingOf('ANSWERS_IMPOSSIBLE', readBy, { at: text.search(ASKING), words: '{answers}' })];
}
