import { DateTime } from 'luxon';
import type { Language, Words } from '../law/rule.ts';
import type { SeriesView } from '../reminders/series-view.ts';
import { actForm, onward } from './console-form.ts';
import type { ConsolePage } from './console-frame.ts';
import { momentIn, type Reading } from './console-moment.ts';
import { tableOf } from './console-table.ts';
import { escaped } from './escaped.ts';

const WORDS = {
  fr: {
    title: 'Rappels',
    none: 'Aucune série.',
    reference: 'Référence',
    kind: 'De quoi',
    state: 'État',
    when: 'Quand',
    step: 'Étape',
    wanted: 'Voulu',
    planned: 'Prévu',
    why: 'Pourquoi',
    steps: 'Étapes',
    picture: 'Du moment voulu (cercle) au moment prévu (point)',
    pause: 'Mettre en pause',
    resume: 'Reprendre',
    cancel: 'Annuler',
    timeline: 'Ce qui s’est passé, et la suite',
    temporal: 'Dans Temporal',
    cannot: 'Rien ne peut partir à cette personne',
  },
  en: {
    title: 'Reminders',
    none: 'No series.',
    reference: 'Reference',
    kind: 'Of what',
    state: 'State',
    when: 'When',
    step: 'Step',
    wanted: 'Wanted',
    planned: 'Planned',
    why: 'Why',
    steps: 'Steps',
    picture: 'From the moment wanted (circle) to the moment planned (dot)',
    pause: 'Pause',
    resume: 'Resume',
    cancel: 'Cancel',
    timeline: 'What happened, and what comes next',
    temporal: 'In Temporal',
    cannot: 'Nothing may be sent to this person',
  },
} as const satisfies Record<Language, Record<string, string>>;

const SAID: Readonly<Record<string, Words>> = {
  appointment: { fr: 'rendez-vous', en: 'appointment' },
  subscription: { fr: 'contrat', en: 'subscription' },
  'payment-plan': { fr: 'échéancier', en: 'payment plan' },
  open: { fr: 'ouverte', en: 'open' },
  paused: { fr: 'en pause', en: 'paused' },
  completed: { fr: 'terminée', en: 'completed' },
  stopped: { fr: 'arrêtée par un STOP', en: 'stopped' },
  cancelled: { fr: 'annulée', en: 'cancelled' },
  superseded: { fr: 'remplacée', en: 'superseded' },
  planned: { fr: 'prévu', en: 'planned' },
  sent: { fr: 'parti', en: 'left' },
  skipped: { fr: 'pas envoyé', en: 'not sent' },
  failed: { fr: 'refusé', en: 'refused' },
  expired: { fr: 'trop tard', en: 'too late' },
  uncertain: { fr: 'sort inconnu', en: 'fate unknown' },
};

const said = (word: string, language: Language): string => escaped(SAID[word]?.[language] ?? word);

/** What is shown of a series. */
export type SeriesSeen = Pick<
  SeriesView,
  'id' | 'kind' | 'externalId' | 'state' | 'practice' | 'sendable' | 'why' | 'revision'
> & {
  readonly startsAt?: string | undefined;
  readonly refuseBy?: string | null | undefined;
  readonly steps: readonly StepSeen[];
};

interface StepSeen {
  readonly step: string;
  readonly revision: number;
  readonly wantedAt: string;
  readonly plannedAt: string | null;
  readonly state: string;
  readonly sentAt?: string | undefined;
  readonly because?: { readonly text: string } | undefined;
}

/** What may be ordered of a series. */
export type SeriesWord = 'pause' | 'resume' | 'cancel';

/** A page of series, as they were made. */
export function seriesListPage(
  reading: Reading,
  { items, next }: { readonly items: readonly SeriesSeen[]; readonly next: string | null },
): ConsolePage {
  const { language } = reading;
  const words = WORDS[language];
  const rows = items.map((one) => [
    `<a href="/console/series/${one.id}">${escaped(one.externalId ?? one.id)}</a>`,
    said(one.kind, language),
    said(one.state, language),
    momentIn(one.startsAt ?? one.refuseBy, reading),
  ]);
  const columns = [words.reference, words.kind, words.state, words.when].map((head) => ({ head }));
  return {
    title: words.title,
    main:
      tableOf({ caption: words.title, columns, rows, empty: words.none }) + onward('/series', next, language),
  };
}

