import type { Fault } from './fault.ts';
import type { Verdict } from './judge.ts';

/** A fault that was made and judged, or the reason why it was not. */
export type Outcome =
  | { readonly kind: 'judged'; readonly fault: Fault; readonly stops: number; readonly verdict: Verdict }
  | { readonly kind: 'not run'; readonly fault: Fault; readonly why: string };

const COLUMNS = [
  'Fault',
  'Lasts',
  'Reached twice',
  'Lost',
  'After STOP',
  'Outside the window',
  'Silent for',
  'Reminders late by',
  'STOPs',
  'Slowest STOP',
  'Busiest second',
  'Promises',
] as const;
const BEGIN = '<!-- printed by npm run faults -->';
const END = '<!-- to here -->';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const seconds = (ms: number): string => (Number.isFinite(ms) ? `${(ms / 1_000).toFixed(1)} s` : 'never');

function line(outcome: Outcome): string {
  const { what, seconds: lasts, name } = outcome.fault;
  const fault = `${what} (\`${name}\`)`;
  const span = lasts === 0 ? '–' : `${lasts} s`;
  if (outcome.kind === 'not run')
    return row([
      fault,
      span,
      ...Array.from({ length: COLUMNS.length - 3 }, () => '–'),
      `**not run: ${outcome.why}**`,
    ]);
  const { verdict, stops } = outcome;
  return row([
    fault,
    span,
    String(verdict.reachedTwice),
    String(verdict.lost),
    String(verdict.afterStop),
    String(verdict.outsideWindow),
    seconds(verdict.silentMs),
    seconds(verdict.lateMs),
    String(stops),
    seconds(verdict.slowestStopMs),
    String(verdict.busiestSecond),
    verdict.broken.length === 0 ? 'held' : `**broken: ${verdict.broken.join(', ')}**`,
  ]);
}

/** The table of a pass. */
export function table(outcomes: readonly Outcome[]): string {
  return [row(COLUMNS), row(COLUMNS.map(() => '---')), ...outcomes.map(line)].join('\n');
}

/** The last line of a pass: nothing that was not run is passed over in silence. */
export function closingLine(outcomes: readonly Outcome[]): string {
  const notRun = outcomes.filter(({ kind }) => kind === 'not run').length;
  const broken = outcomes.filter((one) => one.kind === 'judged' && one.verdict.broken.length > 0).length;
  return `${outcomes.length} faults: ${outcomes.length - notRun - broken} held, ${broken} broke a promise, ${notRun} NOT RUN`;
}

/** Puts what a pass came to between the marks of a document. */
export function printedInto(page: string, text: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`the document has no ${BEGIN} … ${END}`);
  return `${page.slice(0, from)}${BEGIN}\n\n${text}\n\n${page.slice(to)}`;
}
