import { z } from 'zod';
import type { ApprovalView, Awaiting, CampaignCost } from '../../campaigns/index.ts';
import { html, type Html, nothing, attributes, joined } from '../../base/index.ts';
import { lineName, type Cost, type MonthOfCost } from '../../sending/index.ts';
import type { Money } from '../../sms/index.ts';
import { wordsIn, type Language } from '../../words/index.ts';
import type { GatewayShown } from '../api/messages/gateways.ts';
import {
  figureIn,
  momentIn,
  moneyIn,
  tableOf,
  territoryIn,
  type Column,
  type Reading,
} from './page-parts.ts';

/** Says whether a draft waits for an approval. */
export const isAwaited = (approval: ApprovalView | null): boolean =>
  approval !== null && approval.needed && approval.approvedBy.length === 0;

/** Renders whether an approval is needed, who gave it, and what the reader may do. */
export function approvalPart(approval: ApprovalView | null, reading: Reading): Html {
  if (approval === null || (!approval.needed && approval.approvedBy.length === 0)) return nothing;
  const words = wordsIn(reading.language).campaignPages.approval;
  const given = approval.approvedBy.map(
    ({ byName, at }) =>
      html`<p>${words.approved} <strong>${byName ?? words.somebody}</strong>, ${momentIn(at, reading)}.</p>`,
  );
  return html`<section class="note" aria-labelledby="approval"><h2 id="approval">${words.title}</h2>
${approval.needed ? html`<p>${todo(approval, reading.language)} (${weighedIn(approval, reading.language)})</p>` : ''}${given}</section>`;
}

function todo({ approvedBy, mayApprove, mayLaunch }: ApprovalView, language: Language): string {
  const words = wordsIn(language).campaignPages.approval;
  if (approvedBy.length === 0) return mayApprove ? words.yours : words.another;
  return mayLaunch || mayApprove ? '' : words.anotherLaunches;
}

/** Writes the number of recipients or the cost, with the threshold. */
function weighedIn(
  { recipients, cost, threshold }: Pick<ApprovalView, 'recipients' | 'cost' | 'threshold'>,
  language: Language,
): string {
  const words = wordsIn(language).campaignPages.approval;
  const parts: string[] = [];
  if (recipients !== null && threshold.recipients !== undefined)
    parts.push(
      `${figureIn(recipients, language)} ${words.people}, ${words.above} ${figureIn(threshold.recipients, language)}`,
    );
  if (cost !== null && threshold.cost !== undefined)
    parts.push(
      `${words.upTo} ${moneyIn(cost, language)}, ${words.above} ${moneyIn(threshold.cost, language)}`,
    );
  return parts.join(' · ');
}

/** Renders the drafts that wait for the reader's approval; empty without any. */
export function awaitingPart(items: readonly Omit<Awaiting, 'source'>[], language: Language): Html {
  if (items.length === 0) return nothing;
  const words = wordsIn(language).campaignPages.approval;
  const lines = items.map(({ campaignId, name, author, ...weighed }) => {
    const by = author?.byName == null ? '' : html` · ${words.by} ${author.byName}`;
    return html`<li><a href="/console/campaigns/${campaignId}">${name}</a>${by} · ${weighedIn(weighed, language)}</li>`;
  });
  return html`<section class="note" aria-labelledby="to-approve"><h2 id="to-approve">${words.home}</h2><ul>${lines}</ul></section>\n`;
}

/**
 * Renders the cost of a campaign or series beside the estimate, by account and territory; empty before any message
 * was marked.
 */
export function costPart(cost: Cost & Partial<CampaignCost>, language: Language): Html {
  const { estimated = null, estimatedLines = [] } = cost;
  if (cost.lines.length + estimatedLines.length === 0) return nothing;
  const words = wordsIn(language).campaignPages.cost;
  const sums = (kind: 'reserved' | 'spent' | 'refunded'): string =>
    amounts(
      cost.totals.map((total) => total[kind]),
      language,
    );
  const figures = [
    [words.spent, sums('spent')],
    ...(estimated === null ? [] : [[words.estimated, moneyIn(estimated, language)]]),
    [words.reserved, sums('reserved')],
    [words.refunded, sums('refunded')],
  ];
  const isForeseen = estimatedLines.length > 0;
  const rows = beside(cost.lines, estimatedLines).map(({ line, foreseen }) =>
    cells(line, language).concat(isForeseen ? amountOr(foreseen, language) : []),
  );
  const columns = [...columnsIn(language), ...(isForeseen ? [{ figure: words.foreseen }] : [])];
  return html`<section aria-labelledby="cost"><h2 id="cost">${words.title}</h2>
<p class="faint">${words.lead}</p>
<dl class="figures">${figures.map(([name = '', value = '']) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${tableOf({ caption: words.byAccount, columns, rows, empty: words.none })}
</section>`;
}

