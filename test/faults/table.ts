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
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const HEAD = [row(COLUMNS), row(COLUMNS.map(() => '---'))];
const BEGIN = '<!-- printed by npm run faults -->';
const END = '<!-- to here -->';

const seconds = (ms: number): string => (Number.isFinite(ms) ? `${(ms / 1_000).toFixed(1)} s` : 'never');

function line(outcome: Outcome): string {
  const { what, seconds: lasts, name } = outcome.fault;
  const fault = `${what} ${quoted(name)}`;
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
  return [...HEAD, ...outcomes.map(line)].join('\n');
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

/**
 * Puts rows that were made again in the place of what the page has for them, and says how.
 *
 * The rows of the page are those of the suite: one that was never made says so, and one that is gone is dropped.
 */
export function replacedIn(
  page: string,
  outcomes: readonly Outcome[],
  { faults, how }: { readonly faults: readonly Fault[]; readonly how: string },
): string {
  const lines = aroundMarks(page).printed.trim().split('\n');
  const again = new Map(outcomes.map((one) => [one.fault.name, line(one)]));
  const rows = faults.map(
    (fault) =>
      again.get(fault.name) ??
      lines.find((one) => one.startsWith('|') && one.includes(quoted(fault.name))) ??
      line({ kind: 'not run', fault, why: 'not made yet' }),
  );
  const told = lines.filter((one) => one !== '' && !one.startsWith('|')).slice(0, -1);
  const before = told.flatMap((one) => withoutNames(one, new Set(again.keys())));
  const now = `${ALONE}${[...again.keys()].map((name) => `\`${name}\``).join(', ')}. ${how}`;
  return printedInto(page, [...before, now, [...HEAD, ...rows].join('\n'), `${summed(rows)}.`].join('\n\n'));
}

/** How the rows of a part of the suite came about. */
const ALONE = 'By themselves: ';
const quoted = (name: string): string => `(\`${name}\`)`;

/** What was said of rows that were made again since is no longer true of them. */
function withoutNames(told: string, names: ReadonlySet<string>): readonly string[] {
  const [, listed = '', how = ''] = /^By themselves: (`[^.]*`)\. (.*)$/.exec(told) ?? [];
  if (listed === '') return [told];
  const left = listed.split(', ').filter((one) => !names.has(one.slice(1, -1)));
  return left.length === 0 ? [] : [`${ALONE}${left.join(', ')}. ${how}`];
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
