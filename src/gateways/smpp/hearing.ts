import { classifyReply, silences } from '../../sms/index.ts';
import type { GatewayEvent, ReplyPart } from '../../sending/index.ts';

/** Keeps what operators tell; resolves once it is committed. */
export type Take = (events: readonly GatewayEvent[]) => Promise<void>;

/** Keeps what nobody can read as it came, for a person; resolves once it is committed, `full` when it keeps too much already. */
export type KeepUnread = (bytes: Buffer) => Promise<'kept' | 'full'>;

/** Keeps one part of a longer reply until the others are there; `full` when it keeps too many already. */
export type KeepPart = (part: ReplyPart) => Promise<'kept' | 'full'>;

/** Who is told what. */
export interface Listener {
  readonly take: Take;
  readonly keepUnread?: KeepUnread | undefined;
  readonly keepPart?: KeepPart | undefined;
}

/** Told together, at most. */
const AT_ONCE = 500;
/** Waiting to be kept, at most: what comes beyond is told again by the operator. */
const MOST_WAITING = 4_000;
/** Of what nobody can read less is kept at once: those who can be read go before it. */
const MOST_UNREAD = 10;
/** Parts that are kept side by side, at most. */
const MOST_PARTS = 20;
/** Parts remembered that said STOP and could not be kept yet, at most: the oldest is told once more. */
const MOST_HEEDED = 1_000;

interface Waiting {
  readonly event: GatewayEvent;
  readonly kept: (isKept: boolean) => void;
}

/** Hands over things of one sort, all that came meanwhile at once. */
class Lane {
  #waiting: Waiting[] = [];
  #busy = false;

  /** Whether it is kept; what finds too many before it is not. */
  add(take: Take, event: GatewayEvent): Promise<boolean> {
    if (this.#waiting.length >= MOST_WAITING) return Promise.resolve(false);
    return new Promise((kept) => {
      this.#waiting.push({ event, kept });
      if (!this.#busy) void this.#empty(take);
    });
  }

  async #empty(take: Take): Promise<void> {
    this.#busy = true;
    // All that was heard in this turn goes together.
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

/** Hands over what operators tell on our own connection. */
export class Hearing {
  #listener: Listener | undefined;
  #unread = 0;
  #parts = 0;
  readonly #heeded = new Set<string>();
  /** A STOP waits for no receipt, and holds without a database, which a receipt does not. */
  readonly #spoken = new Lane();
  readonly #receipts = new Lane();

  /** From now on there is somebody to tell. */
  listen(listener: Listener): void {
    this.#listener = listener;
  }

  /** Whether what nobody can read is kept for a person; what is not must be told again. */
  async tellUnread(bytes: Buffer): Promise<boolean> {
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

  /** Whether it is kept; what is not must be told again. */
  tell(event: GatewayEvent): Promise<boolean> {
    const take = this.#listener?.take;
    if (take === undefined) return Promise.resolve(false);
    return (event.kind === 'receipt' ? this.#receipts : this.#spoken).add(take, event);
  }

  /** The same of several. */
  async tellAll(events: readonly GatewayEvent[]): Promise<boolean> {
    return (await Promise.all(events.map((event) => this.tell(event)))).every(Boolean);
  }

  /** Whether a part is kept until the others are there; `events` is what it says by itself: a STOP waits for no other part. */
  async tellPart(part: ReplyPart, events: readonly GatewayEvent[]): Promise<boolean> {
    const name = `${part.message} ${part.at} ${part.octets}`;
    const asks = events.some((event) => event.kind === 'reply' && silences(classifyReply(event.text).kind));
    if (asks && !this.#heeded.has(name)) {
      if (!(await this.tellAll(events))) return false;
      this.#heed(name);
    }
    const kept = await this.#keepPart(part);
    if (kept !== 'later') this.#heeded.delete(name);
    return kept === 'full' && !asks ? this.tellAll(events) : kept !== 'later';
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

  /** Told again by its operator until it is kept, a part silences once. */
  #heed(name: string): void {
    this.#heeded.add(name);
    const [oldest] = this.#heeded;
    if (this.#heeded.size > MOST_HEEDED && oldest !== undefined) this.#heeded.delete(oldest);
  }
}
