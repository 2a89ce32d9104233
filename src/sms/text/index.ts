// What composes a text; src/sms/index.ts offers what judges one.
export {
  ANSWERS_ASKED,
  asksForAnswer,
  asksForStopReply,
  canReceiveAnswers,
  carriedStopCode,
  type OptOutMeans,
  stopMention,
  waysOutUnder,
  withStop,
} from './stop-mention.ts';
export { parseTemplate, render, standIn, type Template, type Values } from './template.ts';
export { vocabularyOf } from './variable.ts';
