import { html, type Html, nothing } from '../../platform/index.ts';
import type { ApprovalView, Awaiting } from '../../campaigns/index.ts';
import { figureIn, momentIn, moneyIn, type Reading } from './page-words.ts';
import { wordsIn, type Language } from '../../words/index.ts';

type Weighed = Pick<ApprovalView, 'recipients' | 'cost' | 'threshold'>;

/** Says whether a draft waits for approval. */
export const isAwaited = (approval: ApprovalView | null): boolean =>
  approval !== null && approval.needed && approval.approvedBy.length === 0;

/** Shows whether approval is needed, who gave it, and the reader's options. */
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

/** Words the number or the cost, beside the threshold. */
function weighedIn({ recipients, cost, threshold }: Weighed, language: Language): string {
  const words = wordsIn(language).campaignPages.approval;
  const parts = [
    ...(recipients === null || threshold.recipients === undefined
      ? []
      : [
          `${figureIn(recipients, language)} ${words.people}, ${words.above} ${figureIn(threshold.recipients, language)}`,
        ]),
    ...(cost === null || threshold.cost === undefined
      ? []
      : [`${words.upTo} ${moneyIn(cost, language)}, ${words.above} ${moneyIn(threshold.cost, language)}`]),
  ];
  return parts.join(' · ');
}

/** Lists the drafts that wait for the reader's approval; empty without any. */
export function awaitingPart(items: readonly Omit<Awaiting, 'source'>[], language: Language): Html {
  if (items.length === 0) return nothing;
  const words = wordsIn(language).campaignPages.approval;
  const lines = items.map(({ campaignId, name, author, ...weighed }) => {
    const by = author?.byName == null ? '' : html` · ${words.by} ${author.byName}`;
    return html`<li><a href="/console/campaigns/${campaignId}">${name}</a>${by} · ${weighedIn(weighed, language)}</li>`;
  });
  return html`<section class="note" aria-labelledby="to-approve"><h2 id="to-approve">${words.home}</h2><ul>${lines}</ul></section>\n`;
}
