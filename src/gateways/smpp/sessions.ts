import type { OperatorRefusal } from '../http/http-gateway.ts';
import type { Gateway, Slot, GatewayEvent, ReplyPart } from '../../sending/index.ts';
import { SmppSession, type SessionRole, type SessionCallbacks, type SessionSettings } from './session.ts';
import { classifyReply, silences } from '../../sms/index.ts';

interface SessionsSettings extends Omit<SessionSettings, 'role'> {
  readonly sessions: number;
  readonly bind: Bind;
}

/** One session for both directions, or one for each. */
type Bind = 'transceiver' | 'pair';

const ROLES: Readonly<Record<Bind, readonly SessionRole[]>> = {
  transceiver: ['transceiver'],
  pair: ['transmitter', 'receiver'],
};

/** Milliseconds until a failing operator is retried, doubled each time up to a maximum. */
const AGAIN_MS = 50;
const AGAIN_AT_MOST_MS = 5_000;

/** A session that ends sooner after its bind counts as failed. */
const STEADY_AFTER_MS = 200;

/** Wait after a refused bind: retrying does not make credentials right, and some operators block frequent tries. */
const REFUSED_AGAIN_MS = 30_000;

/** Places in the window of one session, for the parts of one message. */
export class SmppSlot implements Slot {
  readonly #places: number;
  #session: SmppSession | undefined;

  constructor(session: SmppSession | undefined, places: number) {
    session?.reserve(places);
    this.#places = places;
    this.#session = session;
  }

  release(): void {
    this.take();
  }

  take(): SmppSession | undefined {
    const session = this.#session;
    this.#session = undefined;
    session?.release(this.#places);
    return session;
  }
}

/** The sessions of one account: ended ones are replaced by new ones. */
export class Sessions {
  readonly #settings: SessionsSettings;
  readonly #received: SessionCallbacks['received'];
  readonly #open = new Map<SmppSession, SessionRole>();
  readonly #refusals = new Map<SessionRole, OperatorRefusal>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #failures = 0;
  #closed = false;
  #turn = 0;

  constructor(settings: SessionsSettings, received: SessionCallbacks['received']) {
    this.#settings = settings;
    this.#received = received;
    for (const role of ROLES[settings.bind]) for (let n = 0; n < settings.sessions; n += 1) this.#start(role);
  }

