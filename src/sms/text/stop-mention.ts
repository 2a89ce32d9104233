import { isAnswer } from '../../law/index.ts';
import type { Purpose, Territory } from '../../rule/index.ts';
import { bilingual, type Language } from '../../words/index.ts';
import { findingOf, type Finding } from './finding.ts';

/** The ways to opt out that an account and a sender offer. */
export interface OptOutMeans {
  /** Short code that takes STOP, for all or by territory; `XXXXX` where the operator writes its own. */
  readonly stopCode?: string | Readonly<Partial<Record<Territory, string>>> | undefined;
  /** True when a reply to the sender reaches us. */
  readonly canReceive: boolean;
  /**
   * True when answers reach us whatever name is the sender: the account's own number replaces it, or it is a fake.
   */
  readonly canReceiveAnswers?: boolean | undefined;
  /** True when the operator treats a text with a STOP code as advertising. */
  readonly stopMentionReclassifies: boolean;
}

/** Returns the ways to opt out that one sender offers: nobody can reply to a sender of letters. */
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

/** The opt-out mention of a message: its text, none where none is needed, or `impossible` where none would work. */
type StopMention =
  | { readonly kind: 'mention'; readonly way: 'short-code' | 'reply' | 'link'; readonly text: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'impossible'; readonly code: 'OPT_OUT_IMPOSSIBLE' };

const REPLY: Readonly<Record<Language, string>> = bilingual.sms.replyMention;

const LINK: Readonly<Record<Language, string>> = bilingual.sms.linkMention;

/** STOP with a short code, as operators write it; XXXXX is Octopush's placeholder. */
const STOP_CODE = /\bSTOP(?:SMS)?(?:\b[^\n.!?]{0,12}?\b)?(3\d{4}|X{5})\b/i;

