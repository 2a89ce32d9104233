import { Refusal } from '../../platform/errors.ts';
import { bilingual } from '../../words/index.ts';

/** The limits of concurrently read and waiting files. */
export interface PlaceBounds {
  readonly most: number;
  /** The limit of one tenant: below the total, so that nobody waits for the long files of another. */
  readonly ofTenant: number;
  readonly mostWaiting: number;
  readonly waitingOfTenant: number;
}

/** The tenant and reader of a file. */
export interface PlaceTaker {
  readonly tenantId: string;
  /** Aborted when it needs no place any more. */
  readonly signal?: AbortSignal | undefined;
  /** True when somebody waits for the answer. Other work has its own limits, and waits as long as it takes. */
  readonly isAsked?: boolean | undefined;
}

interface Waiting {
  readonly taker: PlaceTaker;
  readonly enter: () => void;
}

/** Places for concurrently read files: the next one goes to the tenant with the fewest, the longest waiting first. */
export class FilePlaces {
  readonly #bounds: PlaceBounds;
  readonly #ofTenant = new Map<string, number>();
  #waiting: readonly Waiting[] = [];
  #taken = 0;

  constructor(bounds: PlaceBounds) {
    this.#bounds = bounds;
  }

  /** Resolves once there is a place; refuses where too many wait, and rejects with the reason when aborted before. */
  async take(taker: PlaceTaker): Promise<void> {
    taker.signal?.throwIfAborted();
    if (this.#mayEnter(taker)) return this.#enter(taker);
    if (taker.isAsked === true && this.#isCrowded(taker))
      throw new Refusal('TOO_MANY_REQUESTS', { detail: TOO_MANY_FILES });
    await this.#turnOf(taker);
  }

  /** Gives a place back, to the next waiting file. */
  leave({ tenantId }: PlaceTaker): void {
    const left = this.#held(tenantId) - 1;
    if (left > 0) this.#ofTenant.set(tenantId, left);
    else this.#ofTenant.delete(tenantId);
    this.#taken -= 1;
    this.#admitNext();
  }

  /** A tenant with no waiting file is never refused because of others. */
  #isCrowded({ tenantId }: PlaceTaker): boolean {
    const own = this.#waiting.filter(({ taker }) => taker.tenantId === tenantId).length;
    const { mostWaiting, waitingOfTenant } = this.#bounds;
    return own >= waitingOfTenant || (own > 0 && this.#waiting.length >= mostWaiting);
  }

  #turnOf(taker: PlaceTaker): Promise<void> {
    const { signal } = taker;
    return new Promise<void>((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting = this.#waiting.filter((one) => one !== waiting);
        // The aborter passes its reason.
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

  /** A place was given back: one waiting file may start. */
  #admitNext(): void {
    const able = this.#waiting.filter(({ taker }) => this.#mayEnter(taker));
    const [next] = able.toSorted(
      (one, other) => this.#held(one.taker.tenantId) - this.#held(other.taker.tenantId),
    );
    if (next === undefined) return;
    this.#waiting = this.#waiting.filter((one) => one !== next);
    this.#enter(next.taker);
    next.enter();
  }

  #held(tenantId: string): number {
    return this.#ofTenant.get(tenantId) ?? 0;
  }

  #mayEnter({ tenantId, isAsked }: PlaceTaker): boolean {
    const { most, ofTenant } = this.#bounds;
    return this.#taken < most && (isAsked !== true || this.#held(tenantId) < ofTenant);
  }

  #enter({ tenantId }: PlaceTaker): void {
    this.#ofTenant.set(tenantId, this.#held(tenantId) + 1);
    this.#taken += 1;
  }
}

const TOO_MANY_FILES = bilingual.importing.tooManyFiles;
