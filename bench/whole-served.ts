import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ShownAccounts } from '../test/support/instance.ts';
import type { LogLine } from '../test/support/operator.ts';

async function* linesOf(answer: Response): AsyncGenerator<string> {
  if (!answer.ok || answer.body === null) throw new Error(`${answer.url} answered ${answer.status}`);
  yield* createInterface({ input: Readable.fromWeb(answer.body) });
}

/** The file of who was served. */
export interface ServedFile {
  readonly rows: number;
  readonly bytes: number;
  /** Rows by state and reason, as in `excluded CONSENT_EXPIRED`. */
  readonly by: ReadonlyMap<string, number>;
}

/** Reads the file of who was served as it comes. */
export async function servedFile(answer: Response): Promise<ServedFile> {
  const by = new Map<string, number>();
  let [lines, bytes] = [0, 0];
  for await (const line of linesOf(answer)) {
    lines += 1;
    bytes += line.length + 2;
    const [, , , , state = '', reason = ''] = line.split(';');
    const name = `${state} ${reason}`.trim();
    if (lines > 1) by.set(name, (by.get(name) ?? 0) + 1);
  }
  return { rows: Math.max(0, lines - 1), bytes, by };
}

/** Where a file tells something else of a campaign than its accounts. */
export function apart({ rows, by }: ServedFile, accounts: ShownAccounts): readonly string[] {
  const { audience, accepted, delivered, undelivered, excluded, failed, expired, uncertain } = accounts;
  const told = { delivered, undelivered, accepted: accepted - delivered - undelivered, uncertain };
  const wanted = new Map<string, number>(Object.entries(told));
  for (const [reason, count] of Object.entries(excluded)) wanted.set(`excluded ${reason}`, count);
  const others = [...by].filter(([name]) => /^(?:failed|expired)/.test(name));
  const lost = others.reduce((sum, [, count]) => sum + count, 0);
  return [
    ...[...wanted].filter(([name, count]) => (by.get(name) ?? 0) !== count).map(([name]) => name),
    ...(lost === failed + expired ? [] : ['failed, expired']),
    ...(rows === audience ? [] : ['audience']),
  ];
}

const ZONES = ['Europe/Paris', 'Indian/Reunion'];
const HOURS = ZONES.map(
  (timeZone) => new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }),
);

/** What an operator received, by its own log. */
export interface Received {
  readonly messages: number;
  readonly doubles: number;
  readonly outsideWindow: number;
}

/** Reads an operator's log as it comes: who was written to twice, and who outside their hours. */
export async function received(answer: Response): Promise<Received> {
  const people = new Set<string>();
  const minutes = new Map<string, boolean>();
  let [messages, outsideWindow] = [0, 0];
  for await (const line of linesOf(answer)) {
    const { to, lawAt, outcome } = JSON.parse(line) as LogLine;
    if (outcome !== 'accepted') continue;
    messages += 1;
    people.add(to);
    const minute = lawAt.slice(0, 16);
    if (!minutes.has(minute)) minutes.set(minute, isDay(lawAt));
    if (minutes.get(minute) !== true) outsideWindow += 1;
  }
  return { messages, doubles: messages - people.size, outsideWindow };
}

/** Everybody of the bench lives by the clocks of one of two places: it must be day in both. */
const isDay = (iso: string): boolean =>
  HOURS.every((format) => {
    const hour = Number(format.format(new Date(iso)));
    return hour >= 8 && hour < 20;
  });
