import type { Clock } from '../clock.ts';
import { SlidingLog } from './sliding-log.ts';

const RENEW_EVERY_MS = 1_000;
/** A share asked for and no longer used is given back after this. */
const IDLE_MS = 5_000;

/** A limit that holds across all workers: an account's, or a campaign's beneath it. */
export interface RateScope {
  /** `account:<id>` or `campaign:<id>`. */
  readonly scope: string;
  readonly ratePerSecond: number;
}

/** Who hands out shares of a rate; PostgreSQL in production. */
export interface ShareSource {
  renew(request: {
    scope: string;
    rate: number;
    obeying: number;
    wanted: number;
    wantedFirst: number;
  }): Promise<number>;
  giveBack(scope: string): Promise<void>;
}

/** Permission to write some messages, each at its own moment on the monotonic scale. */
export interface Tokens {
  readonly dues: readonly number[];
}

interface Share {
  readonly log: SlidingLog;
  rate: number;
  first: number;
  waiting: number;
  usedAt: number;
  leaseUntil: number;
}

/** The rates of one worker: its shares, and the first bytes that count against them. */
export class Rates {
  readonly #source: ShareSource;
  readonly #clock: Clock;
  readonly #leaseMs: number;
  readonly #shares = new Map<string, Share>();
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> = Promise.resolve();

  constructor(source: ShareSource, clock: Clock, leaseMs: number) {
    this.#source = source;
    this.#clock = clock;
    this.#leaseMs = leaseMs;
  }

  /** Most messages one group may hold under these limits. */
  largestGroup(scopes: readonly RateScope[]): number {
    return Math.min(Number.POSITIVE_INFINITY, ...scopes.map((scope) => this.#share(scope).log.largestGroup));
  }

  /** Waits until at least one of `n` messages is due within 50 ms; none when aborted. */
  async take(
    scopes: readonly RateScope[],
    n: number,
    asked: { readonly first: boolean; readonly signal: AbortSignal },
  ): Promise<Tokens> {
    if (scopes.length === 0) return { dues: Array.from({ length: n }, () => this.#clock.monotonic()) };
    const shares = scopes.map((scope) => this.#share(scope));
    for (const share of shares) this.#use(share, asked.first, 1);
    try {
      while (!asked.signal.aborted) {
        const dues = this.#givable(shares, n, asked.first);
        if (dues.length > 0) return { dues };
        await this.#pause(shares, asked.signal);
      }
      return { dues: [] };
    } finally {
      for (const share of shares) this.#use(share, asked.first, -1);
    }
  }

  /** Gives every share back and asks for no more. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
    await Promise.all(
      [...this.#shares.keys()].map((scope) => this.#source.giveBack(scope).catch(() => undefined)),
    );
    this.#shares.clear();
  }

  #givable(shares: readonly Share[], n: number, first: boolean): number[] {
    const now = this.#clock.monotonic();
    if (!first && shares.some((share) => share.first > 0)) return [];
    if (shares.some((share) => share.leaseUntil <= now)) return [];
    const count = Math.min(n, ...shares.map(({ log }) => log.givable(now, n)));
    const dues: number[] = [];
    for (let k = 0; k < count; k += 1) {
      const due = Math.max(now, ...shares.map(({ log }) => log.dueAt(now, 0)));
      for (const { log } of shares) log.take(due);
      dues.push(due);
    }
    return dues;
  }

  #share(scope: RateScope): Share {
    const known = this.#shares.get(scope.scope);
    if (known !== undefined) {
      known.rate = scope.ratePerSecond;
      return known;
    }
    const share: Share = {
      log: new SlidingLog(),
      rate: scope.ratePerSecond,
      first: 0,
      waiting: 0,
      usedAt: this.#clock.monotonic(),
      leaseUntil: 0,
    };
    this.#shares.set(scope.scope, share);
    this.#timer ??= setInterval(() => this.#renewAll(), RENEW_EVERY_MS).unref();
    this.#renewAll();
    return share;
  }

  #use(share: Share, first: boolean, by: 1 | -1): void {
    share.usedAt = this.#clock.monotonic();
    share.waiting += by;
    if (first) share.first += by;
  }

  #renewAll(): void {
    this.#renewing = this.#renewing.then(async () => {
      await Promise.all([...this.#shares].map(([scope, share]) => this.#renew(scope, share)));
    });
  }

  async #renew(scope: string, share: Share): Promise<void> {
    const askedAt = this.#clock.monotonic();
    if (share.waiting === 0 && askedAt - share.usedAt > IDLE_MS) {
      this.#shares.delete(scope);
      await this.#source.giveBack(scope).catch(() => undefined);
      return;
    }
    const request = {
      scope,
      rate: share.rate,
      obeying: share.log.limit,
      wanted: share.rate,
      wantedFirst: share.first > 0 ? 1 : 0,
    };
    const limit = await this.#source.renew(request).catch(() => undefined);
    if (limit === undefined) return;
    share.log.setLimit(limit);
    share.leaseUntil = askedAt + this.#leaseMs;
  }

  async #pause(shares: readonly Share[], signal: AbortSignal): Promise<void> {
    const now = this.#clock.monotonic();
    const waitMs = Math.max(4, Math.min(100, ...shares.map(({ log }) => log.waitMs(now))));
    await resting(waitMs, signal);
  }
}

/** Rests that long, or until aborted. */
function resting(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((rested) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      rested();
    };
    const timer = setTimeout(wake, waitMs);
    signal.addEventListener('abort', wake, { once: true });
  });
}
