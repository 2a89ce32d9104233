import { z } from 'zod';
import type { AnsweredExchange, HttpRequest } from '../connections.ts';
import type {
  Call,
  FoundRecipient,
  Health,
  ReceiptEvent,
  ReconcileQuestion,
  Reconciled,
  RefusalClass,
  SubmitResult,
} from '../../sending/index.ts';
import { bilingual } from '../../words/index.ts';
import { NOTHING, assuming, type OperatorEntry } from '../entry.ts';
import {
  HttpGateway,
  acceptedOf,
  answerJsonOf,
  jsonRequest,
  submitRefusalOf,
  type Ask,
} from '../http/http-gateway.ts';
import { e164Of, known, readCall, type Dialect } from '../http/read-call.ts';
import type { Item } from '../http/call-items.ts';
import { SUBMISSION_PATH } from './routes.ts';

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

const Taken = z
  .object({ id: z.string(), parts: z.number() })
  .transform(({ id: gatewayId, parts }) => ({ gatewayId, parts }));
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
export class SandboxGateway extends HttpGateway {
  constructor({
    name,
    origin,
    connections = CONNECTIONS,
  }: {
    readonly name: string;
    /** The api's own address, on loopback. */
    readonly origin: string;
    readonly connections?: number;
  }) {
    super(
      { greeting: HEALTH, requestFor: (call) => requestFor(call, name), resultOf, reconcile, health },
      {
        name,
        kind: 'sandbox',
        fake: true,
        capabilities: sandbox.capabilities,
        baseUrl: origin,
        connections,
        // This gateway signs nothing and asks for no time.
        machine: () => 0,
        reader: { isGenuine: () => true, read: sandbox.read },
      },
    );
  }
}

const health = async (ask: Ask): Promise<Health> =>
  (await ask(HEALTH))?.status === 200 ? { ok: true } : { ok: false, code: 'UNREACHABLE' };

async function reconcile({ key, recipients, since }: ReconcileQuestion, ask: Ask): Promise<Reconciled> {
  const references = recipients.map(({ reference }) => reference);
  const wanted = key === null ? { reference: references[0] ?? '' } : { key };
  const query = new URLSearchParams({ ...wanted, since });
  const answer = await ask({ method: 'GET', path: `/sandbox/messages?${query.toString()}`, headers: {} });
  if (answer?.status !== 200) return { kind: 'UNDECIDABLE', reason: 'unreachable' };
  const found = LookedUp.safeParse(answer.json);
  if (!found.success) return { kind: 'UNDECIDABLE', reason: 'parse' };
  return foundAmong(found.data, references);
}

function requestFor(call: Call, account: string): HttpRequest {
  const [recipient] = call.recipients;
  const { key, sender: from, text, validUntil } = call;
  return jsonRequest(SUBMISSION_PATH, {}, { key, ...recipient, from, text, account, validUntil });
}

function resultOf(call: Call, answer: AnsweredExchange): SubmitResult {
  const { status, body, firstByteAt, answeredAt } = answer;
  const moments = { firstByteAt, answeredAt };
  if (status >= 500) return { kind: 'UNKNOWN', reason: '5xx', ...moments };
  const read = answerJsonOf(body);
  if (status === 200) return acceptedOf(call, answer, Taken.safeParse(read).data);
  const refusal = Refusal.safeParse(read);
  if (!refusal.success) return { kind: 'UNKNOWN', reason: 'parse', ...moments };
  const { code } = refusal.data;
  return submitRefusalOf(call, { errorClass: REFUSALS[code] ?? 'CONFIG', code }, answer);
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

/** The sandbox writes numbers as we do. */
const SANDBOX: Dialect = {
  person: ['from'],
  words: ['text'],
  isStop: () => false,
  about: (item) => ({
    identity: item.id('id'),
    occurredAt: item.id('at'),
    to: item.id('to'),
  }),
  receiptOf,
};

function receiptOf(item: Item): ReceiptEvent | undefined {
  const [id, reference, at] = [item.id('id'), item.id('reference'), item.id('at')];
  if (item.has('from', 'text') || (id === undefined && reference === undefined)) return undefined;
  const to = item.read(['to'], e164Of);
  const state = item.id('state') ?? '';
  return {
    kind: 'receipt',
    identity: `${id ?? reference} ${state}`,
    state: state === 'DELIVERED' || state === 'UNDELIVERED' ? state : 'UNKNOWN_FINAL',
    ...known({ gatewayId: id, reference, to, occurredAt: at }),
  };
}

/** The built-in operator, whose messages reach nobody. */
export const sandbox: OperatorEntry<'sandbox'> = {
  capabilities: {
    ...NOTHING,
    lookup: 'by-key',
    requestTimeoutMs: 5_000,
    canReceive: true,
    reports: { parts: true, cost: false },
  },
  assumptions: assuming('parts-told', 'callback', 'look-up'),
  stopHow: bilingual.doctor.stopHow.page,
  read: (call) => readCall(call, SANDBOX),
};
