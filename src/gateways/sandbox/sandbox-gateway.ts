import { z } from 'zod';
import type { AnsweredExchange, HttpRequest } from '../connections.ts';
import type {
  Call,
  FoundRecipient,
  ReconcileQuestion,
  Reconciled,
  RefusalClass,
  SubmitResult,
} from '../../sending/index.ts';
import { HttpGateway, acceptedOf, answerJsonOf, type Ask, type HttpOperator } from '../http/http-gateway.ts';
import { submitRefusalOf } from '../http/read-call.ts';
import { parsedBy } from '../operators.ts';
import { readSandboxCall, sandbox } from './sandbox-operator.ts';
import { SUBMISSION_PATH } from './routes.ts';

/** The address of the sandbox operator, and the number of parallel calls. */
export interface SandboxAccount {
  readonly name: string;
  /** The api's own address, on loopback. */
  readonly origin: string;
  readonly connections?: number;
}

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

/** The protocol of the sandbox operator: one recipient a call, looked up by its key. */
const OPERATOR: Omit<HttpOperator, 'requestFor'> = {
  kind: 'sandbox',
  capabilities: sandbox.capabilities,
  greeting: HEALTH,
  resultOf,
  reconcile,
  health: async (ask) =>
    (await ask(HEALTH))?.status === 200 ? { ok: true } : { ok: false, code: 'UNREACHABLE' },
};

/** The account at the sandbox operator. */
export class SandboxGateway extends HttpGateway {
  constructor({ name, origin, connections = CONNECTIONS }: SandboxAccount) {
    super(
      { ...OPERATOR, requestFor: (call) => requestFor(call, name) },
      {
        name,
        fake: true,
        baseUrl: origin,
        connections,
        // This gateway signs nothing and asks for no time.
        machine: () => 0,
        parseCallback: parsedBy({ isGenuine: () => true, read: readSandboxCall }),
      },
    );
  }
}

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
  const body = JSON.stringify({ key, ...recipient, from, text, account, validUntil });
  return { method: 'POST', path: SUBMISSION_PATH, headers: JSON_TYPE, body };
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
