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
export const closingLine = (outcomes: readonly Outcome[]): string => summed(outcomes.map(line));

/** How often each of the three stands in the last cell of rows. */
function summed(rows: readonly string[]): string {
  const last = rows.map((one) => one.split('|').at(-2)?.trim() ?? '');
  const count = (word: string): number => last.filter((cell) => cell.startsWith(word)).length;
  return `${rows.length} faults: ${count('held')} held, ${count('**broken')} broke a promise, ${count('**not run')} NOT RUN`;
}

/** Puts what a pass came to between the marks of a document. */
export function printedInto(page: string, text: string): string {
  const { before, after } = aroundMarks(page);
  return `${before}${BEGIN}\n\n${text}\n\n${after}`;
}

/** Puts rows that were made again in the place of what the table of a whole pass has for them, and says how. */
export function replacedIn(page: string, outcomes: readonly Outcome[], how: string): string {
  const lines = aroundMarks(page).printed.trim().split('\n');
  for (const outcome of outcomes) {
    const at = lines.findIndex((one) => one.includes(`(\`${outcome.fault.name}\`)`));
    if (at < 0) throw new Error(`the table has no row of ${outcome.fault.name}`);
    lines[at] = line(outcome);
  }
  const rows = lines.filter((one) => one.startsWith('|'));
  const told = lines.filter((one) => one !== '' && !one.startsWith('|')).slice(0, -1);
  return printedInto(
    page,
    [[...told, how].join('\n\n'), rows.join('\n'), `${summed(rows.slice(2))}.`].join('\n\n'),
  );
}

function aroundMarks(page: string) {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`the document has no ${BEGIN} … ${END}`);
  return {
    before: page.slice(0, from),
    printed: page.slice(from + BEGIN.length, to),
    after: page.slice(to),
  };
}
