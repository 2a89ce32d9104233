import { html, type Html, nothing } from '../../platform/index.ts';
import type { CampaignCost } from '../../campaigns/index.ts';
import { lineName, type Cost, type MonthOfCost } from '../../sending/index.ts';
import type { Money } from '../../sms/index.ts';
import { figureIn, moneyIn, territoryIn } from './page-words.ts';
import { tableOf } from './page-parts.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** Shows the spending of a campaign or series against the estimate, by account and territory; empty before anything was marked. */
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
    cells(line, language).concat(isForeseen ? [amountOr(foreseen, language)] : []),
  );
  const columns = columnsIn(language).concat(isForeseen ? [{ head: words.foreseen, isFigure: true }] : []);
  return html`<section aria-labelledby="cost"><h2 id="cost">${words.title}</h2>
<p class="faint">${words.lead}</p>
<dl class="figures">${figures.map(([name = '', value = '']) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${tableOf({ caption: words.byAccount, columns, rows, empty: words.none })}
</section>`;
}

/** One account and territory: the amount so far, and the estimate. */
interface Beside {
  readonly line: Cost['lines'][number];
  readonly foreseen: Money | null;
}

/** Joins lines of the spending with those of the estimate, also where only one of the two exists. */
function beside(lines: Cost['lines'], estimated: CampaignCost['estimatedLines']): readonly Beside[] {
  const foreseen = new Map(estimated.map((one) => [lineName(one), one.cost]));
  const known = new Set(lines.map(lineName));
  const awaited = estimated.filter((one) => !known.has(lineName(one))).map(nothingYet);
  return [...lines, ...awaited].map((line) => {
    const cost = foreseen.get(lineName(line)) ?? null;
    // A second line in another currency, or without a price, has nothing of it.
    foreseen.delete(lineName(line));
    return { line, foreseen: cost };
  });
}

const nothingYet = ({
  gateway,
  territory,
}: Pick<Beside['line'], 'gateway' | 'territory'>): Beside['line'] => ({
  gateway,
  territory,
  messages: 0,
  parts: 0,
  reserved: null,
  spent: null,
  refunded: null,
});

/** The link to a cost that is computed on request. */
export const costLink = (path: string, language: Language): Html =>
  html`<p><a href="${path}?cost=1#cost">${wordsIn(language).campaignPages.cost.count}</a></p>`;

/** Shows the spending by month, account and territory. */
export function monthsPart(months: readonly MonthOfCost[], language: Language): Html {
  const words = wordsIn(language).campaignPages.cost;
  const rows = months.flatMap(({ month, lines }) => lines.map((line) => [month, ...cells(line, language)]));
  const columns = [{ head: words.month }, ...columnsIn(language)];
  return html`<section aria-labelledby="cost"><h2 id="cost">${words.byMonth}</h2>
<p class="faint">${words.lead}</p>
${tableOf({ caption: words.byAccount, columns, rows, empty: words.none })}
</section>`;
}

function columnsIn(language: Language): { readonly head: string; readonly isFigure?: true }[] {
  const { account, territory, messages, parts, reserved, spent, refunded } =
    wordsIn(language).campaignPages.cost;
  const figures = [messages, parts, spent, reserved, refunded];
  return [
    { head: account },
    { head: territory },
    ...figures.map((head) => ({ head, isFigure: true as const })),
  ];
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
