import { createHash } from 'node:crypto';
import { z } from 'zod';
import { bilingual } from '../../words/index.ts';
import type { AnsweredExchange, HttpRequest } from '../connections.ts';
import {
  NOTHING,
  assuming,
  validityOf,
  withoutMention,
  type CredentialsOf,
  type HttpOperatorEntry,
} from '../entry.ts';
import type {
  Call,
  ErrorClass,
  StopEvent,
  StopList,
  SubmitResult,
  FoundRecipient,
  ReconcileQuestion,
  Reconciled,
  ReceiptEvent,
  ReceiptState,
} from '../../sending/index.ts';
import type { Item } from '../http/call-items.ts';
import { known, numbersOf, readCall, type Dialect } from '../http/read-call.ts';
import {
  classOfStatus,
  healthIn,
  resultBy,
  type Ask,
  type Get,
  type HttpOperator,
} from '../http/http-gateway.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

type OvhKeys = Omit<CredentialsOf<'ovh'>, 'serviceName'>;

type Unsigned = Required<Pick<HttpRequest, 'method' | 'path'>> & { readonly body: string };

/** Base URL of its European API. */
export const OVH_URL = 'https://eu.api.ovh.com/1.0';

/** Asks for OVHcloud's clock; needs no signature. */
const TIME: HttpRequest = { method: 'GET', path: '/auth/time', headers: {} };

const Ids = z.array(z.union([z.string(), z.number()]).transform(String));
const Job = z.object({
  totalCreditsRemoved: z.number().nonnegative().optional(),
  validReceivers: z.array(z.string()),
  invalidReceivers: z.array(z.string()),
  ids: Ids,
});
const Refused = z.object({ errorCode: z.string().optional(), message: z.string() });
const Account = z
  .object({ creditsLeft: z.number() })
  .transform(({ creditsLeft }) => ({ credit: { amount: String(creditsLeft) } }));

/** The protocol of OVHcloud: no key, but a tag that can be searched once it is indexed. */
export function ovhOperator(credentials: CredentialsOf<'ovh'>, baseUrl: string): HttpOperator {
  const service = `/sms/${encodeURIComponent(credentials.serviceName)}`;
  const clock = new OvhClock();
  const signed = (request: Unsigned, machineMs: number): HttpRequest =>
    withSignature(credentials, { ...request, baseUrl, seconds: clock.seconds(machineMs) });
  const get = (path: string): HttpRequest => signed({ method: 'GET', path, body: '' }, clock.machineMs);
  const asking =
    (ask: Ask) =>
    async (path: string): ReturnType<Get> => {
      await clock.look(ask);
      return ask(get(`${service}${path}`));
    };
  return {
    greeting: TIME,
    greeted: ({ body, answeredAt }) => clock.set(Number(body), answeredAt),
    requestFor: (call, machineMs) =>
      signed({ method: 'POST', path: `${service}/jobs`, body: asciiJson(jobOf(call)) }, machineMs),
    resultOf,
    reconcile: (question, ask) => ovhLookUp(question, asking(ask)),
    health: async (ask) => healthIn(await asking(ask)(''), Account),
    pullStops: (ask) => pullStops(asking(ask)),
  };
}

/** OVHcloud's clock as last observed: it refuses a signature of another second. */
class OvhClock {
  #aheadMs = 0;
  /** The machine's instant of the last observation. */
  machineMs = 0;

  set(seconds: number, machineMs: number): void {
    this.machineMs = machineMs;
    if (Number.isSafeInteger(seconds) && seconds > 0) this.#aheadMs = seconds * 1_000 - machineMs;
  }

  async look(ask: Ask): Promise<void> {
    const answer = await ask(TIME);
    if (answer !== undefined) this.set(Number(answer.json), answer.answeredAt);
  }

