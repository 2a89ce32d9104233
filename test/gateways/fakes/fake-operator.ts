import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A request as an operator receives it. */
export interface Heard {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An operator's answer. */
export interface Told {
  readonly status: number;
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A message that an operator accepted; its log is what it charges. */
export interface TakenMessage {
  readonly id: string;
  /** Where each part has an id, those of all of them in order. */
  readonly partIds?: readonly string[];
  readonly key: string | undefined;
  readonly to: string;
  readonly from: string;
  readonly text: string;
  readonly parts: number;
  /** Epoch milliseconds by the operator's clock. */
  readonly at: number;
  /** The operator silently holds it until then. */
  readonly heldUntil: number;
  /** Where its receipts go, when the request said so. */
  readonly callback?: string;
  /** The operator knew that this person had said STOP. */
  readonly barred?: boolean;
}

/** A fault of the next request to send. */
export type Failure =
  | 'throttled'
  | 'throttled-for-3-s'
  | '5xx-before'
  | '5xx-after'
  | 'silent-after'
  | 'reset-before'
  | 'reset-after'
  | 'html'
  | 'truncated'
  | 'huge'
  | 'redirect'
  | 'wrong-types'
  | 'credit';

/** How a message ends, in everybody's words. */
export type Ending = 'on-its-way' | 'delivered' | 'undelivered' | 'opted-out' | 'bad-number';

/** A call of an operator to us. */
export interface Telling {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a fake operator is given. */
export interface Surroundings {
  /** Epoch milliseconds by the operator's clock. */
  readonly now: () => number;
  readonly log: TakenMessage[];
  readonly blacklist: Set<string>;
  /** Our inbound address. */
  readonly callbackUrl: () => string;
  /** What is left on the account, in messages. */
  readonly credit: { left: number };
}

/** How one operator behaves by its documentation. */
export interface Manners {
  /** Whether a request asks to send. */
  readonly sends: (heard: Heard) => boolean;
  readonly answer: (heard: Heard) => Told;
  /** A refusal of the whole request, in the operator's words. */
  readonly refusal: (why: 'throttled' | 'credit') => Told;
  /** A success whose fields have the wrong types. */
  readonly wrongTypes: object;
  readonly receipt: (message: TakenMessage, ending: Ending) => Telling;
  /** Builds the call for a person's reply, with the message answered where the operator reports it. */
  readonly reply: (from: string, text: string, to?: TakenMessage) => Telling;
  /** Builds the call by which the operator reports a STOP. */
  readonly stop: (from: string, to?: TakenMessage) => Telling;
}

/** An operator on a free port of loopback. */
export interface FakeOperator extends Surroundings {
  readonly origin: string;
  readonly manners: Manners;
  /** The next faults, in order. */
  readonly failures: Failure[];
  /** Our inbound address, and how far its clock is ahead. */
  readonly settings: { callbackUrl: string; aheadMs: number; latencyMs: number };
  /** The status of our answer; 0 when there was none. */
  tell(telling: Telling): Promise<number>;
  stop(): Promise<void>;
}

/** Starts an operator of that kind. */
export async function runFake(kind: (around: Surroundings) => Manners, port = 0): Promise<FakeOperator> {
  const settings = { callbackUrl: 'http://127.0.0.1:9/none', aheadMs: 0, latencyMs: 0 };
  const around: Surroundings = {
    now: () => Date.now() + settings.aheadMs,
    log: [],
    blacklist: new Set(),
    callbackUrl: () => settings.callbackUrl,
    credit: { left: 1_000_000 },
  };
  const manners = kind(around);
  const failures: Failure[] = [];
  const server = createServer((request, response) => {
    request.on('error', () => undefined);
    void rightsRequestOf(request).then(async (heard) => {
      const failure = manners.sends(heard) ? failures.shift() : undefined;
      if (settings.latencyMs > 0) await pause(settings.latencyMs);
      if (failure === undefined) answer(response, manners.answer(heard));
      else misbehave(failure, { manners, received: heard, response });
    });
  });
  await new Promise<void>((done) => {
    server.listen(port, '127.0.0.1', () => done());
  });
  return {
    ...around,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    manners,
    failures,
    settings,
    tell,
    stop: () => closed(server),
  };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}

async function rightsRequestOf(request: IncomingMessage): Promise<Heard> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  return {
    method: request.method ?? '',
    url: new URL(request.url ?? '', `http://${request.headers.host ?? 'localhost'}`),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function answer(response: ServerResponse, { status, body, headers }: Told): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': typeof body === 'string' ? 'text/html' : 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

interface Scene {
  readonly manners: Manners;
  readonly received: Heard;
  readonly response: ServerResponse;
}

const HTML = '<html><body><h1>It works!</h1></body></html>';
const HUGE = 10_000_000;

const MISDEEDS: Readonly<Record<Failure, (scene: Scene) => void>> = {
  throttled: ({ response, manners }) => answer(response, manners.refusal('throttled')),
  'throttled-for-3-s': ({ response, manners }) =>
    answer(response, { ...manners.refusal('throttled'), headers: { 'retry-after': '3' } }),
  credit: ({ response, manners }) => answer(response, manners.refusal('credit')),
  '5xx-before': ({ response }) => answer(response, { status: 502, body: HTML }),
  '5xx-after': ({ response, manners, received: heard }) => {
    manners.answer(heard);
    answer(response, { status: 503, body: { message: 'Service unavailable' } });
  },
  'silent-after': ({ manners, received: heard }) => void manners.answer(heard),
  'reset-before': ({ response }) => void response.socket?.resetAndDestroy(),
  'reset-after': ({ response, manners, received: heard }) => {
    const { status } = manners.answer(heard);
    response.writeHead(status, { 'content-length': '5000' }).write('{"half":');
    setTimeout(() => response.socket?.resetAndDestroy(), 20);
  },
  html: ({ response }) => answer(response, { status: 200, body: HTML }),
  truncated: ({ response, manners, received: heard }) => {
    const told = manners.answer(heard);
    answer(response, { ...told, body: JSON.stringify(told.body).slice(0, -9) });
  },
  huge: ({ response, manners, received: heard }) => {
    const told = manners.answer(heard);
    answer(response, { ...told, body: `{"padding":"${'x'.repeat(HUGE)}"}` });
  },
  redirect: ({ response, received: heard }) =>
    answer(response, { status: 307, body: {}, headers: { location: heard.url.href } }),
  'wrong-types': ({ response, manners }) => answer(response, { status: 200, body: manners.wrongTypes }),
};

/** Applies a fault; what was accepted before it stays in the log. */
const misbehave = (failure: Failure, scene: Scene): void => MISDEEDS[failure](scene);

/** Operators give up after a while; none waits longer than this. */
async function tell({ method, url, headers, body }: Telling): Promise<number> {
  try {
    const answered = await fetch(url, {
      method,
      signal: AbortSignal.timeout(1_000),
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
    });
    await answered.arrayBuffer();
    return answered.status;
  } catch {
    return 0;
  }
}
