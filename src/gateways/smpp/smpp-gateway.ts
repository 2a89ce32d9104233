import { randomInt, randomUUID } from 'node:crypto';
import { smpp, PROFILES } from './smpp-operator.ts';
import { tooLate } from '../connections.ts';
import type { AccountOf } from '../entry.ts';
import type {
  CallBounds,
  Call,
  Callback,
  Capabilities,
  Gateway,
  Health,
  Reconciled,
  Refused,
  Slot,
  SubmitResult,
  ErrorClass,
} from '../../sending/index.ts';
import { Receiver, Sessions, SmppSlot } from './sessions.ts';
import { deliveryEventsOf, partOf, answeredId, type DeliveryFormat, type MessageIds } from './deliver-sm.ts';
import { deliveryOf, ANSWERS, type Head } from './pdu.ts';
import type { SentCall } from './session.ts';
import { sentParts, submitsOf, type SubmitFormat } from './submit-sm.ts';
import type { PartResult } from './window.ts';
import type { StatusMeaning } from '../../settings/index.ts';
import type { OperatorRefusal } from '../http/http-gateway.ts';

/** Maximum number of remembered refused messages: the oldest is tried once more. */
const MOST_REFUSED = 10_000;

/** An account as the settings give it; what they leave open is the profile's or the operator's. */
export interface SmppAccount extends Pick<
  AccountOf<'smpp'>,
  | 'name'
  | 'baseUrl'
  | 'profile'
  | 'longTexts'
  | 'bind'
  | 'alphabet'
  | 'messageIds'
  | 'statuses'
  | 'credentials'
  | 'acknowledgesStop'
> {
  readonly fake: boolean;
  readonly sessions: number;
  /** Maximum number of unanswered messages in one session; the profile's when undefined. */
  readonly window: number | undefined;
  readonly systemType: string;
  readonly requestTimeoutMs: number | undefined;
  readonly enquireLinkMs: number;
}

const PORT = 2_775;
const TLS_PORT = 3_550;
const REFERENCES = 0x10000;

/** An operator over SMPP: it sends messages and receives receipts and replies on the same sessions. */
export class SmppGateway implements Gateway {
  readonly name: string;
  readonly kind = 'smpp';
  readonly fake: boolean;
  readonly capabilities: Capabilities;
  readonly #account: SmppAccount;
  readonly #sessions: Sessions;
  readonly #receiver = new Receiver();
  readonly #window: number;
  /** Places that the last message took; as many are reserved for each of the next ones. */
  #places = 1;
  /** Phones join parts by it; it starts at random, since two processes with equal ones would mix two texts. */
  #reference = randomInt(REFERENCES);
  #arrivals = 0;
  /** Random, since no two processes may number received calls alike: a STOP taken for another would be lost. */
  readonly #life = randomUUID();
  readonly #submitFormat: SubmitFormat;
  readonly #deliveryFormat: DeliveryFormat;
  readonly #refusedOnce = new RefusedOnce();

