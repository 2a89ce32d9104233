import { setTimeout as pause } from 'node:timers/promises';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  instant,
  type Clock,
  type Database,
  type Vault,
  receive,
  type Log,
  startLoop,
  type Loop,
} from '../platform/index.ts';
import { isFake, type GatewayAccount } from '../settings/index.ts';
import { uuidV7 } from '../base/index.ts';
import {
  type Gateway,
  type Call,
  type SubmitResult,
  type Health,
  type StopEvent,
  type Account,
  noteListPulled,
  noteAccount,
  tellOfDrifts,
  takeReply,
} from '../sending/index.ts';
import { isListDue } from '../law/index.ts';
import { callReader, HTTP_OPERATORS } from './operators.ts';
import type { AccountOf, HttpOperatorEntry, HttpKind } from './entry.ts';
import { HttpGateway } from './http/http-gateway.ts';
import { SandboxGateway } from './sandbox/sandbox-gateway.ts';
import { SmppGateway } from './smpp/smpp-gateway.ts';

/** Operators expect traffic each half a minute, and disconnect a silent client. */
const ENQUIRE_LINK_MS = 30_000;

interface Opening {
  /** The api's own address, with the built-in sandbox. */
  readonly sandboxOrigin: string;
  /** URL for the operator's receipts, replies and STOP of this account. */
  readonly inboundUrl: string;
  /** Epoch milliseconds by the machine clock. */
  readonly machine: () => number;
}

/** Opens an account at its operator. */
export function openGateway(account: GatewayAccount, opening: Opening): Gateway {
  const { name, connections } = account;
  if (account.kind === 'sandbox')
    return new SandboxGateway({ name, origin: account.baseUrl ?? opening.sandboxOrigin, connections });
  return account.kind === 'smpp' ? overSmpp(account) : overHttp(account, opening);
}

function overSmpp(account: AccountOf<'smpp'>): Gateway {
  const { connections: sessions, systemType = '', window } = account;
  return new SmppGateway({
    ...account,
    fake: isFake(account),
    sessions,
    systemType,
    window,
    requestTimeoutMs: account.requestTimeoutMs,
    enquireLinkMs: ENQUIRE_LINK_MS,
  });
}

const httpEntry = <K extends HttpKind>(kind: K): HttpOperatorEntry<K> => HTTP_OPERATORS[kind];

function overHttp(account: AccountOf<HttpKind>, { machine, inboundUrl }: Opening): Gateway {
  const { home, protocol, capabilities } = httpEntry(account.kind);
  const { name, kind, connections, acknowledgesStop, baseUrl = home } = account;
  const { requestTimeoutMs = capabilities.requestTimeoutMs } = account;
  return new HttpGateway(protocol(account, { baseUrl, inboundUrl }), {
    name,
    kind,
    fake: isFake(account),
    capabilities: { ...capabilities, acknowledgesStop, requestTimeoutMs },
    baseUrl,
    connections,
    machine,
    reader: callReader(account, inboundUrl),
  });
}

/** Returns a copy of a gateway whose calls are submitted by `submit`. */
const submittingBy = (gateway: Gateway, submit: Gateway['submit']): Gateway => ({
  name: gateway.name,
  kind: gateway.kind,
  fake: gateway.fake,
  capabilities: gateway.capabilities,
  freeSlots: () => gateway.freeSlots(),
  reserve: (n) => gateway.reserve(n),
  ...(gateway.sentParts && { sentParts: gateway.sentParts.bind(gateway) }),
  submit,
  reconcile: (question, signal) => gateway.reconcile(question, signal),
  parseCallback: (request) => gateway.parseCallback(request),
  health: (signal) => gateway.health(signal),
  ...(gateway.pullStops && { pullStops: gateway.pullStops.bind(gateway) }),
  ...(gateway.receive && { receive: gateway.receive.bind(gateway) }),
  close: () => gateway.close(),
});

/** Wraps a gateway so that each call to its operator is a span. */
export function tracedGateway(gateway: Gateway): Gateway {
  const submit: Gateway['submit'] = (call, attempt) =>
    trace
      .getTracer('bonheure')
      .startActiveSpan(`submit ${gateway.kind}`, { kind: SpanKind.CLIENT }, async (span) => {
        span.setAttributes({
          'bonheure.account': gateway.name,
          'bonheure.call': call.key,
          'bonheure.messages': call.recipients.length,
        });
        try {
          const result = await gateway.submit(call, attempt);
          span.setAttribute('bonheure.outcome', result.kind);
          if (result.kind !== 'ACCEPTED') span.setStatus({ code: SpanStatusCode.ERROR });
          return result;
        } finally {
          span.end();
        }
      });
  return submittingBy(gateway, submit);
}

