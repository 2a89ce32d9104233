import { typedDate } from '../../../src/reading/import-cell.ts';
import { cellsOf, delimiterOf, csvLine, unguarded } from '../../../src/base/csv-reader.ts';
import { fieldOf } from '../../../src/reading/import-heading.ts';
import { wordingFindings } from '../../../src/people/consent/wording-findings.ts';
import { formPairs, textOfBytes } from '../../../src/gateways/http/call-items.ts';
import { operatorWords } from '../../../src/gateways/http/http-gateway.ts';
import { withoutMention } from '../../../src/gateways/entry.ts';
import { jsonOf } from '../../../src/web/server/read-body.ts';
import { faultOf } from '../../../src/platform/log.ts';
import { formSentTo, withFormAgain } from '../../../src/web/console/refused-form.ts';
import { typedStart } from '../../../src/reminders/import/import-row.ts';
import { answerIn, classifyReply, operatorStop, replyWords } from '../../../src/sms/inbound/inbound-word.ts';
import { checkText } from '../../../src/sms/text/content.ts';
import { measure, rewrite } from '../../../src/sms/encoding/encoding.ts';
import { links } from '../../../src/sms/text/word-list.ts';
import { readPhone } from '../../../src/sms/number/phone-number.ts';
import { checkSender } from '../../../src/sms/text/content-rule.ts';
import { staleWords } from '../../../src/sms/text/stale-word.ts';
import { parseTemplate } from '../../../src/sms/text/template.ts';

const NOTHING = { known: new Set<string>(), needed: new Set<string>() };
const quietly = (read: () => unknown): void => {
  try {
    read();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
};

/** Everything that reads a text that somebody else wrote. */
export const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  'a number': (text) => readPhone(text, {}),
  'a reply': classifyReply,
  'a word of an operator': operatorStop,
  'a reply as heard': replyWords,
  'an answer': answerIn,
  'a template': (text) => parseTemplate(text, NOTHING),
  'a text to send': (text) =>
    checkText({ text, on: '2027-04-12', purpose: 'marketing', brand: 'Lumière', startsOn: '2027-04-12' }),
  'the weight of a text': measure,
  'a proposal for a text': rewrite,
  'days in a text': (text) => staleWords(text, '2027-04-12'),
  'links of a text': links,
  'a mention of STOP': withoutMention,
  'a sender': (text) => checkSender(text, { language: 'fr', on: '2027-04-12' }),
  'a wording': (text) =>
    wordingFindings({ text, purposes: ['marketing'], names: ['Lumière'], brand: 'named' }),
  'cells of a row': (text) => cellsOf(text, ';'),
  'cells of a lenient row': (text) => cellsOf(text, ';', { mood: 'lenient' }),
  'the sign between cells': delimiterOf,
  'a guarded cell': unguarded,
  'a cell of an export': (text) => csvLine([text, text]),
  'a heading': fieldOf,
  'a date': (text) => typedDate(text, 'Europe/Paris'),
  'a start': (text) => typedStart([{ field: 'startsAt', text, isMonthFirst: false }]),
  'a form of an operator': formPairs,
  'bytes of an operator': (text) => textOfBytes(Buffer.from(text), 'text/plain; charset=windows-1252'),
  'words of an operator': (text) => operatorWords(text, 'Bonjour'),
  'a body': (text) => {
    quietly(() => jsonOf(Buffer.from(text)));
  },
  'a fault': (text) => faultOf(new Error(text)),
  'a form that is shown again': (text) => {
    const page = `<form action="/x"><input name="a" type="text"><textarea name="b"></textarea></form>`;
    const typed = { a: text, b: text };
    const form = formSentTo(page, { to: '/x', typed });
    return form && withFormAgain(page, form, { typed, errors: {} });
  },
};