  constructor(account: SmppAccount) {
    this.name = account.name;
    this.fake = account.fake;
    this.#account = account;
    const { alphabet, messageIds, statuses, bind } = account;
    const { sourceAddress } = account.credentials;
    this.#submitFormat = { longTexts: account.longTexts, alphabet, sourceAddress };
    this.#deliveryFormat = { profile: PROFILES[account.profile], alphabet, messageIds };
    const { acknowledgesStop, requestTimeoutMs = smpp.capabilities.requestTimeoutMs } = account;
    this.capabilities = { ...smpp.capabilities, acknowledgesStop, requestTimeoutMs };
    this.#window = account.window ?? PROFILES[account.profile].window;
    const { hostname, port, protocol } = new URL(account.baseUrl);
    const tls = protocol === 'smpps:';
    const { systemId, password } = account.credentials;
    this.#sessions = new Sessions(
      {
        host: hostname.replace(/^\[|\]$/g, ''),
        port: port === '' ? (tls ? TLS_PORT : PORT) : Number(port),
        tls,
        systemId,
        password,
        systemType: account.systemType,
        sessions: account.sessions,
        bind,
        refusalOf: (status) => refusalOf(status, statuses),
        window: this.#window,
        requestTimeoutMs,
        enquireLinkMs: account.enquireLinkMs,
      },
      (head, frame) => this.#receive(head, frame),
    );
  }

  freeSlots(): number {
    if (this.#sessions.refusal?.errorClass === 'CONFIG') return 1;
    return this.#sessions.freeSlots(this.#places);
  }

  /** An operator that refuses to bind still gives one slot, so that the caller gets the reason. */
  reserve(n: number): Slot[] {
    if (this.#sessions.refusal?.errorClass === 'CONFIG') return [new SmppSlot(undefined, 0)].slice(0, n);
    return this.#sessions.reserve(n, this.#places);
  }

  sentParts(text: Pick<Call, 'text' | 'encoding'>): number {
    return sentParts(text, this.#submitFormat);
  }

  async submit(call: Call, attempt: CallBounds): Promise<SubmitResult> {
    const late = tooLate(attempt);
    const session = attempt.slot instanceof SmppSlot ? attempt.slot.take() : undefined;
    if (late !== undefined) return { kind: 'NOT_WRITTEN', reason: late };
    if (session === undefined) return this.#notConnected();
    const parts = submitsOf(call, this.#submitFormat, this.#nextReference());
    if (parts.length > this.#window) return TOO_LONG;
    this.#places = parts.length;
    if (session.freeSlots() < parts.length) return CROWDED;
    const sent = await session.send(parts, attempt, this.#lateAnswerTo(call, parts.length));
    const { messageIds } = this.#account;
    return this.#triedTwiceAtMost(call, resultOf(call, sent, { machine: attempt.machine, messageIds }));
  }

  /** There is no look-up: only a receipt resolves a message. */
  reconcile(): Promise<Reconciled> {
    return Promise.resolve({ kind: 'UNDECIDABLE', reason: 'no-lookup' });
  }

  /** This operator makes no calls over HTTP. */
  parseCallback(): Callback {
    return { kind: 'REJECTED', reason: 'malformed' };
  }

  async health(): Promise<Health> {
    if (await this.#sessions.answer()) return { ok: true };
    const { refusal } = this.#sessions;
    return { ok: false, code: refusal?.errorClass === 'CONFIG' ? 'CONFIG' : 'UNREACHABLE' };
  }

  receive(...[take, keepUnread, keepPart]: Parameters<NonNullable<Gateway['receive']>>): void {
    this.#receiver.listen({ take, keepUnread, keepPart });
  }

  close(): Promise<void> {
    return this.#sessions.close();
  }

  /** "Submit failed" is unexplained: the message is tried once more, then given up. */
  #triedTwiceAtMost({ recipients: [person] }: Call, result: SubmitResult): SubmitResult {
    if (result.kind !== 'REFUSED' || result.code !== SUBMIT_FAILED) return result;
    return this.#refusedOnce.isAgain(person?.reference ?? '')
      ? { ...result, errorClass: 'PERMANENT_CONTENT' }
      : result;
  }

  #notConnected(): Refused {
    const { errorClass, code } = this.#sessions.refusal ?? { errorClass: 'RETRYABLE', code: 'NOT_CONNECTED' };
    return { kind: 'REFUSED', errorClass: errorClass === 'CONFIG' ? 'CONFIG' : 'RETRYABLE', code };
  }

  #nextReference(): number {
    this.#reference = (this.#reference + 1) % REFERENCES;
    return this.#reference;
  }

  async #receive(head: Head, frame: Buffer): Promise<number> {
    this.#arrivals += 1;
    const delivery = deliveryOf(head, frame);
    const arrival = `${this.#life} ${this.#arrivals}`;
    const events = delivery === undefined ? [] : deliveryEventsOf(delivery, this.#deliveryFormat, arrival);
    if (delivery === undefined || events.length === 0)
      return (await this.#receiver.receiveUnread(frame)) ? ANSWERS.unreadable : ANSWERS.later;
    const part = partOf(delivery, this.#deliveryFormat);
    const isKept =
      part === undefined
        ? await this.#receiver.receiveAll(events)
        : await this.#receiver.receivePart(part, events);
    return isKept ? ANSWERS.kept : ANSWERS.later;
  }

  /**
   * Handles an answer that comes after the time-out: whoever waits for news of that message is informed that it was
   * accepted. Until then only its reference is kept.
   */
  #lateAnswerTo({ key, recipients: [person] }: Call, of: number): (id: string, at: number) => void {
    const reference = person?.reference;
    return (id, at) =>
      void this.#receiver.receive({
        kind: 'receipt',
        identity: `late ${key} ${at}`,
        gatewayId: answeredId(id, this.#account.messageIds),
        ...(reference !== undefined && { reference }),
        state: 'PENDING',
        code: 'LATE_ANSWER',
        ...(of > 1 && { part: { at, of } }),
      });
  }
}

/** The refusal of a message whose parts, which are sent together, never fit into a window. */
const TOO_LONG: Refused = { kind: 'REFUSED', errorClass: 'PERMANENT_CONTENT', code: 'LONGER_THAN_WINDOW' };

/** The refusal while a session has fewer free places than the message has parts, as for a few milliseconds. */
const CROWDED: Refused = {
  kind: 'REFUSED',
  errorClass: 'THROTTLED',
  code: 'WINDOW_FULL',
  retryAfterMs: 100,
};

function resultOf(
  call: Call,
  sent: SentCall,
  { machine, messageIds }: { readonly machine: () => number; readonly messageIds: MessageIds },
): SubmitResult {
  if (sent.kind === 'not-connected')
    return { kind: 'REFUSED', errorClass: 'RETRYABLE', code: 'NOT_CONNECTED' };
  if (sent.kind === 'not-written') return { kind: 'NOT_WRITTEN', reason: sent.reason };
  const moments = { firstByteAt: sent.firstByteAt, answeredAt: machine() };
  const unknown = sent.parts.find((part) => part.kind === 'unknown');
  const partIds = sent.parts.map((part) => idIn(part, messageIds));
  const ofParts = partIds.length > 1 && { partIds };
  if (unknown !== undefined) return { kind: 'UNKNOWN', reason: unknown.reason, ...ofParts, ...moments };
  const refused = sent.parts.find((part) => part.kind === 'refused');
  // Some of its parts are on their way: sent again, the person would receive those twice.
  if (refused !== undefined && sent.parts.some(isTaken))
    return { kind: 'UNKNOWN', reason: 'in-part', ...ofParts, ...moments };
  if (refused !== undefined) return refusedAs(refused, moments);
  const last = partIds.at(-1) ?? undefined;
  const perRecipient = call.recipients.map(({ to }) => ({
    to,
    ...(last !== undefined && { gatewayId: last }),
    ...ofParts,
  }));
  return { kind: 'ACCEPTED', perRecipient, rejected: [], ...moments };
}

/** Returns the id that an operator gave a part, in the form in which ids are compared. */
const idIn = (part: PartResult, messageIds: MessageIds): string | null =>
  isTaken(part) && part.id !== undefined ? answeredId(part.id, messageIds) : null;

const isTaken = (part: PartResult): part is Extract<PartResult, { kind: 'taken' }> => part.kind === 'taken';

function refusedAs(
  { refusal: { errorClass, code } }: Extract<PartResult, { kind: 'refused' }>,
  moments: { readonly firstByteAt: number; readonly answeredAt: number },
): SubmitResult {
  // Neither is among the statuses of SMPP.
  if (errorClass === 'AMBIGUOUS' || errorClass === 'DUPLICATE')
    return { kind: 'UNKNOWN', reason: 'parse', ...moments };
  return { kind: 'REFUSED', errorClass, code, ...moments };
}

/** Remembers messages that were refused without a reason: one refusal may pass, the second is final. */
class RefusedOnce {
  readonly #known = new Set<string>();

  /** Notes a refusal; says whether it is the message's second. */
  isAgain(reference: string): boolean {
    if (this.#known.delete(reference)) return true;
    this.#known.add(reference);
    const [oldest] = this.#known;
    if (this.#known.size > MOST_REFUSED && oldest !== undefined) this.#known.delete(oldest);
    return false;
  }
}

const SUBMIT_FAILED = 'ESME_RSUBMITFAIL';

/** The explained statuses, by the specification and by OVHcloud's page; each proves that nothing was accepted. */
const STATUSES: Readonly<Record<number, readonly [string, ErrorClass]>> = {
  0x01: ['ESME_RINVMSGLEN', 'PERMANENT_CONTENT'],
  0x02: ['ESME_RINVCMDLEN', 'CONFIG'],
  0x03: ['ESME_RINVCMDID', 'CONFIG'],
  0x04: ['ESME_RINVBNDSTS', 'RETRYABLE'],
  0x05: ['ESME_RALYBND', 'RETRYABLE'],
  0x06: ['ESME_RINVPRTFLG', 'CONFIG'],
  0x07: ['ESME_RINVREGDLVFLG', 'CONFIG'],
  0x0a: ['ESME_RINVSRCADR', 'PERMANENT_CONTENT'],
  0x0b: ['ESME_RINVDSTADR', 'PERMANENT_RECIPIENT'],
  // The account's number of sessions is reached: it falls when a worker ends.
  0x0d: ['ESME_RBINDFAIL', 'RETRYABLE'],
  0x0e: ['ESME_RINVPASWD', 'CONFIG'],
  0x0f: ['ESME_RINVSYSID', 'CONFIG'],
  0x14: ['ESME_RMSGQFUL', 'THROTTLED'],
  0x43: ['ESME_RINVESMCLASS', 'CONFIG'],
  0x45: [SUBMIT_FAILED, 'RETRYABLE'],
  0x48: ['ESME_RINVSRCTON', 'CONFIG'],
  0x49: ['ESME_RINVSRCNPI', 'CONFIG'],
  0x50: ['ESME_RINVDSTTON', 'CONFIG'],
  0x51: ['ESME_RINVDSTNPI', 'CONFIG'],
  0x58: ['ESME_RTHROTTLED', 'THROTTLED'],
  0x62: ['ESME_RINVEXPIRY', 'CONFIG'],
  0xc0: ['ESME_RINVOPTPARSTREAM', 'CONFIG'],
  0xc1: ['ESME_ROPTPARNOTALLWD', 'CONFIG'],
  0xc2: ['ESME_RINVPARLEN', 'CONFIG'],
  0xc3: ['ESME_RMISSINGOPTPARAM', 'CONFIG'],
  0xc4: ['ESME_RINVOPTPARAMVAL', 'CONFIG'],
  0x104: ['ESME_RINVDCS', 'PERMANENT_CONTENT'],
  0x400: ['ESME_RBINDTHROTTLED', 'THROTTLED'],
  0x401: ['ESME_RUNSDATACODING', 'PERMANENT_CONTENT'],
  0x402: ['ESME_RINVGSM7CODING', 'PERMANENT_CONTENT'],
};

/** The meanings of an operator's own statuses, by its contract. */
const MEANINGS: Readonly<Record<StatusMeaning, ErrorClass>> = {
  recipient: 'PERMANENT_RECIPIENT',
  'opted-out': 'OPTED_OUT',
  content: 'PERMANENT_CONTENT',
  account: 'CONFIG',
  credit: 'CREDIT',
  throttled: 'THROTTLED',
  again: 'RETRYABLE',
  'in-doubt': 'AMBIGUOUS',
};

/** The first status that SMPP 3.4 leaves to operators: a refusal for a reason of their own. */
const OWN_FIRST = 0x400;
const OWN_LAST = 0x4ff;

/**
 * Interprets a status other than 0; an operator's own status means what the account's settings say. 0x08, 0xFE,
 * 0xFF and unknown ones may follow an acceptance.
 */
export function refusalOf(
  status: number,
  /** Meanings by status, written as in `0x4a1`. */
  statuses: Readonly<Record<string, StatusMeaning>> = {},
): OperatorRefusal {
  const own = statuses[`0x${status.toString(16)}`];
  const code = `ESME_0x${status.toString(16)}`;
  if (own !== undefined) return { code, errorClass: MEANINGS[own] };
  const isOwn = status >= OWN_FIRST && status <= OWN_LAST;
  const [known, errorClass] = STATUSES[status] ?? [code, isOwn ? 'UNLISTED' : 'AMBIGUOUS'];
  return { code: known, errorClass };
}
