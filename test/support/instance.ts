import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { ensureKeyRing } from '../../src/settings/key-ring.ts';
import { freePort } from '../../src/main/embedded/free-port.ts';
import { keptCache, layCluster } from './kept.ts';
import type { LogLine } from './operator.ts';
import { aQuickFolder } from './quick-folder.ts';

/** The admin key every test instance is started with. */
const KEY = 'test-admin-key-of-the-first-tenant';
const READY_WITHIN_MS = 90_000;
const NEWLINE = 0x0a;

/** What run.json says of a running instance. */
export interface RunFile {
  readonly pid: number;
  readonly url: string;
  readonly publicUrl: string | null;
  readonly processes: readonly {
    readonly name: 'api' | 'public' | 'worker' | 'postgres' | 'temporal';
    readonly pid: number;
  }[];
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  readonly temporalDatabase: string;
  readonly postgresData: string;
  readonly logs: string;
}

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** The accounts of a campaign as the API shows them. */
export interface ShownAccounts {
  readonly audience: number;
  readonly pending: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly undelivered: number;
  readonly excluded: Readonly<Record<string, number>>;
  readonly failed: number;
  readonly expired: number;
  readonly uncertain: number;
}

/** Whether a campaign's accounts close (I2). */
export function closes(held: ShownAccounts): boolean {
  const excluded = Object.values(held.excluded).reduce((total, count) => total + count, 0);
  return (
    held.audience === held.accepted + excluded + held.failed + held.expired + held.uncertain + held.pending
  );
}