  /** Returns how many messages of so many parts could be written now: none while a session of either direction is unbound. */
  freeSlots(parts: number): number {
    if (!this.#isWhole) return 0;
    let slots = 0;
    for (const session of this.#open.keys()) slots += Math.floor(session.places() / parts);
    return slots;
  }

  /** Says whether the operator answers now, in both directions. */
  async answer(): Promise<boolean> {
    const answers = await Promise.all(
      [...this.#open].map(async ([session, role]) => ((await session.answers()) ? role : undefined)),
    );
    return this.#roles.every((role) => answers.includes(role));
  }

  /** The reason why the operator refuses to bind; undefined otherwise. */
  get refusal(): OperatorRefusal | undefined {
    const away = this.#roles.find((role) => !this.#isBound(role) && this.#refusals.has(role));
    return away && this.#refusals.get(away);
  }

  get #roles(): readonly SessionRole[] {
    return ROLES[this.#settings.bind];
  }

  get #isWhole(): boolean {
    return this.#roles.every((role) => this.#isBound(role));
  }

  #isBound(role: SessionRole): boolean {
    return [...this.#open].some(([session, boundAs]) => boundAs === role && session.isBound);
  }

  /**
   * Reserves at most `n` slots for messages of so many parts, each time from the next session on. Slots reserved
   * together are written together: one session sends them in one write.
   */
  reserve(n: number, parts: number): SmppSlot[] {
    const slots: SmppSlot[] = [];
    if (!this.#isWhole) return slots;
    const sessions = [...this.#open.keys()];
    const first = this.#turn;
    this.#turn += 1;
    for (let next = 0; next < sessions.length; next += 1) {
      const session = sessions[(first + next) % sessions.length];
      if (session !== undefined) slots.push(...slotsIn(session, n - slots.length, parts));
    }
    return slots;
  }

  /** Waits for the answers of written messages, and opens nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all([...this.#open.keys()].map((session) => session.close()));
  }

  #start(role: SessionRole): void {
    if (this.#closed) return;
    let steady: NodeJS.Timeout | undefined;
    const session: SmppSession = new SmppSession(
      { ...this.#settings, role },
      {
        bound: () => {
          this.#refusals.delete(role);
          steady = setTimeout(() => {
            this.#failures = 0;
          }, STEADY_AFTER_MS);
        },
        received: this.#received,
        ended: (refusal) => {
          this.#open.delete(session);
          clearTimeout(steady);
          this.#later(role, refusal);
          this.#failures += 1;
          if (refusal !== undefined) this.#refusals.set(role, refusal);
        },
      },
    );
    this.#open.set(session, role);
  }

  #later(role: SessionRole, refusal: OperatorRefusal | undefined): void {
    if (this.#closed) return;
    const backOff = Math.min(AGAIN_MS * 2 ** Math.min(this.#failures, 10), AGAIN_AT_MOST_MS);
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#start(role);
      },
      refusal?.errorClass === 'CONFIG' ? REFUSED_AGAIN_MS : backOff,
    );
    timer.unref();
    this.#timers.add(timer);
  }
}

function slotsIn(session: SmppSession, n: number, parts: number): SmppSlot[] {
  const most = Math.min(n, Math.floor(session.places() / parts));
  return Array.from({ length: most }, () => new SmppSlot(session, parts));
}

type Receivers = Parameters<NonNullable<Gateway['receive']>>;
type Take = Receivers[0];

interface Listener {
  readonly take: Take;
  readonly keepUnread?: Receivers[1];
  readonly keepPart?: Receivers[2];
}

const AT_ONCE = 500;

/** Maximum number of calls waiting to be kept: the operator repeats those beyond it. */
const MOST_WAITING = 4_000;

/** The same limit for unreadable calls; it is lower, so that readable ones go first. */
const MOST_UNREAD = 10;

/** Maximum number of parts kept concurrently. */
const MOST_PARTS = 20;

/** Most remembered parts that said STOP and could not be kept yet; the oldest one forgotten is handled once more. */
const MOST_OPTED_OUT = 1_000;

interface Waiting {
  readonly event: GatewayEvent;
  readonly kept: (isKept: boolean) => void;
}

/** Passes on events of one sort, all that came meanwhile together. */
class Lane {
  #waiting: Waiting[] = [];
  #busy = false;

  /** Says whether the call is kept; with too many before it, it is not. */
  add(take: Take, event: GatewayEvent): Promise<boolean> {
    if (this.#waiting.length >= MOST_WAITING) return Promise.resolve(false);
    return new Promise((kept) => {
      this.#waiting.push({ event, kept });
      if (!this.#busy) void this.#empty(take);
    });
  }

  async #empty(take: Take): Promise<void> {
    this.#busy = true;
    // All calls of this turn are handled together.
    await Promise.resolve();
    while (this.#waiting.length > 0) await handOver(take, this.#waiting.splice(0, AT_ONCE));
    this.#busy = false;
  }
}

async function handOver(take: Take, some: readonly Waiting[]): Promise<void> {
  const isKept = await take(some.map(({ event }) => event)).then(
    () => true,
    () => false,
  );
  for (const { kept } of some) kept(isKept);
}

/** Passes on the calls of operators on our own connection. */
export class Receiver {
  #listener: Listener | undefined;
  #unread = 0;
  #parts = 0;
  readonly #optedOut = new Set<string>();
  /** Apart from receipts: a STOP waits for none, and unlike them is durable without a database. */
  readonly #replies = new Lane();
  readonly #receipts = new Lane();

  listen(listener: Listener): void {
    this.#listener = listener;
  }

  /** Says whether an unreadable call is kept for a person; otherwise the operator must repeat it. */
  async receiveUnread(bytes: Buffer): Promise<boolean> {
    const keep = this.#listener?.keepUnread;
    if (keep === undefined || this.#unread >= MOST_UNREAD) return false;
    this.#unread += 1;
    try {
      return (await keep(bytes)) === 'kept';
    } catch {
      return false;
    } finally {
      this.#unread -= 1;
    }
  }

  /** Says whether the call is kept; otherwise the operator must repeat it. */
  receive(event: GatewayEvent): Promise<boolean> {
    const take = this.#listener?.take;
    if (take === undefined) return Promise.resolve(false);
    return (event.kind === 'receipt' ? this.#receipts : this.#replies).add(take, event);
  }

  async receiveAll(events: readonly GatewayEvent[]): Promise<boolean> {
    return (await Promise.all(events.map((event) => this.receive(event)))).every(Boolean);
  }

  /** Says whether a part is kept until the others arrive; `events` is its own content: a STOP waits for no other part. */
  async receivePart(part: ReplyPart, events: readonly GatewayEvent[]): Promise<boolean> {
    const name = `${part.message} ${part.at} ${part.octets}`;
    const isOptOut = events.some(
      (event) => event.kind === 'reply' && silences(classifyReply(event.text).kind),
    );
    if (isOptOut && !this.#optedOut.has(name)) {
      if (!(await this.receiveAll(events))) return false;
      this.#noteOptOut(name);
    }
    const kept = await this.#keepPart(part);
    if (kept !== 'later') this.#optedOut.delete(name);
    return kept === 'full' && !isOptOut ? this.receiveAll(events) : kept !== 'later';
  }

  async #keepPart(part: ReplyPart): Promise<'kept' | 'full' | 'later'> {
    const keep = this.#listener?.keepPart;
    if (keep === undefined) return 'full';
    if (this.#parts >= MOST_PARTS) return 'later';
    this.#parts += 1;
    try {
      return await keep(part);
    } catch {
      return 'later';
    } finally {
      this.#parts -= 1;
    }
  }

  /** A part that its operator repeats until it is kept opts out once. */
  #noteOptOut(name: string): void {
    this.#optedOut.add(name);
    const [oldest] = this.#optedOut;
    if (this.#optedOut.size > MOST_OPTED_OUT && oldest !== undefined) this.#optedOut.delete(oldest);
  }
}
