import { Refusal } from '../../platform/errors.ts';
import { bilingual } from '../../words/index.ts';

/** Files that are read at once, and that wait for it. */
export interface PlaceBounds {
  readonly most: number;
  /** Of those that a tenant asks about: fewer than all, so that nobody waits for the long ones of another. */
  readonly ofTenant: number;
  readonly mostWaiting: number;
  readonly waitingOfTenant: number;
}

/** For whom a place is taken. */
export interface PlaceTaker {
  readonly tenantId: string;
  /** Aborted: it wants no place any more. */
  readonly signal?: AbortSignal | undefined;
  /** Somebody waits for the answer. Otherwise it is work that others bound: it waits for as long as it takes. */
  readonly isAsked?: boolean | undefined;
}

interface Waiting {
  readonly taker: PlaceTaker;
  readonly enter: () => void;
}

/** Places for files that are read at once: the next one is of the tenant that has fewest, the longest waiting first. */
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

  /** Gives a place back, to whoever is next. */
  leave({ tenantId }: PlaceTaker): void {
    const left = this.#held(tenantId) - 1;
    if (left > 0) this.#ofTenant.set(tenantId, left);
    else this.#ofTenant.delete(tenantId);
    this.#taken -= 1;
    this.#admitNext();
  }

  /** Who has none waiting is never kept out by others. */
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
        // Whatever aborts says why.
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

  /** One left: one may come in, since whoever waits could not before. */
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
