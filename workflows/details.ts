import type { Plan, SendState, AccountName, StateCounts, StepNote } from '../src/platform/index.ts';
import type { Order, Progress } from './messages.ts';
import { workflowWordsIn } from './words.ts';

type Words = ReturnType<typeof workflowWordsIn>;

/** Writes the Markdown of one workflow's page: reason, end, rule, progress, possible orders. */
export function detailsPage(view: {
  readonly plan: Plan;
  readonly progress: Progress;
  readonly offers: readonly ('replan' | Order)[];
}): string {
  const terms = workflowWordsIn(view.plan.locale);
  const { shards, lastOrder } = view.progress;
  const paragraphs = [
    headline(view.plan, terms),
    view.plan.because.text,
    view.plan.rule ?? '',
    table(view.progress.accounts ?? {}, terms),
    stepTable(view.plan.steps ?? [], terms),
    shards === undefined ? '' : terms.shards(shards.open, shards.inFlight),
    lastOrder === undefined ? '' : terms.order(lastOrder.order, lastOrder.refused),
    view.offers.length === 0 ? '' : `${terms.offers} ${view.offers.map((name) => `\`${name}\``).join(' · ')}`,
  ];
  return paragraphs.filter((paragraph) => paragraph !== '').join('\n\n');
}

/** Returns the label of a timer, cut to the server's limit. */
export function label(text: string): string {
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += bytesOf(character.codePointAt(0) ?? 0);
    if (bytes > MOST_BYTES) return `${kept}…`;
    kept += character;
  }
  return kept;
}

/** Temporal keeps 200 bytes; three are for the ellipsis. */
const MOST_BYTES = 197;

/** Counts the bytes of a character in UTF-8; the sandbox has no encoder. */
function bytesOf(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

function headline(plan: Plan, terms: Words): string {
  const rule = plan.because.ruleId === undefined ? '' : ` (${terms.rule(plan.because.ruleId)})`;
  return `**${terms.states[stateOf(plan)]}**${untilWhen(plan, terms)}${rule}`;
}

/** Words the moment of a plan; none for a plan of an earlier version, which has no moment in a local zone. */
function untilWhen(plan: Plan, terms: Words): string {
  if (plan.kind !== 'wait' || plan.until === undefined) return '';
  return plan.state === 'waiting-window' ? ` ${terms.until(plan.until)}` : terms.lookedAt(plan.until);
}

function stepTable(steps: readonly StepNote[], terms: Words): string {
  const rows = steps.map(
    ({ step, state, moment, because }) => `| ${step} | ${state} | ${moment} | ${because} |`,
  );
  return rows.length === 0 ? '' : [terms.stepHead, '|---|---|---|---|', ...rows].join('\n');
}

function table(accounts: StateCounts, terms: Words): string {
  // Counts are listed as they were planned.
  const rows = (Object.entries(accounts) as [AccountName, number][]).map(
    ([name, count]) => `| ${terms.accounts[name]} | ${count} |`,
  );
  return rows.length === 0 ? '' : ['| | |', '|---|---:|', ...rows].join('\n');
}

/** Returns the state that a plan puts its workflow in. */
export function stateOf(plan: Plan): SendState {
  if (plan.kind === 'wait') return plan.state;
  return plan.kind === 'send' ? 'sending' : 'done';
}
