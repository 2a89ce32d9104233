import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Router, type Request, type RequestHandler, type Response, json } from 'express';
import { z } from 'zod';
import { Refusal } from '../../platform/index.ts';
import { isLocal } from '../../base/index.ts';
import { Behaviour } from './behaviour.ts';
import type { LookUp, SandboxOperator } from './operator.ts';
import { E164, Submission } from './log-record.ts';

const Reply = z.strictObject({
  text: z.string().min(1).max(1_600),
  to: z.string().min(1).max(16).optional(),
});

const Wanted = z.union([
  z.strictObject({ reference: z.string().min(1), since: z.iso.datetime({ offset: true }).optional() }),
  z.strictObject({ key: z.string().min(1), since: z.iso.datetime({ offset: true }).optional() }),
]);

/** Admits requests from this machine alone. */
export const onThisMachine: RequestHandler = (request, _response, next) => {
  if (!isLocal(request)) throw new Refusal('SANDBOX_LOCAL_ONLY');
  next();
};

/** Parses a value by its schema; throws a refusal that names each wrong field. */
function parsedOrRefused<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Refusal('INVALID_REQUEST', {
    errors: result.error.issues.map(({ path, message }) => ({
      pointer: `/${path.join('/')}`,
      message: { fr: message, en: message, isForPrograms: true as const },
    })),
  });
}

const readJson = json({ type: () => true, limit: '256kb' });

/** Parses a JSON body whatever its declared type, as `curl -d` sends it. */
const jsonBody: RequestHandler = (request, response, next) => {
  readJson(request, response, (error?: unknown) => {
    next(
      error === undefined ? undefined : new Refusal('INVALID_REQUEST', { detail: 'The body is not JSON.' }),
    );
  });
};

/** The sandbox's routes for an account's adapter, besides sending. */
export function accountRoutes(operator: SandboxOperator): Router {
  return Router()
    .get('/operator/health', onThisMachine, (_request, response) => {
      response.json({ ok: true });
    })
    .get('/messages', onThisMachine, (request, response) =>
      answerWith(response, operator.lookUp(lookUpOf(request))),
    );
}

/** Routes everything below `/sandbox` but the page and the clock. */
export function sandboxRoutes(operator: SandboxOperator): Router {
  return Router()
    .use(accountRoutes(operator))
    .use(onThisMachine)
    .get('/log', (_request, response) => writeLog(operator, response))
    .get('/bill', (_request, response) => answerWith(response, operator.bill()))
    .get('/handsets', (_request, response) => {
      response.json(operator.handsets());
    })
    .get('/handsets/:number/messages', (request, response) =>
      answerWith(response, operator.messagesOf(numberOf(request))),
    )
    .get('/handsets/:number/conversation', (request, response) =>
      answerWith(response, operator.conversationOf(numberOf(request))),
    )
    .post('/handsets/:number/replies', jsonBody, (request, response) =>
      answerWith(response, reply(operator, request)),
    )
    .get('/behaviour', (_request, response) => {
      response.json(operator.behaviour);
    })
    .put('/behaviour', jsonBody, (request, response) => {
      operator.behave(parsedOrRefused(Behaviour, request.body));
      response.json(operator.behaviour);
    });
}

async function reply(operator: SandboxOperator, request: Request): Promise<{ webhookStatus: number }> {
  const { text, to } = parsedOrRefused(Reply, request.body);
  const written = { text, ...(to !== undefined && { to }) };
  return { webhookStatus: await operator.reply(numberOf(request), written) };
}

/** Answers with a promise's value; Express 5 passes a rejection on. */
async function answerWith(response: Response, promised: Promise<unknown>): Promise<void> {
  response.json(await promised);
}

function lookUpOf(request: Request): LookUp {
  const wanted = parsedOrRefused(Wanted, request.query);
  const since = wanted.since === undefined ? {} : { since: wanted.since };
  return 'key' in wanted
    ? { field: 'key', value: wanted.key, ...since }
    : { field: 'reference', value: wanted.reference, ...since };
}

