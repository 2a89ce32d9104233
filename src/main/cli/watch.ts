import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { CannotStart } from '../../base/index.ts';
import { streamEvents, campaignLine, importLine } from './watch-line.ts';

const USAGE = `Usage: npm run watch -- campaign <id> | import <id> [--url <address of the api>] [--key-file <path>]
Without --url and --key-file: the instance of BONHEURE_DATA on this machine, and its admin key.
`;
const AGAIN_AFTER_MS = 2_000;
const CLEARED = '\r\u001B[K';

const LINES = {
  campaign: { collection: 'campaigns', line: campaignLine },
  import: { collection: 'imports', line: importLine },
} as const;

async function targetIn(args: readonly string[], env: NodeJS.ProcessEnv) {
  const options = { url: { type: 'string' }, 'key-file': { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
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

/** Writes a line: on a terminal over the last one, elsewhere below it. */
function say(text: string): void {
  const width = process.stdout.columns - 1;
  process.stdout.write(process.stdout.isTTY ? `${CLEARED}${text.slice(0, width)}` : `${text}\n`);
}

/** Follows one connection; returns true when what is watched has ended, false when the connection was lost. */
async function follow({ address, key, line }: Awaited<ReturnType<typeof targetIn>>): Promise<boolean> {
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
  const target = await targetIn(process.argv.slice(2), process.env);
  // Tried again for ever, so that a restart of the api does not end it.
  while (!(await follow(target).catch(ifDisconnected))) await pause(AGAIN_AFTER_MS);
  if (process.stdout.isTTY) process.stdout.write('\n');
}

/** `fetch` throws a TypeError when a connection fails. */
function ifDisconnected(error: unknown): false {
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