/** One series: each step from the moment wanted to the moment planned, with the reason between. */
export function seriesPage(
  reading: Reading,
  given: { readonly view: SeriesSeen; readonly orders: readonly SeriesWord[]; readonly workflowUrl: string },
): ConsolePage {
  const { view, orders, workflowUrl } = given;
  const { language } = reading;
  const words = WORDS[language];
  const steps = view.steps.filter(({ revision }) => revision === view.revision);
  const acts = orders.map((order) => actForm({ action: `/series/${view.id}/${order}`, label: words[order] }));
  return {
    title: view.externalId ?? words.title,
    main: `<p>${said(view.kind, language)} · <strong>${said(view.state, language)}</strong> · ${momentIn(view.startsAt ?? view.refuseBy, reading)}${view.practice === null ? '' : ` · ${escaped(view.practice)}`}</p>
${view.sendable ? '' : `<p class="alert">${words.cannot} (${escaped(view.why ?? '')})</p>`}
<div class="acts">${acts.join('')}</div>
${lineOf(steps, language)}
${stepTable(steps, reading)}
<p><a href="/console/timeline?series=${view.id}">${words.timeline}</a> · <a href="${escaped(workflowUrl)}" rel="noreferrer">${words.temporal}</a></p>`,
  };
}

function stepTable(steps: readonly StepSeen[], reading: Reading): string {
  const words = WORDS[reading.language];
  const rows = steps.map((step) => [
    escaped(step.step),
    momentIn(step.wantedAt, reading),
    momentIn(step.sentAt ?? step.plannedAt, reading),
    said(step.state, reading.language),
    escaped(step.because?.text ?? ''),
  ]);
  const columns = [words.step, words.wanted, words.planned, words.state, words.why].map((head) => ({ head }));
  return tableOf({ caption: words.steps, columns, rows, empty: words.none });
}

const WIDTH = 720;
const ROW = 34;

/** The table below says the same in words. */
function lineOf(steps: readonly StepSeen[], language: Language): string {
  const moments = steps
    .flatMap(({ wantedAt, plannedAt }) => [wantedAt, plannedAt ?? wantedAt])
    .map(Date.parse);
  const [from, to] = [Math.min(...moments), Math.max(...moments)];
  if (steps.length === 0 || from === to) return '';
  const xOf = (at: string): number => 60 + ((WIDTH - 120) * (Date.parse(at) - from)) / (to - from);
  const rows = steps.map((step, index) => stepLine(step, { xOf, y: index * ROW + 22 }));
  return `<svg class="line" viewBox="0 0 ${WIDTH} ${steps.length * ROW + 14}" role="img" aria-label="${WORDS[language].picture}">${rows.join('')}</svg>`;
}

function stepLine(
  { wantedAt, plannedAt }: StepSeen,
  { xOf, y }: { readonly xOf: (at: string) => number; readonly y: number },
): string {
  const wanted = xOf(wantedAt);
  const circle = `<circle class="wanted" cx="${wanted}" cy="${y}" r="6"/><text x="${wanted}" y="${y - 10}" text-anchor="middle">${shortly(wantedAt)}</text>`;
  if (plannedAt === null || plannedAt === wantedAt) return circle;
  const planned = xOf(plannedAt);
  const [tip, back] = planned < wanted ? [planned + 6, planned + 16] : [planned - 6, planned - 16];
  const arrow = `<line class="moved" x1="${wanted}" y1="${y}" x2="${planned}" y2="${y}"/><polygon class="planned" points="${tip},${y} ${back},${y - 5} ${back},${y + 5}"/>`;
  return `${arrow}${circle}<circle class="planned" cx="${planned}" cy="${y}" r="5"/><text x="${planned}" y="${y - 10}" text-anchor="middle">${shortly(plannedAt)}</text>`;
}

const shortly = (at: string): string =>
  escaped(DateTime.fromISO(at, { setZone: true }).toFormat('dd/MM HH:mm'));
