import type { Purpose } from '../../law/rule.ts';
import type { Territory } from '../../law/territory.ts';
import { type Finding, findingOf } from './finding.ts';
import {
  asksForStopReply,
  carriedStopCode,
  carriesStopCode,
  knownStopCodes,
  type OptOutMeans,
  stopMention,
  withStop,
} from './stop-mention.ts';
import { bilingual, type Language } from '../../words/index.ts';

/** The facts that decide whether a text offers an opt-out. */
export interface OptOutSetting {
  readonly purpose: Purpose;
  /** The language of the mention. */
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
