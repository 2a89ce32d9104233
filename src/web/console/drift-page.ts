import { attributes, html, type Html, joined, nothing } from '../../platform/index.ts';
import { figureIn, moneyIn } from './page-words.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** An operator's count, beside ours. */
export interface DriftCounts {
  readonly parts: { readonly ours: number; readonly theirs: number };
  readonly cost: { readonly ours: string; readonly theirs: string; readonly currency: string } | null;
  readonly isAlarming: boolean;
}

/** Shows both counts of an account, marked where they differ beyond rounding. */
export function countedTwice({ parts, cost, isAlarming }: DriftCounts, language: Language): Html {
  const words = wordsIn(language).campaignPages.drift;
  const counts = [
    `${figureIn(parts.theirs, language)} ${words.parts} (${words.ours}${figureIn(parts.ours, language)})`,
    ...(cost === null
      ? []
      : [
          `${moneyIn({ amount: cost.theirs, currency: cost.currency }, language)} (${words.ours}${moneyIn({ amount: cost.ours, currency: cost.currency }, language)})`,
        ]),
  ];
  return html`<span${attributes({ class: isAlarming && 'warned' })}>${joined(counts, html`<br>`)}</span>`;
}

/** The messages sent, and their difference from the rehearsal. */
interface Reality {
  readonly messages: number;
  readonly parts: number;
  readonly messagesApart: number;
  readonly partsApart: number;
}

/** Describes how a finished campaign differed from its rehearsal; empty without differences. */
export function apartFromRehearsal(
  { messages, parts, messagesApart, partsApart }: Reality,
  language: Language,
): Html {
  if (messagesApart === 0 && partsApart === 0) return nothing;
  const words = wordsIn(language).campaignPages.drift;
  const rules = new Intl.PluralRules(language);
  const isOne = (count: number): boolean => rules.select(count) === 'one';
  const said = (ofMessages: number, ofParts: number): string =>
    `${figureIn(ofMessages, language)} ${isOne(ofMessages) ? words.message : words.messages}, ${figureIn(ofParts, language)} ${isOne(ofParts) ? words.part : words.parts}`;
  return html`<h2>${words.title}</h2>
<p class="warned">${words.foreseen} ${said(messages - messagesApart, parts - partsApart)}${words.comma} ${words.real} ${said(messages, parts)}.</p>`;
}