/** "Répondez STOP" and its like, which work only with a sender that receives replies. */
const STOP_REPLY =
  /\b(?:r[ée]pond(?:ez|re|s)|reply|text|envoyez|tapez)\s+(?:(?:par|with)\s+)?(?:["'«]\s*)?STOP\b(?!\s*(?:(?:au|to)\s*)?\d)/iu;

/** Builds the mention for one person; acknowledgements and codes need none. */
export function stopMention(question: OptOutQuestion): StopMention {
  for (const way of WAYS[question.purpose]) {
    const mention = way(question);
    if (mention !== undefined) return mention;
  }
  return isAnswer(question.purpose) ? { kind: 'none' } : { kind: 'impossible', code: 'OPT_OUT_IMPOSSIBLE' };
}

type Way = (question: OptOutQuestion) => StopMention | undefined;

/** Operators look for « STOP au » in texts of every language: Octopush refuses a text without it (121). */
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

/** The ways to opt out of each purpose, by preference. */
const WAYS: Readonly<Record<Purpose, readonly Way[]>> = {
  marketing: [shortCode, link],
  appointment: [reply, quietShortCode, link],
  renewal: [reply, quietShortCode, link],
  payment: [reply, quietShortCode, link],
  acknowledgement: [quietShortCode, link],
  confirmation: [],
};

/** Returns the short code that works at a territory; a part of the mainland or of +590 uses that of the whole. */
export function stopCodeFor(
  { stopCode }: Pick<OptOutMeans, 'stopCode'>,
  territory: Territory,
): string | undefined {
  if (stopCode === undefined || typeof stopCode === 'string') return stopCode;
  return stopCode[territory] ?? stopCode[wholeOf(territory)];
}

const wholeOf = (territory: Territory): Territory => {
  if (territory.startsWith('FR-')) return 'FR';
  return territory === 'MF' || territory === 'BL' ? 'GP' : territory;
};

/** Says whether a text already names a short code that takes STOP. */
export const carriesStopCode = (text: string): boolean => STOP_CODE.test(text);

/** Returns the short code that a text gives for STOP. */
export const carriedStopCode = (text: string): string | undefined => STOP_CODE.exec(text)?.[1];

/** Returns the short codes of an account that are known; the placeholder of an operator is not one. */
function knownStopCodes({ stopCode }: OptOutMeans, territory: Territory | undefined): string[] {
  const codes = typeof stopCode === 'object' ? Object.values(stopCode) : [stopCode];
  const usable = territory === undefined ? codes : [stopCodeFor({ stopCode }, territory)];
  return usable.flatMap((code) => (code !== undefined && /^\d+$/.test(code) ? [code] : []));
}

/** Says whether a text asks for a reply by STOP. */
export const asksForStopReply = (text: string): boolean => STOP_REPLY.test(text);

/** Appends `{stop}` to a text, unless it has its own way to opt out. */
export function withStop(text: string, append: 'append' | 'as-written' = 'append'): string {
  const hasOptOut = /\{stop(?:Link)?(?:\|[^{}]*)?\}/.test(text) || carriesStopCode(text);
  return hasOptOut || append === 'as-written' ? text : `${text.trimEnd()} {stop}`;
}

/** The facts that decide whether a text offers an opt-out. */
interface OptOutSetting extends Pick<OptOutQuestion, 'purpose' | 'language' | 'means'> {
  /** The language of the findings. */
  readonly readBy: Language;
  readonly territory?: Territory | undefined;
  /** Empty when no public address is set, absent when it is unknown here. */
  readonly stopLink?: string | undefined;
  readonly append?: 'append' | 'as-written' | undefined;
}

/** Reports a text without an opt-out, or with one that cannot work. */
export function optOutFindings(text: string, setting: OptOutSetting): readonly Finding[] {
  return [...replyFindings(text, setting), ...codeFindings(text, setting), ...mentionFindings(text, setting)];
}

/** Reports a short code of another account: a STOP sent to it reaches nobody who can act on it. */
function codeFindings(
  text: string,
  { means, territory, readBy, purpose }: OptOutSetting,
): readonly Finding[] {
  const code = carriedStopCode(text);
  const known = knownStopCodes(means, territory);
  if (code === undefined || /\D/.test(code) || known.length === 0 || known.includes(code)) return [];
  const ruleId = optOutRuleOf(purpose);
  const codes = known.join(', ');
  const hint = bilingual.sms.ownCodes({ codes });
  return [findingOf('STOP_CODE_NOT_YOURS', readBy, { at: text.indexOf(code), words: code, ruleId, hint })];
}

/** Reports "Répondez STOP" with a sender that receives no replies. */
function replyFindings(text: string, { means, readBy, purpose }: OptOutSetting): readonly Finding[] {
  if (means.canReceive || !asksForStopReply(text)) return [];
  const spot = { words: 'répondez STOP', ruleId: optOutRuleOf(purpose) };
  return [findingOf('REPLY_IMPOSSIBLE', readBy, spot)];
}

const optOutRuleOf = (purpose: Purpose): string => (purpose === 'marketing' ? 'OPT-06' : 'OPT-07');

function mentionFindings(text: string, setting: OptOutSetting): readonly Finding[] {
  const { purpose, readBy, stopLink } = setting;
  if (isAnswer(purpose) || carriesStopCode(text)) return [];
  const ruleId = optOutRuleOf(purpose);
  if (/\{stopLink\b/.test(text)) {
    return stopLink === '' ? [findingOf('OPT_OUT_IMPOSSIBLE', readBy, { ruleId })] : [];
  }
  return placeholderFindings(text, { ...setting, ruleId });
}

/** Reports what `{stop}` becomes, whether the author wrote it or it is appended. */
function placeholderFindings(text: string, setting: OptOutSetting & { ruleId: string }): readonly Finding[] {
  const { purpose, readBy, territory = 'FR', append, ruleId } = setting;
  const isAppended = withStop(text, append) !== text;
  if (!isAppended && !text.includes('{stop')) return [];
  const mention = stopMention({ ...setting, territory });
  if (mention.kind === 'impossible') return [findingOf('OPT_OUT_IMPOSSIBLE', readBy, { ruleId })];
  if (!isAppended || purpose !== 'marketing' || mention.kind === 'none') return [];
  return [findingOf('STOP_MENTION_ADDED', readBy, { at: text.trimEnd().length, words: mention.text })];
}

/** The words that replace `{answers}`: GSM-7 alone, 38 septets in French and 40 in English. */
export const ANSWERS_ASKED: Readonly<Record<Language, string>> = bilingual.sms.answersAsked;

const ANSWERS_PLACEHOLDER = /\{answers(?:\|[^{}]*)?\}/;

/** Says whether a text asks its readers to answer whether they come. */
export const asksForAnswer = (text: string): boolean => ANSWERS_PLACEHOLDER.test(text);

/** Says whether people's answers reach us; false when the account's means are unknown. */
export const canReceiveAnswers = (means: OptOutMeans | undefined): boolean =>
  means?.canReceiveAnswers === true;

/** Reports a text that asks for answers which nobody would receive. */
export function answerFindings(
  text: string,
  { means, readBy }: { readonly means: OptOutMeans; readonly readBy: Language },
): readonly Finding[] {
  if (!asksForAnswer(text) || canReceiveAnswers(means)) return [];
  return [
    findingOf('ANSWERS_IMPOSSIBLE', readBy, { at: text.search(ANSWERS_PLACEHOLDER), words: '{answers}' }),
  ];
}