/** Joins the lines of the cost with those of the estimate; either may be missing. */
function beside(
  lines: Cost['lines'],
  estimated: CampaignCost['estimatedLines'],
): readonly { readonly line: Cost['lines'][number]; readonly foreseen: Money | null }[] {
  const foreseen = new Map(estimated.map((one) => [lineName(one), one.cost]));
  const known = new Set(lines.map(lineName));
  const awaited = estimated
    .filter((one) => !known.has(lineName(one)))
    .map(({ gateway, territory }) => ({
      gateway,
      territory,
      messages: 0,
      parts: 0,
      reserved: null,
      spent: null,
      refunded: null,
    }));
  return [...lines, ...awaited].map((line) => {
    const cost = foreseen.get(lineName(line)) ?? null;
    // Removed, so that a second line in another currency, or without a price, does not show it again.
    foreseen.delete(lineName(line));
    return { line, foreseen: cost };
  });
}

/** Renders the link to a cost that is computed on request. */
export const costLink = (path: string, language: Language): Html =>
  html`<p><a href="${path}?cost=1#cost">${wordsIn(language).campaignPages.cost.count}</a></p>`;

/** Renders the cost by month, account and territory. */
export function monthsPart(months: readonly MonthOfCost[], language: Language): Html {
  const words = wordsIn(language).campaignPages.cost;
  const rows = months.flatMap(({ month, lines }) => lines.map((line) => [month, ...cells(line, language)]));
  const columns = [words.month, ...columnsIn(language)];
  return html`<section aria-labelledby="cost"><h2 id="cost">${words.byMonth}</h2>
<p class="faint">${words.lead}</p>
${tableOf({ caption: words.byAccount, columns, rows, empty: words.none })}
</section>`;
}

function columnsIn(language: Language): readonly Column[] {
  const words = wordsIn(language).campaignPages.cost;
  const figures = [words.messages, words.parts, words.spent, words.reserved, words.refunded];
  return [words.account, words.territory, ...figures.map((figure) => ({ figure }))];
}

const cells = (line: Cost['lines'][number], language: Language): string[] => [
  line.gateway,
  territoryIn(line.territory, language),
  figureIn(line.messages, language),
  figureIn(line.parts, language),
  ...[line.spent, line.reserved, line.refunded].map((one) => amountOr(one, language)),
];

const amountOr = (one: Money | null, language: Language): string =>
  amounts(one === null ? [] : [one], language);

const amounts = (all: readonly Money[], language: Language): string =>
  all.length === 0 ? '–' : all.map((one) => moneyIn(one, language)).join(' + ');

/** Renders an operator's count and ours, marked when they differ by more than rounding. */
export function countedTwice(
  { parts, cost, isAlarming }: Omit<NonNullable<z.output<typeof GatewayShown>['drift']>, 'messages'>,
  language: Language,
): Html {
  const words = wordsIn(language).campaignPages.drift;
  const counts = [
    `${figureIn(parts.theirs, language)} ${words.parts} (${words.ours}${figureIn(parts.ours, language)})`,
  ];
  if (cost !== null) {
    const amount = (of: string): string => moneyIn({ amount: of, currency: cost.currency }, language);
    counts.push(`${amount(cost.theirs)} (${words.ours}${amount(cost.ours)})`);
  }
  return html`<span${attributes({ class: isAlarming && 'warned' })}>${joined(counts, html`<br>`)}</span>`;
}

/** The messages that a campaign has sent, and how they differ from its rehearsal. */
export const Reality = z.object({
  messages: z.int(),
  parts: z.int(),
  messagesApart: z.int(),
  partsApart: z.int(),
});

/** Renders how a finished campaign differed from its rehearsal; empty without differences. */
export function apartFromRehearsal(
  { messages, parts, messagesApart, partsApart }: z.output<typeof Reality>,
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
