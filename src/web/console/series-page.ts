import { exclusionWords } from '../../people/index.ts';
import type { Cost } from '../../sending/index.ts';
import { type SeriesView, stepName } from '../../reminders/index.ts';
import { costPart } from './cost-page.ts';
import { actForm, onward } from './form-page.ts';
import type { ConsolePage } from './frame-page.ts';
import { momentIn, type Reading } from './moment-page.ts';
import { seriesLine } from './series-line-page.ts';
import { tableOf } from './table-page.ts';
import { escaped } from '../page/escaped.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';

const SAID: Readonly<Record<string, Words>> = bilingual.consolePages.seriesStates;

const said = (word: string, language: Language): string => escaped(SAID[word]?.[language] ?? word);

/** What is shown of a series. */
export type SeriesSeen = Pick<
  SeriesView,
  | 'id'
  | 'kind'
  | 'externalId'
  | 'contactId'
  | 'state'
  | 'practice'
  | 'sendable'
  | 'why'
  | 'revision'
  | 'confirmedAt'
  | 'declinedAt'
  | 'unclearAt'
  | 'cancellationRequestedAt'
> & {
  readonly startsAt?: string | undefined;
  readonly refuseBy?: string | null | undefined;
  readonly steps: readonly StepSeen[];
};

/** One step, wanted and planned. */
export interface StepSeen {
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
  {
    items,
    next,
    path,
  }: { readonly items: readonly SeriesSeen[]; readonly next: string | null; readonly path: string },
): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).consolePages.series;
  const rows = items.map((one) => [
    `<a href="/console/series/${one.id}">${escaped(one.externalId ?? one.id)}</a>`,
    said(one.kind, language),
    said(one.state, language),
    momentIn(one.startsAt ?? one.refuseBy, reading),
  ]);
  const columns = [words.reference, words.kind, words.state, words.when].map((head) => ({ head }));
  return {
    title: words.title,
    main: `<p class="acts"><a class="button" href="/console/series/calendar">${words.calendar}</a></p>
${tableOf({ caption: words.title, columns, rows, empty: words.none })}
${onward(path, next, language)}`,
  };
}

/** One series: each step from the moment wanted to the moment planned, with the reason between. */
export function seriesPage(
  reading: Reading,
  given: {
    readonly view: SeriesSeen & { readonly cost: Cost };
    readonly orders: readonly SeriesWord[];
    readonly workflowUrl: string;
  },
): ConsolePage {
  const { view, orders, workflowUrl } = given;
  const { language } = reading;
  const words = wordsIn(language).consolePages.series;
  const steps = view.steps.filter(({ revision }) => revision === view.revision);
  const acts = orders.map((order) => actForm({ action: `/series/${view.id}/${order}`, label: words[order] }));
  return {
    title: view.externalId ?? words.title,
    main: `<p>${said(view.kind, language)} · <strong>${said(view.state, language)}</strong> · ${momentIn(view.startsAt ?? view.refuseBy, reading)}${view.practice === null ? '' : ` · ${escaped(view.practice)}`}</p>
${view.sendable ? '' : `<p class="alert">${words.cannot}. ${cannot(view.why, language)}</p>`}
${answered(view, reading)}
<div class="acts">${acts.join('')}</div>
${seriesLine(steps, reading)}
${stepTable(steps, reading)}
${costPart(view.cost, language)}
<p><a href="/console/people/${view.contactId}">${words.person}</a> · <a href="/console/timeline?series=${view.id}">${words.timeline}</a> · <a href="${escaped(workflowUrl)}" rel="noreferrer">${words.temporal}</a></p>`,
  };
}

/** What the person answered: what somebody has to act on stands out. */
function answered(
  { confirmedAt, declinedAt, unclearAt, cancellationRequestedAt }: SeriesSeen,
  reading: Reading,
): string {
  const { confirmed, declined, unclear, asksToCancel } = wordsIn(reading.language).consolePages.series;
  const line = (kind: 'note' | 'alert', sentence: string, at: string | null): string =>
    at === null ? '' : `<p class="${kind}">${sentence} · ${momentIn(at, reading)}</p>`;
  return [
    line('note', confirmed, confirmedAt),
    line('alert', declined, declinedAt),
    line('alert', asksToCancel, cancellationRequestedAt),
    line('alert', unclear, unclearAt),
  ].join('');
}

function cannot(why: string | null, language: Language): string {
  const excluded = exclusionWords(why ?? '', language);
  return `${escaped(excluded.why)} <strong>${escaped(excluded.cure)}</strong>`;
}

function stepTable(steps: readonly StepSeen[], reading: Reading): string {
  const words = wordsIn(reading.language).consolePages.series;
  const rows = steps.map((step) => [
    escaped(stepName(step.step, reading.language)),
    momentIn(step.wantedAt, reading),
    momentIn(step.sentAt ?? step.plannedAt, reading),
    said(step.state, reading.language),
    escaped(step.because?.text ?? ''),
  ]);
  const columns = [words.step, words.wanted, words.planned, words.state, words.why].map((head) => ({ head }));
  return tableOf({ caption: words.steps, columns, rows, empty: words.none });
}