/** Wraps a gateway so that each of its answers is reported. */
export function countedGateway(
  gateway: Gateway,
  tried: (
    one: ReturnType<typeof triedOf>,
    answered: { readonly call: Call; readonly result: SubmitResult },
  ) => void,
): Gateway {
  return submittingBy(gateway, async (call, attempt) => {
    const began = attempt.monotonic();
    const result = await gateway.submit(call, attempt);
    tried(triedOf(call, result, (attempt.monotonic() - began) / 1_000), { call, result });
    return result;
  });
}

const OUTCOMES = {
  ACCEPTED: 'accepted',
  REFUSED: 'refused',
  UNKNOWN: 'unknown',
  NOT_WRITTEN: 'not-written',
} as const;

/** Returns the outcome of one call, for counting; its reason is a normalised class, empty for an acceptance. */
function triedOf(call: Call, result: SubmitResult, seconds: number) {
  const { kind } = result;
  const reason = kind === 'ACCEPTED' ? '' : kind === 'REFUSED' ? result.errorClass : result.reason;
  const { length: messages } = kind === 'ACCEPTED' ? result.perRecipient : call.recipients;
  return { outcome: OUTCOMES[kind], reason, messages, seconds };
}

const AGAIN_MS = 5_000;

/** Time limit of one check; an operator that does not answer is asked again in a minute. */
const ASKED_WITHIN_MS = 10_000;

/** Checks an account; one that starts beside us, or fails briefly, is asked twice before it counts as down. */
export async function steadyHealth(
  gateway: Pick<Gateway, 'health'>,
  { stopping, againMs = AGAIN_MS }: { readonly stopping: AbortSignal; readonly againMs?: number },
): Promise<Health> {
  const first = await gateway.health(briefly(stopping));
  if (first.ok || stopping.aborted) return first;
  await pause(againMs, undefined, { signal: stopping }).catch(() => undefined);
  return stopping.aborted ? first : gateway.health(briefly(stopping));
}

/** Bounds a check by the stop of the process and by the operator's time limit. */
export const briefly = (stopping: AbortSignal): AbortSignal =>
  AbortSignal.any([stopping, AbortSignal.timeout(ASKED_WITHIN_MS)]);

const EACH_MINUTE = 60_000;

interface Parts {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the process is asked to stop. */
  readonly stopping: AbortSignal;
}

/** Checks each account's health, and once a day reads its operator's list of opt-outs. */
export function watchAccounts(parts: Parts, accounts: readonly Account[]): Loop {
  const pulledAt = new Map<string, number>();
  const work = async (): Promise<boolean> => {
    await Promise.all(accounts.map((account) => checkAccount(parts, account, pulledAt)));
    await parts.database.outside((tx) => tellOfDrifts(tx, parts.clock));
    return false;
  };
  return startLoop({ name: 'accounts', everyMs: EACH_MINUTE, work, log: parts.log });
}

async function checkAccount(parts: Parts, account: Account, pulledAt: Map<string, number>): Promise<void> {
  await noteHealth(parts, account);
  const now = parts.clock.monotonic();
  const last = pulledAt.get(account.id);
  if (account.gateway.pullStops === undefined || !isListDue(last, now)) return;
  if (await pullStops(parts, account)) pulledAt.set(account.id, now);
}

async function noteHealth(parts: Parts, { id, gateway }: Account): Promise<void> {
  const { database, clock } = parts;
  const health = await steadyHealth(gateway, parts);
  if (parts.stopping.aborted) return;
  const at = instant(clock.machine()).toISO();
  const found = {
    accountId: id,
    state: health.ok ? 'up' : (health.code ?? 'down').toLowerCase(),
    credit: health.credit?.amount,
    at,
  };
  await database.outside((tx) => noteAccount(tx, clock, found));
}

/**
 * Takes over the operator's list: everybody on it sent STOP to one of our messages. Nobody gets a message for it:
 * they were answered when they wrote, or cannot be reached any more.
 */
export async function pullStops(parts: Omit<Parts, 'log'>, { id, gateway }: Account): Promise<boolean> {
  const { database, vault, clock } = parts;
  const list = await gateway.pullStops?.(briefly(parts.stopping));
  if (list?.kind !== 'LISTED') return false;
  const deps = { database, vault, clock, newId: () => uuidV7(clock.machine()) };
  for (const stop of list.stops)
    await takeReply(deps, { id, acknowledgesStop: true }, takingOfStop(clock, stop));
  await database.outside((tx) => noteListPulled(tx, id, clock.now().toISO()));
  return true;
}

function takingOfStop(clock: Clock, stop: StopEvent): Parameters<typeof takeReply>[2] {
  const { id, at: receivedAt, simulated } = receive(clock);
  return { event: { ...stop }, id, receivedAt, simulated, unanswered: true };
}