/** Reads the number in a path, where `+` may be written as it is, as `%2B`, or left out. */
function numberOf(request: Request): string {
  const { number } = request.params;
  return parsedOrRefused(E164, `+${String(number).trim().replace(/^\+/, '')}`);
}

async function writeLog(operator: SandboxOperator, response: Response): Promise<void> {
  response.type('application/x-ndjson');
  for await (const line of operator.logLines()) {
    if (response.destroyed) return;
    if (!response.write(line)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
}

interface MovableClock {
  now(): Promise<{ readonly now: string; readonly offsetMs: number }>;
  /** Resolves once it has moved; refuses with CLOCK_BUSY or CLOCK_NOT_MOVABLE. */
  move(to: string): Promise<unknown>;
}

const Move = z.strictObject({
  now: z.union([z.iso.datetime({ offset: true }), z.iso.datetime({ offset: true, precision: -1 })]),
});

/** Serves `/sandbox/clock`, which exists whenever every gateway is a fake. */
export function clockRoutes(clock: MovableClock): Router {
  const move: RequestHandler = (request, response) => answerWith(response, moved(clock, request));
  return Router()
    .use('/clock', onThisMachine)
    .get('/clock', (_request, response) => answerWith(response, clock.now()))
    .put('/clock', jsonBody, move)
    .post('/clock', jsonBody, move);
}

async function moved(clock: MovableClock, request: Request): Promise<unknown> {
  await clock.move(parsedOrRefused(Move, request.body).now);
  return clock.now();
}

/** The path for the adapter's requests; the rest of `/sandbox` is for people. */
export const SUBMISSION_PATH = '/sandbox/operator/messages';

/** In bytes: several times the longest message. */
const LARGEST_BODY = 16_384;

/** After so long an unanswered request is cut: any client has given up long before. */
const SILENCE_MS = 120_000;

/**
 * Answers a request to send, and says whether the request was one. It runs before Express and its body parsers:
 * this path carries whole campaigns.
 */
export function answerSubmission(
  operator: SandboxOperator,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (request.method !== 'POST' || request.url !== SUBMISSION_PATH) return false;
  if (isLocal(request)) void take(operator, request, response);
  else answer(response, { status: 403, body: { code: 'SANDBOX_LOCAL_ONLY' } });
  return true;
}

/** Answers requests to send where there is a sandbox, and leaves everything else to the application. */
export const besideSubmissions =
  (operator: SandboxOperator | undefined, application: RequestListener): RequestListener =>
  (request, response) => {
    if (operator === undefined || !answerSubmission(operator, request, response))
      application(request, response);
  };

async function take(
  operator: SandboxOperator,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bodyOf(request);
  const submission = Submission.safeParse(body);
  if (!submission.success) return answer(response, { status: 400, body: { code: 'MALFORMED' } });
  try {
    const outcome = await operator.receive(submission.data);
    if (outcome.kind === 'answer') answer(response, outcome);
    else if (outcome.kind === 'reset') request.socket.resetAndDestroy();
    else setTimeout(() => request.socket.destroy(), SILENCE_MS).unref();
  } catch {
    // The log could not be written, so nothing was taken: a fault of the operator itself.
    answer(response, { status: 507, body: { code: 'LOG_UNWRITABLE' } });
  }
}

/** Parses the JSON of the body; undefined when it is none, too large, or cut short. */
function bodyOf(request: IncomingMessage): Promise<unknown> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LARGEST_BODY) chunks.push(chunk);
    });
    request.on('end', () => resolve(size > LARGEST_BODY ? undefined : jsonOf(chunks)));
    request.on('error', () => resolve(undefined));
  });
}

function jsonOf(chunks: readonly Buffer[]): unknown {
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

function answer(
  response: ServerResponse,
  { status, body, retryAfterMs }: { status: number; body: unknown; retryAfterMs?: number },
): void {
  if (response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) }),
  });
  response.end(text);
}
