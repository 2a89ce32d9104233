import { classifyReply, silences } from '../../sms/index.ts';
import type { GatewayEvent, ReplyPart } from '../../sending/index.ts';

/** Keeps operators' events; resolves once they are committed. */
export type Take = (events: readonly GatewayEvent[]) => Promise<void>;

/** Keeps an unreadable call raw, for a person; resolves once it is committed, `full` when it keeps too much already. */
export type KeepUnread = (bytes: Buffer) => Promise<'kept' | 'full'>;

/** Keeps one part of a longer reply until the others arrive; `full` when it keeps too many already. */
export type KeepPart = (part: ReplyPart) => Promise<'kept' | 'full'>;

/** The receivers of a session's calls. */
export interface Listener {
  readonly take: Take;
  readonly keepUnread?: KeepUnread | undefined;
  readonly keepPart?: KeepPart | undefined;
}

/** Maximum number of calls handled together. */
const AT_ONCE = 500;
/** Maximum number of calls waiting to be kept: the operator repeats those beyond it. */
const MOST_WAITING = 4_000;
/** A lower limit for unreadable calls: readable ones go before them. */
const MOST_UNREAD = 10;
/** Maximum number of parts kept concurrently. */
const MOST_PARTS = 20;
/** Maximum number of remembered parts that said STOP and could not be kept yet: the oldest is handled once more. */
const MOST_HEEDED = 1_000;

interface Waiting {
  readonly event: GatewayEvent;
  readonly kept: (isKept: boolean) => void;
}

/** Passes on items of one sort, all that came meanwhile at once. */
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
export class Hearing {
  #listener: Listener | undefined;
  #unread = 0;
  #parts = 0;
  readonly #heeded = new Set<string>();
  /** A STOP waits for no receipt, and is durable without a database, which a receipt is not. */
  readonly #replies = new Lane();
  readonly #receipts = new Lane();

  /** Sets the listener. */
  listen(listener: Listener): void {
    this.#listener = listener;
  }

  /** Says whether an unreadable call is kept for a person; otherwise the operator must repeat it. */
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

  /** Says whether the call is kept; otherwise the operator must repeat it. */
  tell(event: GatewayEvent): Promise<boolean> {
    const take = this.#listener?.take;
    if (take === undefined) return Promise.resolve(false);
    return (event.kind === 'receipt' ? this.#receipts : this.#replies).add(take, event);
  }

  /** Does the same for several. */
  async tellAll(events: readonly GatewayEvent[]): Promise<boolean> {
    return (await Promise.all(events.map((event) => this.tell(event)))).every(Boolean);
  }

  /** Says whether a part is kept until the others arrive; `events` is its own content: a STOP waits for no other part. */
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

  /** A part that its operator repeats until it is kept opts out once. */
  #heed(name: string): void {
    this.#heeded.add(name);
    const [oldest] = this.#heeded;
    if (this.#heeded.size > MOST_HEEDED && oldest !== undefined) this.#heeded.delete(oldest);
  }
}
