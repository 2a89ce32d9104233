import { DateTime } from 'luxon';
import { place as at } from './hatch-page.ts';
import type { Reading } from './moment-page.ts';
import { escaped } from '../page/escaped.ts';
import { stepName } from '../../reminders/index.ts';
import { wordsIn } from '../../words/index.ts';

interface StepDrawn {
  readonly step: string;
  readonly wantedAt: string;
  readonly plannedAt: string | null;
  readonly because?: { readonly text: string } | undefined;
}

const [WIDTH, LEFT, RIGHT, ROW, MIDDLE] = [960, 240, 770, 88, 40];
/** Two moments nearer than this are written away from each other. */
const APART = 190;

/** Each step as a line with an arrow from wanted to planned, and the reason on it; the table beside says the same. */
export function seriesLine(steps: readonly StepDrawn[], reading: Reading): string {
  const moments = steps
    .flatMap(({ wantedAt, plannedAt }) => [wantedAt, plannedAt ?? wantedAt])
    .map((moment) => Date.parse(moment));
  if (steps.length === 0) return '';
  const [from, to] = [Math.min(...moments), Math.max(...moments)];
  const xOf = (moment: string): number =>
    from === to ? (LEFT + RIGHT) / 2 : LEFT + ((RIGHT - LEFT) * (Date.parse(moment) - from)) / (to - from);
  const rows = steps.map((step, index) => drawn(step, { xOf, top: index * ROW, reading }));
  return `<figure class="drawing" tabindex="0"><svg class="line" viewBox="0 0 ${WIDTH} ${steps.length * ROW}" role="img" aria-label="${wordsIn(reading.language).consolePages.seriesLine.picture}">${rows.join('')}</svg></figure>`;
}

interface Within {
  readonly xOf: (moment: string) => number;
  readonly top: number;
  readonly reading: Reading;
}

function drawn({ step, wantedAt, plannedAt, because }: StepDrawn, { xOf, top, reading }: Within): string {
  const words = wordsIn(reading.language).consolePages.seriesLine;
  const y = top + MIDDLE;
  const said = (name: string, moment: string): string => `${name} ${shortly(moment, reading)}`;
  const [from, to] = [xOf(wantedAt), xOf(plannedAt ?? wantedAt)];
  const label = `<text class="step" x="0" y="${y + 4}">${escaped(stepName(step, reading.language))}</text><line class="way" x1="190" y1="${y}" x2="${WIDTH}" y2="${y}"/>`;
  const reason =
    because === undefined
      ? ''
      : `<text class="reason" x="${at((from + to) / 2)}" y="${y + 25}" text-anchor="middle">${escaped(reasonOf(because.text))}</text>`;
  if (plannedAt === null)
    return `${label}${dot(from, y, 'wanted')}${named({ x: from, y, text: said(words.wanted, wantedAt) })}${reason}`;
  if (from === to)
    return `${label}${dot(to, y, 'planned')}${named({ x: to, y, text: said(words.planned, plannedAt) })}${reason}`;
  const lies = Math.abs(from - to) > APART ? 'middle' : from < to ? 'end' : 'start';
  const opposite = { middle: 'middle', end: 'start', start: 'end' } as const;
  return `${label}${arrow(from, to, y)}${dot(from, y, 'wanted')}${dot(to, y, 'planned')}${named({ x: from, y, text: said(words.wanted, wantedAt), lies })}${named({ x: to, y, text: said(words.planned, plannedAt), lies: opposite[lies] })}${reason}`;
}

const dot = (x: number, y: number, kind: 'wanted' | 'planned'): string =>
  `<circle class="${kind}" cx="${at(x)}" cy="${y}" r="7"/>`;

/** What a dot is, above it; beside another one it leans away. */
function named({ x, y, text, lies = 'middle' }: Named): string {
  const lean = { middle: 0, end: 8, start: -8 }[lies];
  return `<text x="${at(x + lean)}" y="${y - 15}" text-anchor="${lies}">${escaped(text)}</text>`;
}

interface Named {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly lies?: 'start' | 'middle' | 'end';
}

function arrow(wanted: number, planned: number, y: number): string {
  const [tip, back] = planned < wanted ? [planned + 8, planned + 20] : [planned - 8, planned - 20];
  return `<line class="moved" x1="${at(wanted)}" y1="${y}" x2="${at(planned)}" y2="${y}"/><polygon class="planned" points="${at(tip)},${y} ${at(back)},${y - 6} ${at(back)},${y + 6}"/>`;
}

/** What stands behind the last colon: before it are the two moments, which are drawn. */
const reasonOf = (text: string): string => text.split(/:\s+/).at(-1) ?? text;

function shortly(moment: string, { language }: Reading): string {
  const words = wordsIn(language).consolePages.seriesLine;
  const locale = wordsIn(language).dates.locale;
  return DateTime.fromISO(moment, { setZone: true, locale }).toFormat(words.format);
}
