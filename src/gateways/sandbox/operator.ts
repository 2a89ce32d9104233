import { randomUUID, type KeyObject } from 'node:crypto';
import { isoText } from '../../rule/index.ts';
import { setTimeout as later } from 'node:timers/promises';
import { DateTime } from 'luxon';
import { Misbehaviour, ReceiptPump, Webhook, type Behaviour, type Failure } from './behaviour.ts';
import {
  billed,
  handsetOf,
  reachedHandset,
  type TypedReply,
  type RequestRecord,
  type LogRecord,
  type Submission,
} from './log-record.ts';
import { OperatorLog, type LogLine } from './operator-log.ts';

/** Most handsets listed: a person looks at some dozens, and older ones are still found by their number. */
const MOST_HANDSETS = 200;

type Answer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: unknown;
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'silence' }
  | { readonly kind: 'reset' };

const OUTCOMES = {
  'timeout-after-accept': 'hung',
  reset: 'reset',
  '5xx-before': 'failed',
  '5xx-after': 'accepted',
  throttle: 'throttled',
  reject: 'rejected',
} as const satisfies Record<Failure['kind'], RequestRecord['outcome']>;

const RETRY_AFTER_MS = 1_000;

interface OperatorSettings {
  /** File of its log; receipts keep their position beside it. */
  readonly logPath: string;
  readonly key: KeyObject;
  readonly clock: { machine(): number; now(): DateTime<true> };
  readonly count: (text: string) => { readonly encoding: 'GSM-7' | 'UCS-2'; readonly parts: number };
  /** Returns the price of a part to a number, by its own list; undefined for an account without a price. */
  readonly priceOf?: (account: string, to: string) => RequestRecord['price'];
  /** Returns our inbound webhook, secret included. */
  readonly webhookUrl: () => string;
}

/** A message that the sandbox delivers to one of its handsets; instants are ISO 8601. */
interface HandsetMessage {
  readonly id: string;
  readonly from: string;
  readonly text: string;
  readonly acceptedAt: string;
  readonly parts: number;
  readonly encoding: 'GSM-7' | 'UCS-2';
  readonly state: 'accepted' | 'delivered';
}

type ConversationEntry =
  | ({ readonly kind: 'received' } & HandsetMessage)
  | {
      readonly kind: 'sent';
      readonly id: string;
      readonly to?: string;
      readonly text: string;
      readonly at: string;
    };

/** A look-up by our message id or by the key of a submission. */
export interface LookUp {
  readonly field: 'reference' | 'key';
  readonly value: string;
  /** ISO 8601 by the machine clock: nothing older is searched. */
  readonly since?: string;
}

/** Time for calls under way to end, in milliseconds; the rest is delivered again at the next start. */
const GRACE_MS = 1_000;

/** Most messages shown of one handset: more than a person scrolls through. */
const SHOWN = 500;

/** Maximum copies of one message in a look-up: one is right, two are a fault. */
const COPIES = 100;

/** An operator on this machine: takes messages, shows them on handsets, and simulates faults. */
export class SandboxOperator {
  readonly #settings: OperatorSettings;
  readonly #log: OperatorLog;
  readonly #handsets: HandsetList;
  readonly #webhook: Webhook;
  readonly #receipts: ReceiptPump;
  readonly #misbehaviour = new Misbehaviour();

