import { DateTime } from 'luxon';
import { html, type Html, nothing } from '../../platform/index.ts';
import { exclusionWords } from '../../people/index.ts';
import type { Cost } from '../../sending/index.ts';
import { type SeriesView, stepName } from '../../reminders/index.ts';
import { costPart } from './campaign-parts.ts';
import { actForm, onward, tableOf, place as at, momentIn, type Reading } from './page-parts.ts';
import type { ConsolePage } from './frame-page.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';

const SAID: Readonly<Record<string, Words>> = bilingual.consolePages.seriesStates;

const said = (word: string, language: Language): string => SAID[word]?.[language] ?? word;

/** The data shown of a series. */
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

/** One step with its wished and its planned moment. */
export interface StepSeen {
  readonly step: string;
  readonly revision: number;
  readonly wantedAt: string;
  readonly plannedAt: string | null;
  readonly state: string;
  readonly sentAt?: string | undefined;
  readonly because?: { readonly text: string } | undefined;
}

/** The orders to a series. */
export type SeriesWord = 'pause' | 'resume' | 'cancel';

/** Shows a page of series in order of creation. */
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
    html`<a href="/console/series/${one.id}">${one.externalId ?? one.id}</a>`,
    said(one.kind, language),
    said(one.state, language),
    momentIn(one.startsAt ?? one.refuseBy, reading),
  ]);
  const columns = [words.reference, words.kind, words.state, words.when].map((head) => ({ head }));
  return {
    title: words.title,
    main: html`<p class="acts"><a class="button" href="/console/series/calendar">${words.calendar}</a></p>
${tableOf({ caption: words.title, columns, rows, empty: words.none })}
${onward(path, next, language)}`,
  };
}

/** Shows one series: each step from the wished to the planned moment, with the reason. */
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
    main: html`<p>${said(view.kind, language)} · <strong>${said(view.state, language)}</strong> · ${momentIn(view.startsAt ?? view.refuseBy, reading)}${view.practice === null ? '' : html` · ${view.practice}`}</p>
${view.sendable ? '' : html`<p class="alert">${words.cannot}. ${cannot(view.why, language)}</p>`}
${answered(view, reading)}
<div class="acts">${acts}</div>
${seriesLine(steps, reading)}
${stepTable(steps, reading)}
${costPart(view.cost, language)}
<p><a href="/console/people/${view.contactId}">${words.person}</a> · <a href="/console/timeline?series=${view.id}">${words.timeline}</a> · <a href="${workflowUrl}" rel="noreferrer">${words.temporal}</a></p>`,
  };
}

/** Shows the person's answer; one that somebody has to act on stands out. */
function answered(
  { confirmedAt, declinedAt, unclearAt, cancellationRequestedAt }: SeriesSeen,
  reading: Reading,
): Html {
  const { confirmed, declined, unclear, asksToCancel } = wordsIn(reading.language).consolePages.series;
  const line = (kind: 'note' | 'alert', sentence: string, when: string | null): Html =>
    when === null ? nothing : html`<p class="${kind}">${sentence} · ${momentIn(when, reading)}</p>`;
  return html`${[
    line('note', confirmed, confirmedAt),
    line('alert', declined, declinedAt),
    line('alert', asksToCancel, cancellationRequestedAt),
    line('alert', unclear, unclearAt),
  ]}`;
}

function cannot(why: string | null, language: Language): Html {
  const excluded = exclusionWords(why ?? '', language);
  return html`${excluded.why} <strong>${excluded.cure}</strong>`;
}

function stepTable(steps: readonly StepSeen[], reading: Reading): Html {
  const words = wordsIn(reading.language).consolePages.series;
  const rows = steps.map((step) => [
    stepName(step.step, reading.language),
    momentIn(step.wantedAt, reading),
    momentIn(step.sentAt ?? step.plannedAt, reading),
    said(step.state, reading.language),
    step.because?.text ?? '',
  ]);
  const columns = [words.step, words.wanted, words.planned, words.state, words.why].map((head) => ({ head }));
  return tableOf({ caption: words.steps, columns, rows, empty: words.none });
}

interface StepDrawn {
  readonly step: string;
  readonly wantedAt: string;
  readonly plannedAt: string | null;
  readonly because?: { readonly text: string } | undefined;
}

