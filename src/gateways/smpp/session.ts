import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { OperatorRefusal } from '../http/http-gateway.ts';
import type { WriteBounds } from '../connections.ts';
import { ConnectionDoubt, Silence, Outbox, Window, type SilenceLimits, type PartResult } from './window.ts';
import { Frames, ANSWERS, bindBody, pduBytes, COMMANDS, headOf, NO_ID, type Head } from './pdu.ts';
import { submitBytes, type Submit } from './submit-sm.ts';

const BINDS = {
  transceiver: COMMANDS.bindTransceiver,
  transmitter: COMMANDS.bindTransmitter,
  receiver: COMMANDS.bindReceiver,
} as const;

/** The roles of a session: sending, receiving, or both. */
export type SessionRole = keyof typeof BINDS;

/** The bit that an answer adds to the id of its request. */
const ANSWER = 0x80000000;

export interface SessionSettings extends SilenceLimits {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  /** The role to bind as: a receiver sends nothing. */
  readonly role: SessionRole;
  /** Interprets a status other than 0. */
  readonly refusalOf: (status: number) => OperatorRefusal;
  readonly window: number;
}

/** The callbacks of a session; each is called at most once, except `received`. */
export interface SessionCallbacks {
  readonly bound: () => void;
  /** Called with a whole PDU, as received; returns the status of the response. */
  readonly received: (head: Head, frame: Buffer) => Promise<number>;
  /** Called with the refusal of its bind, or undefined when it was open. */
  readonly ended: (refusal: OperatorRefusal | undefined) => void;
}

export type SentCall =
  | { readonly kind: 'not-connected' }
  | { readonly kind: 'not-written'; readonly reason: 'too-late' | 'aborted' }
  | { readonly kind: 'answered'; readonly parts: readonly PartResult[]; readonly firstByteAt: number };

/** Time after which an operator that unbinds is disconnected, whatever it still owes. */
const DRAINED_WITHIN_MS = 3_000;

/** With more of the operator's calls unanswered, it is asked to repeat them later. */
const MOST_UNANSWERED = 1_000;