  private constructor(settings: OperatorSettings, log: OperatorLog, handsets: HandsetList) {
    this.#settings = settings;
    this.#log = log;
    this.#handsets = handsets;
    this.#webhook = new Webhook(settings.webhookUrl);
    this.#receipts = new ReceiptPump({
      log,
      webhook: this.#webhook,
      orders: () => this.#misbehaviour.orders.receipts,
      clock: { machine: () => settings.clock.machine(), lawAt: () => this.#lawAt() },
      path: `${settings.logPath}.receipts`,
    });
  }

  /** Opens the log and goes on sending receipts. */
  static async open(settings: OperatorSettings): Promise<SandboxOperator> {
    const handsets = new HandsetList();
    const log = await OperatorLog.open({
      path: settings.logPath,
      key: settings.key,
      onDurable: ({ record }) => handsets.note(record),
    });
    const operator = new SandboxOperator(settings, log, handsets);
    await operator.#receipts.start();
    return operator;
  }

  /** Takes one request; its line is durable before this resolves, and so before any answer. */
  async receive(submission: Submission): Promise<Answer> {
    const failure = this.#misbehaviour.draw();
    const { encoding, parts } = this.#settings.count(submission.text);
    const { account } = submission;
    const price = account === undefined ? undefined : this.#settings.priceOf?.(account, submission.to);
    const record: RequestRecord = {
      type: 'request',
      id: randomUUID(),
      key: submission.key,
      reference: submission.reference,
      to: submission.to,
      from: submission.from,
      text: submission.text,
      encoding,
      parts,
      ...this.#moments(),
      outcome: failure === undefined ? 'accepted' : OUTCOMES[failure.kind],
      ...(account !== undefined && { account }),
      ...(price !== undefined && { price }),
    };
    await this.#log.append(record);
    const { latencyMs } = this.#misbehaviour.orders;
    if (latencyMs > 0) await later(latencyMs);
    return answerTo(record, failure);
  }

  /** Returns every message accepted under that reference or key: a duplicate appears twice. */
  async lookUp({
    field,
    value,
    since,
  }: LookUp): Promise<(RequestRecord & { readonly state: HandsetMessage['state'] })[]> {
    const lines = await this.#log.recent(field, value, COPIES);
    const remembered = await this.#log.remembersSince();
    if (remembered !== undefined && (since === undefined || since < remembered)) {
      for await (const line of this.#log.older()) if (matches(line, field, value)) lines.push(line);
    }
    return lines
      .filter(isOnHandset)
      .map(({ record, offset }) => Object.assign({}, record, { state: this.#stateAt(offset) }));
  }

  handsets(): ReturnType<HandsetList['newest']> {
    return this.#handsets.newest();
  }

  async messagesOf(number: string): Promise<HandsetMessage[]> {
    const lines = await this.#log.recent('handset', number, SHOWN);
    return lines
      .filter(isOnHandset)
      .map((line) => this.#shown(line))
      .toReversed();
  }

  async conversationOf(number: string): Promise<ConversationEntry[]> {
    const lines = await this.#log.recent('handset', number, SHOWN);
    return lines
      .filter((line) => line.record.type === 'reply' || reachedHandset(line.record))
      .map((line) => this.#entry(line))
      .toReversed();
  }

  /** Sends a reply; returns the status of our webhook, 0 when it could not be reached. */
  async reply(
    number: string,
    { text, to }: { readonly text: string; readonly to?: string },
  ): Promise<number> {
    const sender = to ?? (await this.#lastSenderTo(number));
    const record: TypedReply = {
      type: 'reply',
      id: randomUUID(),
      from: number,
      ...(sender !== undefined && { to: sender }),
      text,
      ...this.#moments(),
    };
    await this.#log.append(record);
    const { id, from, lawAt: at } = record;
    return this.#webhook.post([{ kind: 'reply', id, from, to: sender, text, at }]);
  }

  /** Yields every request received so far, oldest first, as lines of ndjson. */
  async *logLines(): AsyncGenerator<string> {
    for await (const { record } of this.#log.all()) {
      if (record.type !== 'request') continue;
      const { id, key, reference, to, from, text, account, receivedAt, lawAt, outcome } = record;
      yield `${JSON.stringify({ key, reference, to, from, text, account, receivedAt, lawAt, outcome, id })}\n`;
    }
  }

  /** Returns its charges for everything it accepted, by its own count. */
  bill(): ReturnType<typeof billed> {
    return billed(this.#log.all());
  }

  get behaviour(): Behaviour {
    return this.#misbehaviour.orders;
  }

  /** Simulates these faults from the next request on. */
  behave(orders: Behaviour): void {
    this.#misbehaviour.obey(orders);
  }

  async close(): Promise<void> {
    const stopped = this.#receipts.stop();
    await Promise.race([stopped, later(GRACE_MS, undefined, { ref: false })]);
    await this.#webhook.close();
    await stopped;
    await this.#log.close();
  }

  async #lastSenderTo(number: string): Promise<string | undefined> {
    return (await this.messagesOf(number)).at(-1)?.from;
  }

  #entry(line: LogLine): ConversationEntry {
    const { record } = line;
    if (record.type === 'request') return { kind: 'received', ...this.#shown({ ...line, record }) };
    const { id, to, text, lawAt: at } = record;
    return { kind: 'sent', id, ...(to !== undefined && { to }), text, at };
  }

  #shown({ record, offset }: LogLine & { readonly record: RequestRecord }): HandsetMessage {
    const { id, from, text, lawAt: acceptedAt, parts, encoding } = record;
    return { id, from, text, acceptedAt, parts, encoding, state: this.#stateAt(offset) };
  }

  #stateAt(offset: number): HandsetMessage['state'] {
    return offset < this.#receipts.reached ? 'delivered' : 'accepted';
  }

  #moments(): { receivedAt: string; lawAt: string } {
    return {
      receivedAt: isoText(DateTime.fromMillis(this.#settings.clock.machine(), { zone: 'utc' })),
      lawAt: this.#lawAt(),
    };
  }

  #lawAt(): string {
    return this.#settings.clock.now().toISO();
  }
}

function isOnHandset(line: LogLine): line is LogLine & { readonly record: RequestRecord } {
  return reachedHandset(line.record);
}

function matches({ record }: LogLine, field: LookUp['field'], value: string): boolean {
  return record.type === 'request' && record[field] === value;
}

/** Returns the answer that the sender of the request sees. */
function answerTo({ id, parts, encoding }: RequestRecord, failure: Failure | undefined): Answer {
  if (failure === undefined) return { kind: 'answer', status: 200, body: { id, parts, encoding } };
  switch (failure.kind) {
    case 'timeout-after-accept':
      return { kind: 'silence' };
    case 'reset':
      return { kind: 'reset' };
    case '5xx-before':
    case '5xx-after':
      return { kind: 'answer', status: 503, body: { code: 'OUT_OF_ORDER' } };
    case 'throttle':
      return {
        kind: 'answer',
        status: 429,
        body: { code: 'TOO_FAST' },
        retryAfterMs: failure.retryAfterMs ?? RETRY_AFTER_MS,
      };
    case 'reject':
      return { kind: 'answer', status: 422, body: { code: failure.code ?? 'NUMBER' } };
    default:
      return failure.kind satisfies never;
  }
}

class HandsetList {
  readonly #last = new Map<string, LogRecord>();

  /** Moves the handset of that line to the front. */
  note(record: LogRecord): void {
    if (record.type === 'request' && !reachedHandset(record)) return;
    const number = handsetOf(record);
    this.#last.delete(number);
    this.#last.set(number, record);
    if (this.#last.size <= MOST_HANDSETS) return;
    const [oldest] = this.#last.keys();
    if (oldest !== undefined) this.#last.delete(oldest);
  }

  newest() {
    return [...this.#last]
      .map(([number, { lawAt, text }]) => ({ number, lastAt: lawAt, lastText: text }))
      .toReversed();
  }
}
