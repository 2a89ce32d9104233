export { measure, type Measure, offendersIn } from './encoding/encoding.ts';
export { gsm7Octets, gsm7Text, septetsAt } from './encoding/gsm7.ts';
export { type ReplyAnswer, answerIn } from './inbound/answer-word.ts';
export {
  classifyReply,
  operatorStop,
  type Reply,
  type ReplyBecause,
  type ReplyKind,
  silences,
  strictestReply,
} from './inbound/inbound-word.ts';
export { replySentence } from './inbound/reply-sentence.ts';
export { type Right, RIGHTS, type RightsAsked } from './inbound/rights-word.ts';
export { amountOf, costOfParts, micros, type Money, showMoney, sumsOf } from './money.ts';
export { type NumberReason, numberSentence } from './number/number-reason.ts';
export {
  chargedIn,
  chargedThere,
  type LineType,
  maskPhone,
  type PhoneHint,
  type PhoneReading,
  readPhone,
  refusedNumber,
} from './number/phone-number.ts';
export { ANSWERS_ASKED, asksForAnswer, canReceiveAnswers } from './text/answer-sentence.ts';
export { PROHIBITED_SECTORS } from './text/barred-trade.ts';
export { healthFindings, valueFindings } from './text/content-rule.ts';
export { checkText, mostParts, type TextQuestion } from './text/content.ts';
export { defaultText, type TextName } from './text/default-text.ts';
export { type Finding, foundInEach, withRule } from './text/finding.ts';
export { showDate, showMoment, type MomentView } from './text/french-date.ts';
export { render, type Values } from './text/rendering.ts';
export { checkSender, senderFromBrand } from './text/sender.ts';
export { type StaleWord, staleWords } from './text/stale-word.ts';
export { standIn } from './text/stand-in.ts';
export {
  asksForStopReply,
  carriedStopCode,
  type OptOutMeans,
  stopMention,
  waysOutUnder,
  withStop,
} from './text/stop-mention.ts';
export { parseTemplate } from './text/template.ts';
export { vocabularyOf } from './text/variable.ts';
export { folded } from './text/word-list.ts';
