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
export { PROHIBITED_SECTORS, folded } from './text/word-list.ts';
export { healthFindings, valueFindings, checkSender, senderFromBrand } from './text/content-rule.ts';
export { checkText, mostParts, type TextQuestion } from './text/content.ts';
export { defaultText, type TextName, vocabularyOf } from './text/variable.ts';
export { type Finding, foundInEach, withRule } from './text/finding.ts';
export { showDate, showMoment, type MomentView } from './text/french-date.ts';
export { type StaleWord, staleWords } from './text/stale-word.ts';
export { septetsAt, gsm7Octets, gsm7Text, measure, offendersIn } from './encoding/encoding.ts';
export {
  type LineType,
  type PhoneHint,
  type PhoneReading,
  readPhone,
  chargedIn,
  chargedThere,
  maskPhone,
  withoutNationalZero,
  refusedNumber,
  type NumberReason,
  numberSentence,
  LONGEST_NUMBER,
  readPhoneByBlock,
} from './number/phone-number.ts';
export {
  type OptOutMeans,
  waysOutUnder,
  stopMention,
  carriedStopCode,
  asksForStopReply,
  withStop,
  ANSWERS_ASKED,
  asksForAnswer,
  canReceiveAnswers,
} from './text/stop-mention.ts';
export { type Template, parseTemplate, type Values, render, standIn } from './text/template.ts';
