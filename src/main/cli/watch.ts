import path from 'node:path';
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { CannotStart } from '../../platform/errors.ts';

const USAGE = `Usage: npm run watch -- campaign <id> | import <id> [--url <address of the api>] [--key-file <path>]
Without --url and --key-file: the instance of BONHEURE_DATA on this machine, and its admin key.
`;
const AGAIN_AFTER_MS = 2_000;
const CLEARED = '\r\u001B[K';

const LINES = {
  campaign: { collection: 'campaigns', line: campaignLine },
  import: { collection: 'imports', line: importLine },
} as const;

interface Watched {
  readonly address: string;
  readonly key: string;
  readonly line: (data: unknown) => string;
}

async function watchedIn(given: readonly string[], env: NodeJS.ProcessEnv): Promise<Watched> {
  const options = { url: { type: 'string' }, 'key-file': { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args: [...given], options, allowPositionals: true });
  const [kind, id] = positionals;
  if ((kind !== 'campaign' && kind !== 'import') || id === undefined || positionals.length > 2)
    throw new CannotStart(USAGE);
  const folder = path.resolve(env['BONHEURE_DATA'] ?? '.bonheure');
  const url = values.url?.replace(/(?<!\/)\/+$/, '') ?? (await addressIn(folder));
  const { collection, line } = LINES[kind];
  const key = await keyIn(values['key-file'] ?? path.join(folder, 'keys', 'admin-key'), env);
  return { address: `${url}/v1/${collection}/${encodeURIComponent(id)}/events`, key, line };
}

const RunFile = z.object({ url: z.string() });

async function addressIn(folder: string): Promise<string> {
  const text = await readFile(path.join(folder, 'run.json'), 'utf8').catch(() => undefined);
  if (text === undefined)
    throw new CannotStart(`There is no run.json in ${folder}: start Bonheure, or give --url and --key-file.`);
  return RunFile.parse(JSON.parse(text)).url;
}

async function keyIn(file: string, env: NodeJS.ProcessEnv): Promise<string> {
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  const key = kept?.trim() ?? env['BONHEURE_ADMIN_KEY'];
  if (key === undefined) throw new CannotStart(`No key in ${file}: give --key-file with the path of one.`);
  return key;
}

/** Overwrites its line on a terminal; elsewhere each line stays. */
function say(text: string): void {
  const width = process.stdout.columns - 1;
  process.stdout.write(process.stdout.isTTY ? `${CLEARED}${text.slice(0, width)}` : `${text}\n`);
}

/** Follows one connection; true at the end of the stream. */
async function followed({ address, key, line }: Watched): Promise<boolean> {
  const answer = await fetch(address, {
    headers: { authorization: `Bearer ${key}`, 'accept-language': 'en' },
  });
  if (answer.status === 429 || answer.status >= 500 || answer.body === null) return false;
  if (!answer.ok) throw new CannotStart(await refusalIn(answer));
  for await (const { event, data } of streamEvents(answer.body)) {
    if (event === 'ended') return true;
    if (event === 'refused') throw new CannotStart('The key is no longer good.');
    say(line(data));
  }
  return false;
}

const Problem = z.object({ code: z.string(), title: z.string() });

async function refusalIn(answer: Response): Promise<string> {
  const problem = Problem.safeParse(await answer.json().catch(() => undefined));
  return problem.success
    ? `${problem.data.code}: ${problem.data.title}`
    : `The api answered ${answer.status}.`;
}

async function main(): Promise<void> {
  const watched = await watchedIn(process.argv.slice(2), process.env);
  // An api that restarts is found again.
  while (!(await followed(watched).catch(unlessCut))) await pause(AGAIN_AFTER_MS);
  if (process.stdout.isTTY) process.stdout.write('\n');
}

function unlessCut(error: unknown): false {
  if (error instanceof TypeError) return false;
  throw error;
}

