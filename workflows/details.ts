import type { Order, Progress } from './messages.ts';
import type { AccountName, StateCounts, Plan, SendState, StepNote } from '../src/platform/index.ts';

/** The orders an operator may give a workflow, by the signals it takes. */
export type OfferedSignal = 'replan' | Order;

/** The data on one workflow's page. */
export interface WorkflowView {
  readonly plan: Plan;
  readonly progress: Progress;
  readonly offers: readonly OfferedSignal[];
}

interface Words {
  readonly states: Readonly<Record<SendState, string>>;
  readonly until: (at: string) => string;
  /** For a workflow that waits for a person. */
  readonly lookedAt: (at: string) => string;
  readonly rule: (id: string) => string;
  readonly accounts: Readonly<Record<AccountName, string>>;
  readonly stepHead: string;
  readonly shards: (open: number, inFlight: number) => string;
  readonly order: (order: Order, refused: string | undefined) => string;
  readonly offers: string;
}

const french: Words = {
  states: {
    planning: 'Planification',
    'waiting-window': 'En attente',
    sending: 'Envoi en cours',
    paused: 'En pause',
    parked: 'À l’arrêt : quelqu’un doit agir',
    done: 'Terminé',
  },
  until: (at) => `jusqu’au ${at}`,
  lookedAt: (at) => ` ; prochain examen : ${at}`,
  rule: (id) => `règle ${id}`,
  accounts: {
    audience: 'destinataires',
    pending: 'à venir',
    accepted: 'acceptés',
    excluded: 'exclus',
    failed: 'refusés',
    expired: 'trop tard',
    uncertain: 'incertains',
    rows: 'lignes',
    rejected: 'lignes refusées',
    duplicates: 'doublons',
  },
  stepHead: '| Rappel | État | Moment | Pourquoi |',
  shards: (open, inFlight) => `Lots encore ouverts : ${open}, dont ${inFlight} en route.`,
  order: (order, refused) =>
    refused === undefined
      ? `Dernier ordre : \`${order}\`, exécuté.`
      : `Dernier ordre : \`${order}\`, refusé : ${refused}`,
  offers: 'Signaux possibles :',
};

const english: Words = {
  states: {
    planning: 'Planning',
    'waiting-window': 'Waiting',
    sending: 'Sending',
    paused: 'Paused',
    parked: 'Parked: a person must act',
    done: 'Done',
  },
  until: (at) => `until ${at}`,
  lookedAt: (at) => `; looked at again on ${at}`,
  rule: (id) => `rule ${id}`,
  accounts: {
    audience: 'audience',
    pending: 'to come',
    accepted: 'accepted',
    excluded: 'excluded',
    failed: 'refused',
    expired: 'too late',
    uncertain: 'uncertain',
    rows: 'rows',
    rejected: 'rejected rows',
    duplicates: 'duplicates',
  },
  stepHead: '| Reminder | State | Moment | Why |',
  shards: (open, inFlight) => `Shards still open: ${open}, of which ${inFlight} under way.`,
  order: (order, refused) =>
    refused === undefined
      ? `Last order: \`${order}\`, obeyed.`
      : `Last order: \`${order}\`, refused: ${refused}`,
  offers: 'Signals you may send:',
};

/** Writes the Markdown of one workflow's page: reason, end, rule, progress, possible orders. */
export function detailsPage(view: WorkflowView): string {
  const words = view.plan.locale === 'en' ? english : french;
  const { shards, lastOrder } = view.progress;
  const paragraphs = [
    headline(view.plan, words),
    view.plan.because.text,
    view.plan.rule ?? '',
    table(view.progress.accounts ?? {}, words),
    stepTable(view.plan.steps ?? [], words),
    shards === undefined ? '' : words.shards(shards.open, shards.inFlight),
    lastOrder === undefined ? '' : words.order(lastOrder.order, lastOrder.refused),
    view.offers.length === 0 ? '' : `${words.offers} ${view.offers.map((name) => `\`${name}\``).join(' · ')}`,
  ];
  return paragraphs.filter((paragraph) => paragraph !== '').join('\n\n');
}

/** Returns the state of a plan. */
export function stateOf(plan: Plan): SendState {
  if (plan.kind === 'wait') return plan.state;
  return plan.kind === 'send' ? 'sending' : 'done';
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

/** Counts bytes in UTF-8: the sandbox has no encoder. */
function bytesOf(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

function headline(plan: Plan, words: Words): string {
  const rule = plan.because.ruleId === undefined ? '' : ` (${words.rule(plan.because.ruleId)})`;
  return `**${words.states[stateOf(plan)]}**${untilWhen(plan, words)}${rule}`;
}

/** A plan of an earlier version has its moment in no local zone: then none is shown. */
function untilWhen(plan: Plan, words: Words): string {
  if (plan.kind !== 'wait' || plan.until === undefined) return '';
  return plan.state === 'waiting-window' ? ` ${words.until(plan.until)}` : words.lookedAt(plan.until);
}

function stepTable(steps: readonly StepNote[], words: Words): string {
  const rows = steps.map(
    ({ step, state, moment, because }) => `| ${step} | ${state} | ${moment} | ${because} |`,
  );
  return rows.length === 0 ? '' : [words.stepHead, '|---|---|---|---|', ...rows].join('\n');
}

function table(accounts: StateCounts, words: Words): string {
  // Counts are listed as they were planned.
  const rows = (Object.entries(accounts) as [AccountName, number][]).map(
    ([name, count]) => `| ${words.accounts[name]} | ${count} |`,
  );
  return rows.length === 0 ? '' : ['| | |', '|---|---:|', ...rows].join('\n');
}