/** One connection to an operator, bound in its role; once ended it is never opened again. */
export class SmppSession {
  readonly #settings: SessionSettings;
  readonly #callbacks: SessionCallbacks;
  readonly #socket: Socket;
  readonly #frames = new Frames();
  readonly #outbox: Outbox;
  readonly #window: Window;
  readonly #doubt = new ConnectionDoubt(
    () => this.#enquire(),
    () => this.#end('timeout'),
  );
  readonly #silence: Silence;
  #draining: (() => void) | undefined;
  #state: 'opening' | 'bound' | 'draining' | 'ended' = 'opening';
  #reserved = 0;
  #writing = 0;
  #unanswered = 0;

  constructor(settings: SessionSettings, callbacks: SessionCallbacks) {
    this.#settings = settings;
    this.#callbacks = callbacks;
    const { host, port, tls, requestTimeoutMs } = settings;
    this.#window = new Window(
      { timeoutMs: requestTimeoutMs, refusalOf: settings.refusalOf },
      {
        late: () => this.#doubt.begin(),
        lost: () => void this.close(),
      },
    );
    this.#socket = tls ? connectTls({ host, port, servername: host }) : connectPlain({ host, port });
    this.#socket.setNoDelay(true);
    this.#outbox = new Outbox(this.#socket, () => this.#end('timeout'));
    this.#socket.once(tls ? 'secureConnect' : 'connect', () => this.#bind());
    this.#socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    this.#socket.on('error', () => this.#end('reset'));
    this.#socket.on('close', () => this.#end('reset'));
    this.#silence = new Silence(settings, {
      ask: () => this.#write(COMMANDS.enquireLink, this.#window.next()),
      over: () => this.#end('timeout'),
    });
    this.#silence.expectTraffic();
  }

  /** Returns how many messages could be written at this instant. */
  places(): number {
    return this.#outbox.flows ? Math.max(0, this.freeSlots()) : 0;
  }

  /** Returns the free places of the window, also while the system has not accepted earlier writes yet. */
  freeSlots(): number {
    if (this.#state !== 'bound' || this.#doubt.isOpen || this.#settings.role === 'receiver') return 0;
    return this.#settings.window - this.#window.size - this.#writing - this.#reserved;
  }

  get isBound(): boolean {
    return this.#state === 'bound';
  }

  reserve(places: number): void {
    this.#reserved += places;
  }

  release(places: number): void {
    this.#reserved -= places;
  }

  /**
   * Writes the parts of one message together, or none of them. `late` is called with the id of a part, and its
   * place, when its answer comes after the time-out.
   */
  send(
    parts: readonly Submit[],
    bounds: WriteBounds,
    late: (id: string, at: number) => void,
  ): Promise<SentCall> {
    if (this.#state !== 'bound') return Promise.resolve({ kind: 'not-connected' });
    const sequences = parts.map(() => this.#window.next());
    const bytes = parts.map((part, at) => submitBytes(sequences[at] ?? 0, part));
    this.#writing += parts.length;
    return new Promise((settle) => {
      const onWritten = (): void => {
        this.#writing -= parts.length;
        const firstByteAt = bounds.machine();
        bounds.onFirstByte?.(bounds.monotonic());
        const answers = sequences.map((sequence, index) =>
          this.#window.expectTaken(sequence, (id) => late(id, index + 1)),
        );
        void Promise.all(answers).then((replies) =>
          settle({ kind: 'answered', parts: replies, firstByteAt }),
        );
      };
      const onDropped = (why: 'too-late' | 'aborted' | 'closed'): void => {
        this.#writing -= parts.length;
        settle(why === 'closed' ? { kind: 'not-connected' } : { kind: 'not-written', reason: why });
      };
      this.#outbox.put({ bytes, bounds, onWritten, onDropped });
    });
  }

  /** Says whether the operator answers on it now. */
  async answers(): Promise<boolean> {
    return this.#state === 'bound' && (await this.#enquire()).kind === 'taken';
  }

  /** Takes no more, waits for the answers of written messages, unbinds and closes. */
  async close(): Promise<void> {
    if (this.#state === 'bound') {
      this.#state = 'draining';
      await this.#answered();
      this.#write(COMMANDS.unbind, this.#window.next());
      await new Promise<void>((gone) => {
        this.#draining = gone;
        setTimeout(gone, Math.min(DRAINED_WITHIN_MS, this.#settings.requestTimeoutMs)).unref();
      });
    }
    this.#end('reset');
  }

  /** Resolves once everything given to it was sent, and answered. */
  async #answered(): Promise<void> {
    while (this.#writing > 0) await new Promise((turned) => setImmediate(turned));
    await this.#window.empty();
  }

  #bind(): void {
    this.#write(BINDS[this.#settings.role], this.#window.next(), { body: bindBody(this.#settings) });
  }

  #write(
    command: number,
    sequence: number,
    { status = 0, body }: { readonly status?: number; readonly body?: Buffer } = {},
  ): void {
    this.#outbox.put({ bytes: [pduBytes({ command, status, sequence }, body)] });
  }

  #receive(bytes: Buffer): void {
    const { frames, lost } = this.#frames.push(bytes);
    for (const frame of frames) if (this.#state !== 'ended') this.#handle(headOf(frame), frame);
    if (lost) this.#end('parse');
    else if (frames.length > 0) this.#noteTraffic();
  }

  /** Before it is bound, the operator has one time-out for everything. */
  #noteTraffic(): void {
    if (this.#state !== 'opening' && this.#state !== 'ended') this.#silence.noteTraffic();
  }

  #handle(head: Head, frame: Buffer): void {
    if (head.command === BINDS[this.#settings.role] + ANSWER) return this.#admit(head.status);
    switch (head.command) {
      case COMMANDS.submitResp:
      case COMMANDS.enquireLinkResp:
        return this.#window.answer(head, frame);
      case COMMANDS.genericNack:
        return this.#window.answer(head, undefined);
      case COMMANDS.deliver:
      case COMMANDS.data:
        return void this.#takeCall(head, frame);
      case COMMANDS.enquireLink:
        return this.#write(COMMANDS.enquireLinkResp, head.sequence);
      case COMMANDS.unbind:
        return void this.#unbindForOperator(head.sequence);
      case COMMANDS.unbindResp:
        return this.#draining?.();
      default:
        return this.#rejectUnknown(head);
    }
  }

  #admit(status: number): void {
    if (this.#state !== 'opening') return;
    if (status !== 0) return this.#end('reset', this.#settings.refusalOf(status));
    this.#state = 'bound';
    this.#callbacks.bound();
  }

  /** Rejects an unknown command; ignores an answer without a request. */
  #rejectUnknown({ command, sequence }: Head): void {
    if (command < 0x80000000) this.#write(COMMANDS.genericNack, sequence, { status: ANSWERS.unknownCommand });
  }

  /** Answers once the call is kept: the operator repeats others. */
  async #takeCall(head: Head, frame: Buffer): Promise<void> {
    const status = await this.#statusOf(head, frame);
    const answer = head.command === COMMANDS.data ? COMMANDS.dataResp : COMMANDS.deliverResp;
    this.#write(answer, head.sequence, { status, body: NO_ID });
  }

  async #statusOf(head: Head, frame: Buffer): Promise<number> {
    if (this.#state === 'opening') return ANSWERS.notBound;
    if (this.#unanswered >= MOST_UNANSWERED) return ANSWERS.later;
    this.#unanswered += 1;
    try {
      return await this.#callbacks.received(head, frame);
    } finally {
      this.#unanswered -= 1;
    }
  }

  /** Calls under way are awaited before the session is closed. */
  async #unbindForOperator(sequence: number): Promise<void> {
    if (this.#state === 'ended') return;
    this.#state = 'draining';
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((give) => {
      timer = setTimeout(give, Math.min(DRAINED_WITHIN_MS, this.#settings.requestTimeoutMs));
    });
    await Promise.race([this.#answered(), late]);
    clearTimeout(timer);
    this.#outbox.put({
      bytes: [pduBytes({ command: COMMANDS.unbindResp, status: 0, sequence })],
      onWritten: () => setImmediate(() => this.#end('reset')),
    });
  }

  #enquire(): Promise<PartResult> {
    const sequence = this.#window.next();
    this.#write(COMMANDS.enquireLink, sequence);
    return this.#window.expect(sequence);
  }

  #end(why: 'timeout' | 'reset' | 'parse', refusal?: OperatorRefusal): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#silence.end();
    this.#socket.destroy();
    this.#outbox.close();
    this.#window.close(why);
    this.#draining?.();
    this.#callbacks.ended(refusal);
  }
}
