import { Client } from 'undici';
import { z } from 'zod';

import { Connections } from '../connections.ts';
import type { Answered, HttpRequest } from '../exchange.ts';
import type {
  Attempt,
  Call,
  Callback,
  Capabilities,
  FoundRecipient,
  Gateway,
  Health,
  Question,
  RawRequest,
  Reconciled,
  RefusalClass,
  Seat,
  SubmitResult,
} from '../gateway.ts';
import { parseSandboxCallback } from './sandbox-callback.ts';
import { SUBMISSION_PATH } from './submission-endpoint.ts';

/** Where the sandbox operator is, and how many calls it may have at once. */
export interface SandboxAccount {
  readonly name: string;
  /** The api's own address, on loopback. */
  readonly origin: string;
  readonly connections?: number;
}

const CAPABILITIES: Capabilities = {
  maxRecipients: 1,
  scheduling: false,
  receipts: 'per-message',
  idempotency: 'none',
  lookup: 'by-key',
  signedCallbacks: false,
  ownWindow: false,
  indexingDelayMs: 0,
  requestTimeoutMs: 5_000,
  stopMentionReclassifies: false,
  acknowledgesStop: false,
  canReceive: true,
};

const CONNECTIONS = 8;

const REFUSALS: Readonly<Record<string, RefusalClass>> = {
  NUMBER: 'PERMANENT_RECIPIENT',
  CONTENT: 'PERMANENT_CONTENT',
  OPTED_OUT: 'OPTED_OUT',
  CREDIT: 'CREDIT',
  CREDENTIALS: 'CONFIG',
  MALFORMED: 'PERMANENT_CONTENT',
  SANDBOX_LOCAL_ONLY: 'CONFIG',
  TOO_FAST: 'THROTTLED',
};

const HEALTH: HttpRequest = { method: 'GET', path: '/sandbox/operator/health', headers: {} };
const JSON_TYPE = { 'content-type': 'application/json' };

const Taken = z.object({ id: z.string(), parts: z.number() });
const Refusal = z.object({ code: z.string() });
const LookedUp = z.array(
  z.object({
    id: z.string(),
    reference: z.string(),
    to: z.string(),
    parts: z.number(),
    state: z.enum(['accepted', 'delivered']),
  }),
);

/** The account at the sandbox operator: one recipient a call, looked up by its key. */
export class SandboxGateway implements Gateway {
  readonly name: string;
  readonly kind = 'sandbox';
  readonly fake = true;
  readonly capabilities = CAPABILITIES;
  readonly #connections: Connections;
  readonly #enquiries: Client;

  constructor({ name, origin, connections = CONNECTIONS }: SandboxAccount) {
    this.name = name;
    const { requestTimeoutMs } = CAPABILITIES;
    this.#connections = new Connections({ origin, connections, requestTimeoutMs, greeting: HEALTH });
    this.#enquiries = new Client(origin, { headersTimeout: requestTimeoutMs, bodyTimeout: requestTimeoutMs });
  }

  seats(): number {
    return this.#connections.seats();
  }

  reserve(n: number): Seat[] {
    return this.#connections.reserve(n);
  }

  async submit(call: Call, attempt: Attempt): Promise<SubmitResult> {
    const exchange = await this.#connections.exchange(requestFor(call), attempt);
    switch (exchange.kind) {
      case 'not-written':
        return { kind: 'NOT_WRITTEN', reason: exchange.reason };
      case 'not-connected':
        return { kind: 'REFUSED', errorClass: 'RETRYABLE', code: 'NOT_CONNECTED' };
      case 'unknown':
        return { ...exchange, kind: 'UNKNOWN' };
      case 'answered':
        return resultOf(exchange, call);
      default:
        return exchange satisfies never;
    }
  }

  async reconcile({ key, recipients, since }: Question, signal: AbortSignal): Promise<Reconciled> {
    const references = recipients.map(({ reference }) => reference);
    const wanted = key === null ? { reference: references[0] ?? '' } : { key };
    const query = new URLSearchParams({ ...wanted, since });
    const answer = await this.#ask(`/sandbox/messages?${query.toString()}`, signal);
    if (answer === undefined) return { kind: 'UNDECIDABLE', reason: 'unreachable' };
    const found = LookedUp.safeParse(answer);
    if (!found.success) return { kind: 'UNDECIDABLE', reason: 'parse' };
    return foundAmong(found.data, references);
  }

  parseCallback(request: RawRequest): Callback {
    return parseSandboxCallback(request);
  }

  async health(signal: AbortSignal): Promise<Health> {
    const answer = await this.#ask(HEALTH.path, signal);
    return answer === undefined ? { ok: false, code: 'UNREACHABLE' } : { ok: true };
  }

  async close(): Promise<void> {
    await this.#connections.close();
    await this.#enquiries.destroy();
  }

  /** The JSON of a 200, or undefined. */
  async #ask(path: string, signal: AbortSignal): Promise<unknown> {
    try {
      const { statusCode, body } = await this.#enquiries.request({ method: 'GET', path, signal });
      const text = await body.text();
      return statusCode === 200 ? JSON.parse(text) : undefined;
    } catch {
      return undefined;
    }
  }
}

function requestFor(call: Call): HttpRequest {
  const [recipient] = call.recipients;
  const { key, sender: from, text, validUntil } = call;
  const body = JSON.stringify({ key, ...recipient, from, text, validUntil });
  return { method: 'POST', path: SUBMISSION_PATH, headers: JSON_TYPE, body };
}

function resultOf({ status, headers, body, firstByteAt, answeredAt }: Answered, call: Call): SubmitResult {
  const moments = { firstByteAt, answeredAt };
  if (status >= 500) return { kind: 'UNKNOWN', reason: '5xx', ...moments };
  const read = jsonOf(body);
  if (status === 200) return accepted(read, call, moments);
  const refusal = Refusal.safeParse(read);
  if (!refusal.success) return { kind: 'UNKNOWN', reason: 'parse', ...moments };
  const { code } = refusal.data;
  const retryAfterMs = Number(headers['retry-after']) * 1_000;
  return {
    kind: 'REFUSED',
    errorClass: REFUSALS[code] ?? 'CONFIG',
    code,
    ...(Number.isFinite(retryAfterMs) && { retryAfterMs }),
    ...moments,
  };
}

function accepted(
  read: unknown,
  { recipients }: Call,
  moments: { readonly firstByteAt: number; readonly answeredAt: number },
): SubmitResult {
  const taken = Taken.safeParse(read);
  if (!taken.success) return { kind: 'UNKNOWN', reason: 'parse', ...moments };
  const { id, parts } = taken.data;
  const perRecipient = recipients.map(({ to }) => ({ to, gatewayId: id, parts }));
  return { kind: 'ACCEPTED', perRecipient, rejected: [], ...moments };
}

function foundAmong(lines: z.infer<typeof LookedUp>, references: readonly string[]): Reconciled {
  if (lines.length === 0) return { kind: 'NOT_FOUND' };
  const perRecipient: FoundRecipient[] = lines
    .filter(({ reference }) => references.includes(reference))
    .map(({ id, reference, to, parts, state }) => ({
      to,
      reference,
      gatewayId: id,
      parts,
      state: state === 'delivered' ? 'DELIVERED' : 'PENDING',
    }));
  const missing = references.filter((reference) => !lines.some((line) => line.reference === reference));
  return { kind: 'FOUND', perRecipient, missing };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