try {
  await main();
} catch (cause) {
  const isUsage =
    cause instanceof Error && 'code' in cause && String(cause.code).startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${cause instanceof CannotStart ? cause.message : isUsage ? USAGE : String(cause)}\n`);
  process.exitCode = 1;
}

const Campaign = z.object({
  name: z.string(),
  status: z.string(),
  accounts: z.object({
    audience: z.int(),
    pending: z.int(),
    accepted: z.int(),
    delivered: z.int(),
    excluded: z.record(z.string(), z.int()),
    failed: z.int(),
    expired: z.int(),
    uncertain: z.int(),
  }),
  waitingFor: z.object({ text: z.string(), until: z.string().nullable() }).nullable(),
  forecast: z.object({ lastDepartureAt: z.string().nullable() }).nullable(),
});

const Import = z.object({
  kind: z.string(),
  state: z.string(),
  rows: z.int(),
  accepted: z.int(),
  rejected: z.int(),
  duplicates: z.int(),
  progress: z.object({
    read: z.number(),
    total: z.number(),
    rowsPerSecond: z.number().nullable(),
    secondsLeft: z.number().nullable(),
  }),
});

const figures = new Intl.NumberFormat('en');
const count = (value: number): string => figures.format(Math.round(value));

/** Words the progress of a campaign in one line. */
export function campaignLine(data: unknown): string {
  const { name, status, accounts, waitingFor, forecast } = Campaign.parse(data);
  const excluded = Object.values(accounts.excluded).reduce((sum, each) => sum + each, 0);
  const counted: readonly [number, string][] = [
    [accounts.delivered, 'delivered'],
    [excluded, 'excluded'],
    [accounts.failed, 'failed'],
    [accounts.expired, 'expired'],
    [accounts.uncertain, 'uncertain'],
    [accounts.pending, 'to come'],
  ];
  return [
    `${name}: ${status}`,
    `${count(accounts.accepted)} of ${count(accounts.audience)} accepted`,
    ...counted.filter(([value]) => value > 0).map(([value, word]) => `${count(value)} ${word}`),
    ...(waitingFor === null ? [] : [waitingFor.text + until(waitingFor.until)]),
    ...(forecast?.lastDepartureAt == null ? [] : [`last departure ${forecast.lastDepartureAt}`]),
  ].join(' · ');
}

const until = (at: string | null): string => (at === null ? '' : ` (until ${at})`);

/** Words the progress of an import in one line. */
export function importLine(data: unknown): string {
  const { kind, state, rows, accepted, rejected, duplicates, progress } = Import.parse(data);
  const share = progress.total === 0 ? 100 : (100 * progress.read) / progress.total;
  const { rowsPerSecond, secondsLeft } = progress;
  return [
    `${kind}: ${state}`,
    `${Math.floor(share)} %`,
    `${count(rows)} rows, ${count(accepted)} accepted, ${count(rejected)} rejected, ${count(duplicates)} duplicates`,
    ...(rowsPerSecond === null ? [] : [`${count(rowsPerSecond)} rows/s`]),
    ...(secondsLeft === null ? [] : [`${count(secondsLeft)} s left`]),
  ].join(' · ');
}

/** One event of a stream, its data as JSON. */
export interface StreamEvent {
  readonly event: string;
  readonly data: unknown;
}

/** Longer than any view: data without an end are no stream of ours. */
const LONGEST_EVENT = 1_048_576;

/** Parses the events of `text/event-stream`, without comments. */
export async function* streamEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of body) {
    const blocks = (rest + decoder.decode(piece, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    if (rest.length > LONGEST_EVENT) return;
    for (const block of blocks) {
      const event = eventIn(block);
      if (event !== undefined) yield event;
    }
  }
}

function eventIn(block: string): StreamEvent | undefined {
  const lines = block.split('\n');
  const data = valueOf(lines, 'data');
  return data === undefined
    ? undefined
    : { event: valueOf(lines, 'event') ?? 'message', data: JSON.parse(data) };
}

function valueOf(lines: readonly string[], field: string): string | undefined {
  return lines.find((line) => line.startsWith(`${field}: `))?.slice(field.length + 2);
}
