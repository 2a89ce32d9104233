import { Refusal, type RefusalDetails } from './errors.ts';

/** The limits on concurrent work and on work that waits for a place. */
export interface PlaceBounds {
  readonly most: number;
  /** Places for one tenant: fewer than all, so that no tenant has to wait for the long work of another. */
  readonly ofTenant: number;
  readonly mostWaiting: number;
  readonly waitingOfTenant: number;
  /** What the refusal says when too many wait. */
  readonly refusal?: RefusalDetails;
}

/** The tenant that asks for a place. */
export interface PlaceTaker {
  readonly tenantId: string;
  /** Aborted when the place is no longer needed. */
  readonly signal?: AbortSignal | undefined;
  /** True when other work of its tenant waits for it: it comes before work that is not urgent. */
  readonly isUrgent?: boolean;
}

interface Waiting {
  readonly taker: PlaceTaker;
  readonly enter: () => void;
}

/**
 * Places for concurrent work. A free place goes to urgent work first, then to the tenant that has the fewest, then to
 * the work that has waited longest.
 */
export class Places {
  readonly #bounds: PlaceBounds;
  readonly #ofTenant = new Map<string, number>();
  #waiting: readonly Waiting[] = [];
  #taken = 0;

  constructor(bounds: PlaceBounds) {
    this.#bounds = bounds;
  }

  /**
   * Resolves once there is a place; refuses with TOO_MANY_REQUESTS when too many wait, and rejects with the signal's
   * reason when aborted before.
   */
  async take(taker: PlaceTaker): Promise<void> {
    taker.signal?.throwIfAborted();
    if (this.#mayEnter(taker)) return this.#enter(taker);
    if (this.#isCrowded(taker)) throw this.#refusal();
    await this.#waitForPlace(taker);
  }

  /** Gives a place back; the next work that waits takes it. */
  leave({ tenantId }: Pick<PlaceTaker, 'tenantId'>): void {
    const left = this.#held(tenantId) - 1;
    if (left > 0) this.#ofTenant.set(tenantId, left);
    else this.#ofTenant.delete(tenantId);
    this.#taken -= 1;
    this.#admitNext();
  }

  /** Does work in a place; refuses it with TOO_MANY_REQUESTS when no place comes free within some milliseconds. */
  async within<T>(taker: PlaceTaker, patienceMs: number, work: () => Promise<T>): Promise<T> {
    const patience = AbortSignal.timeout(patienceMs);
    const { signal = patience } = taker;
    try {
      await this.take({ ...taker, signal: AbortSignal.any([signal, patience]) });
    } catch (cause) {
      throw cause === patience.reason ? this.#refusal() : cause;
    }
    try {
      return await work();
    } finally {
      this.leave(taker);
    }
  }

  #refusal(): Refusal {
    return new Refusal('TOO_MANY_REQUESTS', this.#bounds.refusal);
  }

  /**
   * A tenant without waiting work is never refused because of others, nor urgent work because of work that is not
   * urgent.
   */
  #isCrowded({ tenantId, isUrgent = false }: PlaceTaker): boolean {
    const alike = this.#waiting.filter(({ taker }) => (taker.isUrgent ?? false) === isUrgent);
    const own = alike.filter(({ taker }) => taker.tenantId === tenantId).length;
    const { mostWaiting, waitingOfTenant } = this.#bounds;
    return own >= waitingOfTenant || (own > 0 && alike.length >= mostWaiting);
  }

  #waitForPlace(taker: PlaceTaker): Promise<void> {
    const { signal } = taker;
    return new Promise<void>((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting = this.#waiting.filter((one) => one !== waiting);
        // Whoever aborts gives an error as the reason.
        reject(signal?.reason as Error);
      };
      const enter = (): void => {
        signal?.removeEventListener('abort', giveUp);
        resolve();
      };
      const waiting = { taker, enter };
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#waiting = [...this.#waiting, waiting];
    });
  }

  #admitNext(): void {
    const able = this.#waiting.filter(({ taker }) => this.#mayEnter(taker));
    const [next] = able.toSorted(
      (one, other) =>
        Number(other.taker.isUrgent ?? false) - Number(one.taker.isUrgent ?? false) ||
        this.#held(one.taker.tenantId) - this.#held(other.taker.tenantId),
    );
    if (next === undefined) return;
    this.#waiting = this.#waiting.filter((one) => one !== next);
    this.#enter(next.taker);
    next.enter();
  }

  #held(tenantId: string): number {
    return this.#ofTenant.get(tenantId) ?? 0;
  }

  #mayEnter({ tenantId }: PlaceTaker): boolean {
    const { most, ofTenant } = this.#bounds;
    return this.#taken < most && this.#held(tenantId) < ofTenant;
  }

  #enter({ tenantId }: PlaceTaker): void {
    this.#ofTenant.set(tenantId, this.#held(tenantId) + 1);
    this.#taken += 1;
  }
}