/** `npm start` in a folder of its own, as a newcomer runs it. */
export interface Instance {
  readonly folder: string;
  readonly origin: string;
  /** Of an admin. */
  readonly key: string;
  call(method: string, where: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Moves the law clock. */
  moveClock(iso: string): Promise<void>;
  /** The sandbox operator's own log; asked for again only once something was added to it. */
  log(): Promise<LogLine[]>;
  /** How many requests the operator has noted, whoever is up: to open thousands of lines several times a second costs more than to send them. */
  noted(): Promise<number>;
  /** What a query answers of the first tenant, whom the instance itself shows no more of. */
  rows(query: string): Promise<Record<string, unknown>[]>;
  /** Resolves once everybody whose moment came by the law clock has looked, and nobody acts before a later one. */
  rests(): Promise<void>;
  reply(phone: string, text: string): Promise<Answer>;
  run(): Promise<RunFile>;
  kill(name: RunFile['processes'][number]['name']): Promise<void>;
  /** Kills PostgreSQL and keeps it dead: whoever would start it again sleeps until everything is killed. */
  stopPostgres(): Promise<void>;
  /** Everything at once, the supervisor first. */
  killAll(): Promise<void>;
  /** Starts again what was halted or killed; a sealed one is as far as it gets when it says so. */
  start(until?: 'ready' | 'sealed'): Promise<void>;
  /** An orderly stop that keeps the folder. */
  halt(): Promise<void>;
  /** An orderly stop, and the folder goes. */
  stop(): Promise<void>;
  output(): string;
}

export interface InstanceOptions {
  readonly gateways?: unknown;
  readonly env?: Record<string, string>;
  /** A process of its own costs each start a second: where nobody looks for it the api does its work. */
  readonly publicServer?: 'own';
  /** Nothing is there yet, as at a newcomer's; otherwise the database is migrated and code is compiled. */
  readonly newcomer?: boolean;
}

/** What a first start would make, as earlier ones left it: most of what a start takes. The folder must not exist. */
export async function laidGround(data: string): Promise<void> {
  await mkdir(data, { mode: 0o700 });
  await layCluster(path.join(data, 'postgres'));
  await ensureKeyRing(path.join(data, 'keys', 'key-encryption.json'));
  await symlink(await keptCache(), path.join(data, 'cache'));
}

/** Starts an instance and waits until it is ready. */
export async function anInstance(options: InstanceOptions = {}): Promise<Instance> {
  const folder = await aQuickFolder('e2e');
  const data = path.join(folder, 'data');
  if (options.newcomer !== true) await laidGround(data);
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const output: string[] = [];
  let child: ChildProcess | undefined;
  const env = {
    ...process.env,
    PORT: String(port),
    BONHEURE_DATA: data,
    BONHEURE_ADMIN_KEY: KEY,
    BONHEURE_TEMPORAL_UI_PORT: String(await freePort()),
    BONHEURE_PUBLIC_SERVER: options.publicServer ?? (options.newcomer === true ? 'own' : 'api'),
    ...(options.gateways === undefined ? {} : { BONHEURE_GATEWAYS: JSON.stringify(options.gateways) }),
    ...options.env,
  };
  const call: Instance['call'] = async (method, where, body, headers = {}) => {
    const answer = await fetch(`${origin}${where}`, {
      method,
      headers: {
        ...(where.startsWith('/sandbox') ? {} : { authorization: `Bearer ${KEY}` }),
        ...(body === undefined || typeof body === 'string' ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (parsed(text) as Record<string, unknown>) };
  };
  const operatorLog = path.join(data, 'sandbox', 'operator.log');
  const written = linesOf(operatorLog);
  let read: readonly LogLine[] = [];
  let replied = 0;
  const run = async (): Promise<RunFile> =>
    JSON.parse(await readFile(path.join(data, 'run.json'), 'utf8')) as RunFile;
  const start: Instance['start'] = async (wanted = 'ready') => {
    child = spawn(process.execPath, [fileURLToPath(new URL('../../src/main/start.ts', import.meta.url))], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout?.on('data', (text: Buffer) => output.push(text.toString()));
    child.stderr?.on('data', (text: Buffer) => output.push(text.toString()));
    await settled({ origin, child, output }, wanted);
  };
  const halt = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  const instance: Instance = {
    folder,
    origin,
    key: KEY,
    call,
    run,
    start,
    moveClock: async (iso) => {
      const answer = await call('POST', '/sandbox/clock', { now: iso });
      if (answer.status !== 200)
        throw new Error(`the clock did not move: ${answer.status} ${JSON.stringify(answer.body)}`);
    },
    log: async () => {
      // Every line is opened by its key when asked for: too much to ask five times a second. The file also has lines
      // that are not flushed yet, which are shown later, and replies, which are never shown.
      if ((await written()) - replied !== read.length) read = await linesAt(`${origin}/sandbox/log`);
      return [...read];
    },
    noted: linesOf(operatorLog),
    rows: (query) => rowsOf(instance, query),
    rests: async () => {
      await until(
        () => instance.rows(RESTLESS),
        (restless) => restless.length === 0,
      );
    },
    reply: async (phone, text) => {
      const where = `/sandbox/handsets/${encodeURIComponent(phone)}/replies`;
      const answer = await call('POST', where, { text });
      if (answer.status === 200) replied += 1;
      return answer;
    },
    kill: async (name) => {
      const found = (await run()).processes.find((one) => one.name === name);
      if (found !== undefined) process.kill(found.pid, 'SIGKILL');
    },
    stopPostgres: async () => {
      child?.kill('SIGSTOP');
      await instance.kill('postgres');
    },
    killAll: async () => {
      const { processes } = await run();
      child?.kill('SIGKILL');
      for (const { pid } of processes) gone(pid);
      if (child !== undefined && child.exitCode === null && child.signalCode === null)
        await once(child, 'exit');
    },
    halt,
    stop: async () => {
      await halt();
      await tellOwnFaults(path.join(data, 'logs'));
      await rm(folder, { recursive: true, force: true });
    },
    output: () => output.join(''),
  };
  await start();
  return instance;
}

/** What is still to be told or to look, of one tenant: a plan that is due, one that is not made yet, news on their way. */
const RESTLESS = `
  WITH law AS (SELECT clock_timestamp() + clock_offset_ms * interval '1 ms' AS now FROM instance),
       plans AS (
         SELECT 'series ' || s.id AS who, s.next_action_at,
                EXISTS (SELECT FROM reminder_step p WHERE p.series_id = s.id AND p.revision = s.revision AND p.state = 'planned') AS plans
           FROM reminder_series s WHERE s.state = 'open'
         UNION ALL SELECT 'shard ' || id, next_action_at, true FROM batch WHERE state = 'open' AND kind = 'campaign'
         UNION ALL SELECT 'campaign ' || c.id, c.next_action_at,
                NOT EXISTS (SELECT FROM batch b WHERE b.campaign_id = c.id AND b.state = 'open')
           FROM campaign c WHERE c.status IN ('scheduled', 'running')
         UNION ALL SELECT kind || ' ' || b.id, b.next_action_at,
                EXISTS (SELECT FROM message m WHERE m.batch_id = b.id AND m.state IN ('ready', 'submitting', 'uncertain'))
           FROM batch b WHERE b.kind = 'acknowledgements')
  SELECT who FROM plans, law WHERE next_action_at <= law.now OR plans AND next_action_at IS NULL
  UNION ALL SELECT 'intent ' || workflow_id FROM intent LIMIT 5`;

async function rowsOf(instance: Instance, query: string): Promise<Record<string, unknown>[]> {
  const looking = new Client({ connectionString: (await instance.run()).databaseUrl });
  await looking.connect();
  try {
    const { id } = (await instance.call('GET', '/v1/tenant')).body;
    await looking.query(`SELECT set_config('bonheure.tenant', $1, false)`, [id]);
    return (await looking.query<Record<string, unknown>>(query)).rows;
  } finally {
    await looking.end();
  }
}

/** Counts the lines of a file that grows, each once. */
function linesOf(file: string): () => Promise<number> {
  let [count, end] = [0, 0];
  return async () => {
    // Nothing was sent yet.
    if (!existsSync(file)) return 0;
    let at = end;
    for await (const bytes of createReadStream(file, { start: end }) as AsyncIterable<Buffer>)
      for (const byte of bytes) {
        at += 1;
        if (byte !== NEWLINE) continue;
        count += 1;
        end = at;
      }
    return count;
  };
}

async function linesAt(url: string): Promise<LogLine[]> {
  const text = await (await fetch(url)).text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LogLine);
}

/** What a process of an instance calls its own fault, and a deadlock: whoever reads a red test needs no second run. */
const OWN_FAULT = /"code":"INTERNAL"|deadlock detected/;
const MOST_LISTED = 10;

async function tellOwnFaults(logs: string): Promise<void> {
  const names = await readdir(logs).catch(() => []);
  const texts = await Promise.all(names.map((name) => readFile(path.join(logs, name), 'utf8')));
  const told = texts.flatMap((text) => text.split('\n').filter((line) => OWN_FAULT.test(line)));
  for (const line of told.slice(0, MOST_LISTED)) process.stdout.write(`\n${line}\n`);
}

function gone(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It died with its parent.
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
};

async function settled(
  of: { readonly origin: string; readonly child: ChildProcess; readonly output: readonly string[] },
  wanted: 'ready' | 'sealed',
): Promise<void> {
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  while (Date.now() < giveUpAt) {
    if (of.child.exitCode !== null) throw new Error(`it ended instead of starting:\n${of.output.join('')}`);
    const answer = await fetch(`${of.origin}/readyz`).catch(() => undefined);
    if (wanted === 'ready' && answer?.status === 200) return;
    const problem = answer?.status === 503 ? ((await answer.json()) as { code: string }) : undefined;
    if (wanted === 'sealed' && problem?.code === 'SEALED') return;
    await new Promise((rested) => setTimeout(rested, 200));
  }
  throw new Error(`not ${wanted} within ${READY_WITHIN_MS} ms:\n${of.output.join('')}`);
}

/** Asks until the answer is as wanted; fails with the last one. */
export async function until<T>(
  ask: () => Promise<T>,
  wanted: (answer: T) => boolean,
  withinMs = 120_000,
): Promise<T> {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > giveUpAt) throw new Error(`still not, after ${withinMs} ms: ${JSON.stringify(answer)}`);
    await new Promise((rested) => setTimeout(rested, 200));
  }
}