const [WIDTH, LEFT, RIGHT, ROW, MIDDLE] = [960, 240, 770, 88, 40];
/** Labels of nearer moments are shifted apart. */
const APART = 190;

/** Draws each step as a line with an arrow from wish to plan, and the reason on it; the table beside has the same content. */
function seriesLine(steps: readonly StepDrawn[], reading: Reading): Html {
  const moments = steps
    .flatMap(({ wantedAt, plannedAt }) => [wantedAt, plannedAt ?? wantedAt])
    .map((moment) => Date.parse(moment));
  if (steps.length === 0) return nothing;
  const [from, to] = [Math.min(...moments), Math.max(...moments)];
  const xOf = (moment: string): number =>
    from === to ? (LEFT + RIGHT) / 2 : LEFT + ((RIGHT - LEFT) * (Date.parse(moment) - from)) / (to - from);
  const rows = steps.map((step, index) => drawn(step, { xOf, top: index * ROW, reading }));
  return html`<figure class="drawing" tabindex="0"><svg class="line" viewBox="0 0 ${WIDTH} ${steps.length * ROW}" role="img" aria-label="${wordsIn(reading.language).consolePages.seriesLine.picture}">${rows}</svg></figure>`;
}

interface Within {
  readonly xOf: (moment: string) => number;
  readonly top: number;
  readonly reading: Reading;
}

function drawn({ step, wantedAt, plannedAt, because }: StepDrawn, { xOf, top, reading }: Within): Html {
  const words = wordsIn(reading.language).consolePages.seriesLine;
  const y = top + MIDDLE;
  const dated = (name: string, moment: string): string => `${name} ${shortly(moment, reading)}`;
  const [from, to] = [xOf(wantedAt), xOf(plannedAt ?? wantedAt)];
  const label = html`<text class="step" x="0" y="${y + 4}">${stepName(step, reading.language)}</text><line class="way" x1="190" y1="${y}" x2="${WIDTH}" y2="${y}"/>`;
  const reason =
    because === undefined
      ? ''
      : html`<text class="reason" x="${at((from + to) / 2)}" y="${y + 25}" text-anchor="middle">${reasonOf(because.text)}</text>`;
  if (plannedAt === null)
    return html`${label}${dot(from, y, 'wanted')}${named({ x: from, y, text: dated(words.wanted, wantedAt) })}${reason}`;
  if (from === to)
    return html`${label}${dot(to, y, 'planned')}${named({ x: to, y, text: dated(words.planned, plannedAt) })}${reason}`;
  const lies = Math.abs(from - to) > APART ? 'middle' : from < to ? 'end' : 'start';
  const opposite = { middle: 'middle', end: 'start', start: 'end' } as const;
  return html`${label}${arrow(from, to, y)}${dot(from, y, 'wanted')}${dot(to, y, 'planned')}${named({ x: from, y, text: dated(words.wanted, wantedAt), lies })}${named({ x: to, y, text: dated(words.planned, plannedAt), lies: opposite[lies] })}${reason}`;
}

const dot = (x: number, y: number, kind: 'wanted' | 'planned'): Html =>
  html`<circle class="${kind}" cx="${at(x)}" cy="${y}" r="7"/>`;

/** Draws the label above a dot; beside another one it is shifted. */
function named({ x, y, text, lies = 'middle' }: Named): Html {
  const lean = { middle: 0, end: 8, start: -8 }[lies];
  return html`<text x="${at(x + lean)}" y="${y - 15}" text-anchor="${lies}">${text}</text>`;
}

interface Named {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly lies?: 'start' | 'middle' | 'end';
}

function arrow(wanted: number, planned: number, y: number): Html {
  const [tip, back] = planned < wanted ? [planned + 8, planned + 20] : [planned - 8, planned - 20];
  return html`<line class="moved" x1="${at(wanted)}" y1="${y}" x2="${at(planned)}" y2="${y}"/><polygon class="planned" points="${at(tip)},${y} ${at(back)},${y - 6} ${at(back)},${y + 6}"/>`;
}

/** Returns the text behind the last colon: before it are the two moments, which are drawn. */
const reasonOf = (text: string): string => text.split(/:\s+/).at(-1) ?? text;

function shortly(moment: string, { language }: Reading): string {
  const words = wordsIn(language).consolePages.seriesLine;
  const locale = wordsIn(language).dates.locale;
  return DateTime.fromISO(moment, { setZone: true, locale }).toFormat(words.format);
}
