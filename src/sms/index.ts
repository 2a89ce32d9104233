export { measure, type Measure, offendersIn, gsm7Octets, gsm7Text, septetsAt } from './encoding/index.ts';
export {
  answerIn,
  classifyReply,
  operatorStop,
  silences,
  strictestReply,
  replySentence,
  type ReplyAnswer,
  type Reply,
  type ReplyBecause,
  type ReplyKind,
} from './inbound/inbound-word.ts';
export { type Right, RIGHTS, type RightsAsked } from './inbound/rights-word.ts';
export { amountOf, costOfParts, micros, type Money, showMoney, sumsOf } from './money.ts';
export {
  numberSentence,
  chargedIn,
  chargedThere,
  maskPhone,
  readPhone,
  refusedNumber,
  withoutNationalZero,
  type NumberReason,
  type LineType,
  type PhoneHint,
  type PhoneReading,
} from './number/index.ts';
export {
  ANSWERS_ASKED,
  asksForAnswer,
  canReceiveAnswers,
  asksForStopReply,
  carriedStopCode,
  stopMention,
  waysOutUnder,
  withStop,
  type OptOutMeans,
  render,
  parseTemplate,
  standIn,
  type Values,
  vocabularyOf,
} from './text/index.ts';
export { PROHIBITED_SECTORS, folded } from './text/word-list.ts';
export { healthFindings, valueFindings } from './text/content-rule.ts';
export { checkText, mostParts, type TextQuestion } from './text/content.ts';
export { defaultText, type TextName } from './text/default-text-names.ts';
export { type Finding, foundInEach, withRule } from './text/finding.ts';
export { showDate, showMoment, type MomentView } from './text/french-date.ts';
export { checkSender, senderFromBrand } from './text/sender.ts';
export { type StaleWord, staleWords } from './text/stale-word.ts';
