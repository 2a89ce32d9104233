import { Refusal } from '../../platform/index.ts';
import type { Day, Territory } from '../../law/index.ts';
import { refusedAs } from '../../sending/index.ts';
import {
  checkText,
  asksForAnswer,
  hearsAnswers,
  valueFindings,
  stopMention,
  type OptOutMeans,
  foundInEach,
  withRule,
} from '../../sms/index.ts';
import type { ReminderPurpose } from '../series/series.ts';
import { languageOf } from '../../words/index.ts';

/** What a booking would let people read. */
export interface BookedWords {
  readonly purpose: ReminderPurpose;
  /** The day on which it is booked. */
  readonly on: Day;
  readonly sector: string;
  readonly locale: string;
  readonly sender: string;
  readonly means: OptOutMeans | undefined;
  readonly territory: Territory | undefined;
  /** As long as everybody's; empty where links lead nowhere. */
  readonly stopLink: string;
  /** The booking's own text, if it has one. */
  readonly text: string | undefined;
  /** The tenant's text of that purpose, which says it otherwise. */
  readonly usual: string | undefined;
  /** The name that opens it. */
  readonly practice: string;
  /** Words of the booking that nobody judged before: a name without a kept practice, a street, a contract. */
  readonly unjudged: Readonly<Record<string, string | undefined>>;
}

/** Refuses words that may not be sent, with the place of each. */
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

/** The tenant's own text too may ask nothing that nobody would hear. */
function refuseUnheard({ text, usual = '', means }: BookedWords): void {
  if (text === undefined && means !== undefined && asksForAnswer(usual) && !hearsAnswers(means))
    throw new Refusal('ANSWERS_IMPOSSIBLE');
}

/** The default texts too must let people out. */
function refuseNoWayOut({ purpose, locale, territory = 'FR', means, stopLink }: BookedWords): void {
  if (means === undefined) return;
  const mention = stopMention({ purpose, language: languageOf(locale), territory, means, stopLink });
  if (mention.kind === 'impossible') throw new Refusal('OPT_OUT_IMPOSSIBLE');
}
