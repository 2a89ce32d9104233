import { Refusal } from '../../platform/index.ts';
import type { Day, Territory } from '../../law/index.ts';
import { refusedAs } from '../../sending/index.ts';
import {
  checkText,
  asksForAnswer,
  canReceiveAnswers,
  valueFindings,
  stopMention,
  type OptOutMeans,
  foundInEach,
  withRule,
} from '../../sms/index.ts';
import type { ReminderPurpose } from '../series/series.ts';
import { languageOf } from '../../words/index.ts';

/** The texts of a booking. */
export interface BookedWords {
  readonly purpose: ReminderPurpose;
  /** The day of booking. */
  readonly on: Day;
  readonly sector: string;
  readonly locale: string;
  readonly sender: string;
  readonly means: OptOutMeans | undefined;
  readonly territory: Territory | undefined;
  /** Of the usual length; empty without an address for links. */
  readonly stopLink: string;
  /** The booking's own text, if it has one. */
  readonly text: string | undefined;
  /** The tenant's text of that purpose, which it replaces. */
  readonly usual: string | undefined;
  /** The name at the start of the text. */
  readonly practice: string;
  /** Words of the booking that were not checked before: a name without a stored practice, a street, a contract. */
  readonly unjudged: Readonly<Record<string, string | undefined>>;
}

/** Refuses words that may not be sent, with the position of each. */
export function refuseWords(words: BookedWords): void {
  refuseUnjudged(words);
  refuseText(words);
  refuseUnheard(words);
  refuseNoWayOut(words);
}

function refuseUnjudged({ unjudged, purpose, sector }: BookedWords): void {
  const errors = Object.entries(unjudged).flatMap(([field, value]) =>
    foundInEach((language) => valueFindings(value ?? '', { purpose, sector, language }))
      .filter(({ severity }) => severity === 'error')
      .map(({ message, ruleId }) => ({
        in: 'body' as const,
        pointer: `/${field}`,
        message: withRule(message, ruleId),
      })),
  );
  if (errors.length > 0) throw new Refusal('CONTENT_REFUSED', { errors });
}

function refuseText({
  text,
  purpose,
  on,
  sector,
  locale,
  sender,
  means,
  territory,
  practice,
  stopLink,
}: BookedWords): void {
  if (text === undefined) return;
  const findings = foundInEach(
    (readBy) =>
      checkText({
        text,
        purpose,
        on,
        sector,
        sender,
        means,
        territory,
        language: languageOf(locale),
        readBy,
        brand: practice,
        stopLink,
      }).findings,
  );
  // A reminder may be brought forward by days: "demain" would then be false, and its date is still true.
  const faults = findings.filter(
    ({ severity, code }) => severity === 'error' || (code === 'STALE_WHEN_HELD' && severity === 'warning'),
  );
  const [first] = faults;
  if (first === undefined) return;
  throw new Refusal(refusedAs(first), {
    errors: faults.map(({ message, ruleId }) => ({
      in: 'body',
      pointer: '/text',
      message: withRule(message, ruleId),
    })),
  });
}

/** Refuses a text, the tenant's own included, that asks a question nobody would get the answer to. */
function refuseUnheard({ text, usual = '', means }: BookedWords): void {
  if (text === undefined && means !== undefined && asksForAnswer(usual) && !canReceiveAnswers(means))
    throw new Refusal('ANSWERS_IMPOSSIBLE');
}

/** Checks that the default texts, too, offer an opt-out. */
function refuseNoWayOut({ purpose, locale, territory = 'FR', means, stopLink }: BookedWords): void {
  if (means === undefined) return;
  const mention = stopMention({ purpose, language: languageOf(locale), territory, means, stopLink });
  if (mention.kind === 'impossible') throw new Refusal('OPT_OUT_IMPOSSIBLE');
}