  seconds(machineMs: number): number {
    return Math.floor((machineMs + this.#aheadMs) / 1_000);
  }
}

function withSignature(
  keys: OvhKeys,
  { method, path, body, ...at }: Unsigned & { readonly baseUrl: string; readonly seconds: number },
): HttpRequest {
  const url = `${at.baseUrl.replace(/(?<!\/)\/+$/, '')}${path}`;
  const headers = {
    'x-ovh-application': keys.applicationKey,
    'x-ovh-consumer': keys.consumerKey,
    'x-ovh-timestamp': String(at.seconds),
    'x-ovh-signature': ovhSignature(keys, { method, url, body, seconds: at.seconds }),
    ...(body !== '' && { 'content-type': 'application/json; charset=utf-8' }),
  };
  return { method, path, headers, ...(body !== '' && { body }) };
}

/**
 * Builds a job: advertising keeps the STOP clause, which OVHcloud writes itself; all else has none and is sent
 * first.
 */
function jobOf(call: Call): object {
  const isAdvertising = call.purpose === 'marketing';
  const validForMs = validityOf(call, ovh.capabilities);
  return {
    message: isAdvertising ? withoutMention(call.text) : call.text,
    receivers: call.recipients.map(({ to }) => to),
    sender: call.sender,
    senderForResponse: false,
    noStopClause: !isAdvertising,
    priority: isAdvertising ? 'medium' : 'high',
    charset: 'UTF-8',
    coding: call.encoding === 'GSM-7' ? '7bit' : '8bit',
    class: 'phoneDisplay',
    ...(validForMs !== undefined && { validityPeriod: Math.floor(validForMs / 60_000) }),
    differedPeriod: 0,
    tag: call.key,
  };
}

const resultOf = resultBy({
  accepted: taken,
  refused: (json, status) => {
    const { data } = Refused.safeParse(json);
    if (data === undefined) return undefined;
    const { errorCode = '', message: words } = data;
    const errorClass = classOf(status, `${errorCode} ${words}`);
    return { errorClass, code: errorCode || `HTTP_${status}`, words };
  },
});

function classOf(status: number, words: string): ErrorClass {
  if (/QUERY_TIME_OUT|out of time/i.test(words)) return 'RETRYABLE';
  if (/credit/i.test(words) && !/credential/i.test(words)) return 'CREDIT';
  const byStatus = classOfStatus(status);
  if (byStatus !== undefined) return byStatus;
  if (OF_ACCOUNT.test(words) || isServiceEnded(words)) return 'CONFIG';
  if (/receiver|recipient/i.test(words)) return 'PERMANENT_RECIPIENT';
  return /message|sender|content|url/i.test(words) ? 'PERMANENT_CONTENT' : 'UNLISTED';
}

/** Words on keys, signatures and the service, which concern every message. */
const OF_ACCOUNT = /signature|credential|application|consumer|INVALID_KEY|granted/i;

/** Recognizes "This service does not exist" and "The requested service is expired". */
function isServiceEnded(words: string): boolean {
  const named = words.search(/service/i);
  return named !== -1 && /^\w+\W.*(?:exist|expired)/i.test(words.slice(named));
}

/** Reads the answer to a call; with one person a call, an id names one message. */
function taken(call: Call, json: unknown, { firstByteAt, answeredAt }: AnsweredExchange): SubmitResult {
  const moments = { firstByteAt, answeredAt };
  const { data } = Job.safeParse(json);
  if (data === undefined) return { kind: 'UNKNOWN', reason: 'parse', ...moments };
  const { ids, validReceivers, invalidReceivers } = data;
  const isOne = call.recipients.length === 1 && ids.length === 1;
  const named = isOne && ids[0] !== undefined ? { gatewayId: ids[0] } : {};
  const perRecipient = call.recipients
    .filter(({ to }) => names(validReceivers, to))
    .map(({ to }) => Object.assign({ to }, named));
  const rejected = call.recipients
    .filter(({ to }) => names(invalidReceivers, to))
    .map(({ to }) => ({ to, errorClass: 'PERMANENT_RECIPIENT', code: 'INVALID_RECEIVER' }) as const);
  return { kind: 'ACCEPTED', perRecipient, rejected, ...moments };
}

/** Says whether a list has a number, which OVHcloud may write differently; an invalid one comes back unchanged. */
const names = (receivers: readonly string[], to: string): boolean =>
  receivers.some((written) => written === to || numbersOf(written).includes(to));

/** Reads its blacklist: everybody on it sent STOP to one of our messages. */
async function pullStops(get: Get): Promise<StopList> {
  const answer = await get('/blacklists');
  const listed = z.array(z.string()).safeParse(answer?.json);
  if (answer?.status !== 200 || !listed.success) return { kind: 'UNREACHABLE' };
  const stops = listed.data
    .flatMap(numbersOf)
    .map((from): StopEvent => ({ kind: 'stop', identity: `blacklist ${from}`, from }));
  return { kind: 'LISTED', stops };
}

/** Signs one request, as `$1$` and the SHA-1 of the signed parts: the whole address, the body as written, and the second. */
export function ovhSignature(
  { applicationSecret, consumerKey }: OvhKeys,
  signed: Omit<Unsigned, 'path'> & { readonly url: string; readonly seconds: number },
): string {
  const { method, url, body, seconds } = signed;
  const text = [applicationSecret, consumerKey, method, url, body, seconds].join('+');
  return `$1$${createHash('sha1').update(text).digest('hex')}`;
}

/** JSON in ASCII alone: the signature must not depend on how bytes are counted. */
export const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const WaitingJob = z.object({ receiver: z.string(), creationDatetime: z.string().optional() });
const Outgoing = z.object({ receiver: z.string() });

/** Members examined in a list: a tag names one call, and a call one person. */
const LOOKED_AT = 20;

/**
 * Looks for a call by its tag among sent messages, then among waiting ones. A tag names one call, and a call one
 * person: its one message is theirs, whatever its number. Only a list that was read to its end proves that something
 * is not in it.
 */
export async function ovhLookUp({ key, recipients }: ReconcileQuestion, get: Get): Promise<Reconciled> {
  if (key === null) return { kind: 'UNDECIDABLE', reason: 'several' };
  const tagged = await get(`/outgoing?tag=${encodeURIComponent(key)}`);
  const ids = Ids.safeParse(tagged?.json);
  if (tagged?.status !== 200) return UNREACHABLE;
  if (!ids.success) return { kind: 'UNDECIDABLE', reason: 'parse' };
  const only = onlyOne(ids.data, recipients);
  if (only !== undefined) return only;
  const sent = await receiversNamed(ids.data, { path: '/outgoing', recipients, get });
  if (sent === 'unreachable') return UNREACHABLE;
  if (sent.found.length > 0) return found(sent.found, recipients);
  if (!sent.isWhole) return NOT_YET;
  // Messages under our tag were accepted: a person has to see whose they are.
  return ids.data.length === 0 ? waiting({ recipients, get }) : { kind: 'UNDECIDABLE', reason: 'several' };
}

function onlyOne(
  [id, ...further]: readonly string[],
  recipients: ReconcileQuestion['recipients'],
): Reconciled | undefined {
  const [person, ...others] = recipients;
  if (id === undefined || person === undefined || further.length + others.length > 0) return undefined;
  return found([{ ...person, gatewayId: id }], recipients);
}

const NOT_YET: Reconciled = { kind: 'UNDECIDABLE', reason: 'not-yet' };
const UNREACHABLE: Reconciled = { kind: 'UNDECIDABLE', reason: 'unreachable' };

type Looking = Pick<ReconcileQuestion, 'recipients'> & { readonly get: Get };

/**
 * Looks among waiting jobs, which show no tag: one for the same person may be this call; without a number, any may.
 */
async function waiting({ recipients, get }: Looking): Promise<Reconciled> {
  const jobs = await get('/jobs');
  const ids = Ids.safeParse(jobs?.json);
  if (jobs?.status !== 200 || !ids.success) return UNREACHABLE;
  if (recipients.some(({ to }) => to === '')) return ids.data.length > 0 ? NOT_YET : { kind: 'NOT_FOUND' };
  const theirs = await receiversNamed(ids.data, { path: '/jobs', recipients, get });
  if (theirs === 'unreachable') return UNREACHABLE;
  return theirs.found.length > 0 || !theirs.isWhole ? NOT_YET : { kind: 'NOT_FOUND' };
}

/** Returns the match in a list, and whether every member was read and understood. */
async function receiversNamed(
  ids: readonly string[],
  { path, recipients, get }: Looking & { readonly path: string },
) {
  const found: FoundRecipient[] = [];
  let isWhole = ids.length <= LOOKED_AT;
  for (const id of ids.slice(-LOOKED_AT)) {
    const answer = await get(`${path}/${encodeURIComponent(id)}`);
    const one = (path === '/jobs' ? WaitingJob : Outgoing).safeParse(answer?.json);
    if (answer === undefined || answer.status >= 500) return 'unreachable' as const;
    const receivers = one.success ? numbersOf(one.data.receiver) : [];
    // A receiver that nobody can read may be the one.
    if (receivers.length === 0) isWhole = false;
    const person = recipients.find(({ to }) => receivers.includes(to));
    if (person !== undefined) found.push({ ...person, gatewayId: id });
  }
  return { found, isWhole };
}

const found = (
  perRecipient: readonly FoundRecipient[],
  recipients: ReconcileQuestion['recipients'],
): Reconciled => ({
  kind: 'FOUND',
  perRecipient,
  missing: recipients
    .map(({ reference }) => reference)
    .filter((reference) => !perRecipient.some((one) => one.reference === reference)),
});

const BY_DESCRIPTION: ReadonlyMap<string, ReceiptState> = new Map([
  ['0', 'PENDING'],
  ['1', 'DELIVERED'],
  ['2', 'UNDELIVERED'],
  ['4', 'PENDING'],
  ['8', 'BUFFERED'],
  ['16', 'REJECTED'],
]);

/** The final states by `ptt`; others say no more than the description. */
const BY_PTT: ReadonlyMap<string, ReceiptState> = new Map([
  ['1', 'PENDING'],
  ['2', 'PENDING'],
  ['3', 'PENDING'],
  ['4', 'DELIVERED'],
  ['5', 'UNDELIVERED'],
  ['6', 'UNKNOWN_FINAL'],
  ['8', 'EXPIRED'],
]);

/** Code of unassigned numbers. */
const BAD_NUMBER = '23';

/** Possible names of a number and of words: OVHcloud documents none for STOP and replies. */
const NUMBER_NAMES = ['sender', 'senderid', 'from', 'number', 'receiver', 'phone', 'msisdn'];
const TEXT_NAMES = ['message', 'text', 'content', 'msg', 'body'];

const isReceipt = (item: Item): boolean => item.has('ptt', 'description', 'descriptionDlr');

/** OVHcloud's vocabulary: a number without words counts as a STOP, in doubt. */
const OVH: Dialect = {
  person: NUMBER_NAMES,
  words: TEXT_NAMES,
  isStop: (item) =>
    !isReceipt(item) && !item.isCut && item.first(...TEXT_NAMES) === undefined && item.has(...NUMBER_NAMES),
  about: (item, { person }) => {
    const [id, date] = [item.id('id'), item.id('date')];
    const said = item.first(...TEXT_NAMES) ?? 'stop';
    return {
      occurredAt: date,
      identity:
        id === undefined && date === undefined
          ? undefined
          : `${id ?? ''} ${person ?? ''} ${date ?? ''} ${said}`,
    };
  },
  receiptOf,
};

/** Reads a receipt, which carries no number: an item without a number and words but with an id is one. */
function receiptOf(item: Item): ReceiptEvent | undefined {
  const id = item.id('id');
  if (id === undefined || (!isReceipt(item) && item.has(...NUMBER_NAMES, ...TEXT_NAMES))) return undefined;
  const [ptt = '', description = '', date] = [item.id('ptt'), item.id('description'), item.id('date')];
  return {
    kind: 'receipt',
    identity: `${id} ${ptt} ${description} ${date ?? ''}`,
    gatewayId: id,
    state: BY_PTT.get(ptt) ?? BY_DESCRIPTION.get(description) ?? 'UNKNOWN_FINAL',
    code: `PTT_${ptt}`,
    ...known({ occurredAt: date }),
    ...(ptt === BAD_NUMBER && { numberIsBad: true }),
  };
}

export const ovh: HttpOperatorEntry<'ovh'> = {
  // It is not documented how soon a tag can be searched: absence proves nothing before two hours.
  capabilities: {
    ...NOTHING,
    lookup: 'by-key',
    ownWindow: true,
    indexingDelayMs: 2 * HOUR_MS,
    stopMention: 'appended',
    validity: { shortestMs: MINUTE_MS, longestMs: 48 * HOUR_MS },
    reports: { parts: false, cost: false },
    stopList: true,
  },
  assumptions: assuming('credit-told', 'credit-left', 'stop-list', 'callback', 'receipt-clock', 'look-up'),
  stopHow: bilingual.doctor.stopHow.codeOr({ account: 'OVHcloud', code: '36180' }),
  /** Reads one call, mostly by GET, and unsigned. */
  read: (call) => readCall(call, OVH),
  home: OVH_URL,
  protocol: ({ credentials }, { baseUrl }) => ovhOperator(credentials, baseUrl),
};
