import type { GatewayEvent } from '../gateway.ts';

/** Keeps what operators tell; resolves once it is committed. */
export type Take = (events: readonly GatewayEvent[]) => Promise<void>;

/** Keeps what nobody can read as it came, for a person; resolves once it is committed. */
export type KeepUnread = (bytes: Buffer) => Promise<void>;

/** Told together, at most. */
const AT_ONCE = 500;
/** Waiting to be kept, at most: what comes beyond is told again by the operator. */
const MOST_WAITING = 4_000;
/** Of what nobody can read less is kept at once: those who can be read go before it. */
const MOST_UNREAD = 10;

interface Waiting {
  readonly event: GatewayEvent;
  readonly kept: (isKept: boolean) => void;
}

/** Hands over what operators tell on our own connection, all that came meanwhile at once. */
export class Hearing {
  #take: Take | undefined;
  #keepUnread: KeepUnread | undefined;
  #unread = 0;
  #waiting: Waiting[] = [];
  #busy = false;

  /** From now on there is somebody to tell. */
  listen(take: Take, keepUnread?: KeepUnread): void {
    this.#take = take;
    this.#keepUnread = keepUnread;
  }

  /** Whether what nobody can read is kept for a person; what is not must be told again. */
  async tellUnread(bytes: Buffer): Promise<boolean> {
    const keep = this.#keepUnread;
    if (keep === undefined || this.#unread >= MOST_UNREAD) return false;
    this.#unread += 1;
    try {
      await keep(bytes);
      return true;
    } catch {
      return false;
    } finally {
      this.#unread -= 1;
    }
  }

  /** Whether it is kept; what is not must be told again. */
  tell(event: GatewayEvent): Promise<boolean> {
    const take = this.#take;
    if (take === undefined || this.#waiting.length >= MOST_WAITING) return Promise.resolve(false);
    return new Promise((kept) => {
      this.#waiting.push({ event, kept });
      if (!this.#busy) void this.#empty(take);
    });
  }

  async #empty(take: Take): Promise<void> {
    this.#busy = true;
    // All that was heard in this turn goes together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const some = this.#waiting.splice(0, AT_ONCE);
      // A STOP holds without a database; a receipt does not, and must not have it told again.
      const isReceipt = ({ event }: Waiting): boolean => event.kind === 'receipt';
      await handOver(
        take,
        some.filter((one) => !isReceipt(one)),
      );
      await handOver(take, some.filter(isReceipt));
    }
    this.#busy = false;
  }
}

/** Replies before receipts: whoever says STOP waits for nobody. */
async function handOver(take: Take, some: readonly Waiting[]): Promise<void> {
  if (some.length === 0) return;
  const isKept = await take(some.map(({ event }) => event)).then(
    () => true,
    () => false,
  );
  for (const { kept } of some) kept(isKept);
}
