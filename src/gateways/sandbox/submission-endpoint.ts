import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import { isLocal } from '../../platform/index.ts';
import type { SandboxOperator } from './operator.ts';
import { Submission } from './submission.ts';

/** The path for the adapter's requests; the rest of `/sandbox` is for people. */
export const SUBMISSION_PATH = '/sandbox/operator/messages';

/** Several times the longest message. */
const LARGEST_BODY = 16_384;

/** Long after any client has given up. */
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
    const given = await operator.receive(submission.data);
    if (given.kind === 'answer') answer(response, given);
    else if (given.kind === 'reset') request.socket.resetAndDestroy();
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
