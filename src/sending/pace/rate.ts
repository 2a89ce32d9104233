import { faultOf, type Clock, type Log } from '../../platform/index.ts';
import { resting } from '../../base/index.ts';
import type { Account } from '../accounts/account.ts';
import type { SubmitResult } from '../gateway/gateway.ts';
import { FairTurns, sumOfHigher, rank, type Flow, type Rank } from './precedence.ts';
import { LearnedRateLimits, type LearnedLimitStore } from './learned-rate-limit.ts';
import { SlidingLog } from './sliding-log.ts';

const RENEW_EVERY_MS = 1_000;
/** Renewal while a rate is shared and somebody waits, so that the busier worker soon gets more. */
const SHARED_EVERY_MS = 250;
/** A token that waited longer is void; well below a second, within which the log still corrects itself. */
const TOKEN_LIVES_MS = 500;
/** So long after a limit fell, tokens given under the higher one are used or void. */
const STILL_LEAVES_MS = TOKEN_LIVES_MS + 100;
/** An unused share is returned after this. */
const IDLE_MS = 5_000;

/** A limit that all workers keep together: an account's, or a campaign's beneath it. */
export interface RateScope {
  /** `account:<id>` or `campaign:<id>`. */
  readonly scope: string;
  readonly ratePerSecond: number;
}

/** A worker's renewal of its share of a scope. */
export interface ShareRequest {
  /** `account:<id>` or `campaign:<id>`. */
  readonly scope: string;
  readonly workerId: string;
  /** Messages a second of the whole scope. */
  readonly rate: number;
  /** The limit that this worker keeps now. */
  readonly obeying: number;
  /** Messages that it wrote within the last second, or may still write. */
  readonly spent: number;
  /** Messages a second it could use; reminders and answers count as first, notices next. */
  readonly wanted: number;
  readonly wantedFirst: number;
  readonly wantedNotices: number;
}

/** The source of shares of a rate; PostgreSQL in production. */
export interface ShareSource {
  renew(request: Omit<ShareRequest, 'workerId'>): Promise<number>;
  giveBack(scope: string): Promise<void>;
  /** The store of inferred limits; without it they end with this process. */
  readonly learnedLimits?: LearnedLimitStore;
  /** Receives the first fault of renewing a share. */
  readonly log?: Log | undefined;
}

const NOWHERE: LearnedLimitStore = { read: async () => undefined, keep: async () => undefined };

/** Permission to write one message. */
export interface Token {
  /** The due time, on the monotonic scale. */
  readonly due: number;
  /** Nothing is written under it from then on: it is too old, or its share may be another worker's. */
  readonly goodUntil: number;
  /** Records the moment of its first byte. */
  wrote(at: number): void;
  /** Returns it unused. */
  unused(): void;
}

/** Who asks for tokens, and until when. */
export interface TokenDemand {
  readonly rank: Rank;
  /** The owner of the messages: when tokens are scarce, owners of one rank take turns. */
  readonly flow?: Flow;
  readonly signal: AbortSignal;
}

interface Share {
  readonly log: SlidingLog;
  rate: number;
  /** The turns among owners of one rank. */
  readonly turns: Readonly<Record<Rank, FairTurns>>;
  /** The number that waits for this share and nothing else, by rank. */
  readonly lacking: Record<Rank, number>;
  waiting: number;
  /** Tokens given since `countedAt`, and in the last full second. */
  given: number;
  countedAt: number;
  used: number;
  /** True when a request had to wait since the last renewal. */
  pressed: boolean;
  usedAt: number;
  /** True since its work was handed over: then it is returned soon, unless somebody asks again. */
  isLeft: boolean;
  leaseUntil: number;
  /** The time of the last request. */
  askedAt: number;
  /** The limit before it fell: its tokens may still be used. */
  former: { readonly limit: number; readonly until: number };
}

/** Returns the moment until which all of these tokens are valid. */
export const goodUntil = (tokens: readonly Token[]): number =>
  Math.min(Number.POSITIVE_INFINITY, ...tokens.map((token) => token.goodUntil));

/** The rates of one worker: its shares, and the first bytes that count against them. */
export class Rates {
  /** The inferred limits of accounts. */
  readonly learnedLimits: LearnedRateLimits;
  readonly #source: ShareSource;
  readonly #clock: Clock;
  readonly #leaseMs: number;
  readonly #shares = new Map<string, Share>();
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | undefined;
  #again = false;
  #isFailing = false;

  constructor(source: ShareSource, clock: Clock, leaseMs: number) {
    this.#source = source;
    this.#clock = clock;
    this.#leaseMs = leaseMs;
    this.learnedLimits = new LearnedRateLimits(source.learnedLimits ?? NOWHERE, clock);
  }

  /** Returns this worker's share of what all workers may send; the whole while nobody shares it. */
  partOf(scope: string): number {
    const share = this.#shares.get(scope);
    return share === undefined || share.log.limit === 0 ? 1 : Math.min(1, share.log.limit / share.rate);
  }

  /** Returns the maximum size of a group under these limits. */
  largestGroup(scopes: readonly RateScope[]): number {
    return Math.min(Number.POSITIVE_INFINITY, ...scopes.map((scope) => this.#share(scope).log.largestGroup));
  }

  /** Waits until at least one of `n` messages is due within 50 ms; none when aborted. */
  async take(scopes: readonly RateScope[], n: number, demand: TokenDemand): Promise<readonly Token[]> {
    const shares = scopes.map((scope) => this.#share(scope));
    for (const share of shares) share.waiting += 1;
    try {
      while (!demand.signal.aborted) {
        const tokens = this.#given(shares, n, demand);
        if (tokens.length > 0) return tokens;
        await this.#pause(shares, demand);
      }
      return [];
    } finally {
      for (const share of shares) share.waiting -= 1;
    }
  }

  /**
   * Returns the shares that nobody here waits for any more, as soon as their last token is void: the work was handed
   * over, and whoever took it would wait for a slow worker to lower them step by step.
   */
  handBack(): void {
    for (const share of this.#shares.values()) share.isLeft = true;
  }

  /** Returns every share and asks for no more. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#again = false;
    await this.#renewing;
    await Promise.all(
      [...this.#shares.keys()].map((scope) => this.#source.giveBack(scope).catch(() => undefined)),
    );
    this.#shares.clear();
  }

  #given(shares: readonly Share[], n: number, { rank: whose, flow }: TokenDemand): Token[] {
    const now = this.#clock.monotonic();
    if (shares.some(({ lacking }) => sumOfHigher(lacking, whose) > 0)) return [];
    if (shares.some((share) => share.leaseUntil <= now || !isTurn(share, whose, flow))) return [];
    const count = Math.min(n, ...shares.map(({ log }) => log.givable(now, n)));
    if (flow !== undefined) for (const { turns } of shares) turns[whose].gave(flow, count, now);
    return Array.from({ length: count }, () => this.#token(shares, now));
  }

  #token(shares: readonly Share[], now: number): Token {
    const due = Math.max(now, ...shares.map(({ log }) => log.dueAt(now, 0)));
    for (const share of shares) {
      share.log.take(due);
      share.given += 1;
      share.usedAt = now;
    }
    return {
      due,
      goodUntil: Math.min(
        shares.length === 0 ? Number.POSITIVE_INFINITY : due + TOKEN_LIVES_MS,
        ...shares.map(({ leaseUntil }) => leaseUntil),
      ),
      wrote: (at) => {
        for (const { log } of shares) log.wrote(due, at);
      },
      unused: () => {
        for (const { log } of shares) log.giveBack(due);
      },
    };
  }

  #share(scope: RateScope): Share {
    const known = this.#shares.get(scope.scope);
    if (known !== undefined) {
      known.rate = scope.ratePerSecond;
      known.isLeft = false;
      return known;
    }
    const share: Share = {
      log: new SlidingLog(),
      rate: scope.ratePerSecond,
      lacking: { 0: 0, 1: 0, 2: 0 },
      turns: { 0: new FairTurns(), 1: new FairTurns(), 2: new FairTurns() },
      waiting: 0,
      given: 0,
      countedAt: this.#clock.monotonic(),
      used: 0,
      pressed: true,
      usedAt: this.#clock.monotonic(),
      isLeft: false,
      leaseUntil: 0,
      askedAt: Number.NEGATIVE_INFINITY,
      former: { limit: 0, until: 0 },
    };
    this.#shares.set(scope.scope, share);
    this.#timer ??= setInterval(() => this.#renewAll(), SHARED_EVERY_MS).unref();
    this.#renewAll();
    return share;
  }

  /** One renewal at a time: a database that is gone for a minute must not find sixty of them waiting. */
  #renewAll(): void {
    if (this.#renewing !== undefined) {
      this.#again = true;
      return;
    }
    this.#renewing = this.#renewEach().finally(() => {
      this.#renewing = undefined;
      if (this.#again) this.#renewAll();
    });
  }

  async #renewEach(): Promise<void> {
    this.#again = false;
    const now = this.#clock.monotonic();
    const due = [...this.#shares].filter(([, share]) => isDue(share, now));
    await Promise.all(due.map(([scope, share]) => this.#renew(scope, share)));
  }

  async #renew(scope: string, share: Share): Promise<void> {
    const askedAt = this.#clock.monotonic();
    if (share.waiting === 0 && askedAt - share.usedAt > (share.isLeft ? STILL_LEAVES_MS : IDLE_MS)) {
      this.#shares.delete(scope);
      await this.#source.giveBack(scope).catch(() => undefined);
      return;
    }
    countFullSecond(share, askedAt);
    const request = {
      scope,
      rate: share.rate,
      obeying: obeyed(share, askedAt),
      spent: share.log.countedAt(askedAt),
      ...wishOf(share),
    };
    share.askedAt = askedAt;
    share.pressed = share.waiting > 0;
    const limit = await this.#source.renew(request).catch((error: unknown) => this.#noteFailure(error));
    if (limit === undefined) return;
    this.#isFailing = false;
    if (limit < share.log.limit) {
      const now = this.#clock.monotonic();
      share.former = { limit: obeyed(share, now), until: now + STILL_LEAVES_MS };
    }
    share.log.setLimit(limit);
    share.leaseUntil = askedAt + this.#leaseMs;
  }

  /**
   * Logs the first failed renewal, whatever its cause. Thrown from a timer it would end the worker with all that is
   * under way; the lease ends by itself instead, and nothing more is sent under it until a renewal succeeds.
   */
  #noteFailure(error: unknown): undefined {
    if (!this.#isFailing)
      this.#source.log?.warn(
        { fault: faultOf(error) },
        'the share of a rate is not renewed; it is tried again',
      );
    this.#isFailing = true;
  }

  /** A request that waits for an exhausted share precedes lower ranks there, and only there. */
  async #pause(shares: readonly Share[], demand: TokenDemand): Promise<void> {
    const now = this.#clock.monotonic();
    const lacking = shares.filter((share) => share.leaseUntil <= now || share.log.givable(now, 1) === 0);
    const waitMs = Math.max(4, Math.min(100, Math.max(0, ...lacking.map(({ log }) => log.waitMs(now)))));
    for (const share of lacking) {
      share.pressed = true;
      share.lacking[demand.rank] += 1;
    }
    const turnOver = waitsForTurn(shares, { ...demand, lacking, now });
    await resting(waitMs, demand.signal);
    turnOver?.();
    for (const share of lacking) share.lacking[demand.rank] -= 1;
  }
}

/** Waits for a turn under the narrowest exhausted limit alone: under a wider one it would keep others waiting. */
function waitsForTurn(
  shares: readonly Share[],
  {
    rank: whose,
    flow,
    lacking,
    now,
  }: TokenDemand & { readonly lacking: readonly Share[]; readonly now: number },
): (() => void) | undefined {
  if (flow === undefined) return undefined;
  const narrowest = shares.findLast((share) => lacking.includes(share) || !isTurn(share, whose, flow));
  return narrowest?.turns[whose].waits(flow, now);
}

const isTurn = ({ turns }: Share, whose: Rank, flow: Flow | undefined): boolean =>
  flow === undefined || turns[whose].isTurnOf(flow);

/** A timer may fire a little early. */
const EARLY_MS = 20;

const isDue = (share: Share, now: number): boolean =>
  now - share.askedAt >= (isUrgent(share, now) ? SHARED_EVERY_MS : RENEW_EVERY_MS) - EARLY_MS;

/** Says whether to renew early: more would be used, or another worker waits for a lower limit, or for all of it. */
const isUrgent = ({ log, rate, pressed, waiting, former, isLeft }: Share, now: number): boolean =>
  isLeft || (log.limit < rate && (pressed || waiting > 0 || now < former.until + 2 * SHARED_EVERY_MS));

/** Returns the limit that this worker keeps now; under a former one, the messages that it still may write. */
const obeyed = ({ log, former }: Share, now: number): number =>
  now < former.until ? Math.max(log.limit, Math.min(former.limit, log.countedAt(now))) : log.limit;

/** Counts use over full seconds only: extrapolating a part of one would overstate it. */
function countFullSecond(share: Share, now: number): void {
  const countedMs = now - share.countedAt;
  if (countedMs < RENEW_EVERY_MS - EARLY_MS) return;
  share.used = Math.ceil((share.given * 1_000) / Math.max(countedMs, RENEW_EVERY_MS));
  share.given = 0;
  share.countedAt = now;
}

/** Returns what a worker could use: everything if it had to wait, else twice its use of a second. */
function wishOf({ pressed, rate, given, used, lacking }: Share) {
  const wanted = pressed ? rate : Math.min(rate, Math.max(1, 2 * Math.max(given, used)));
  const isFirst = lacking[rank.own] > 0;
  const isNotice = !isFirst && lacking[rank.notice] > 0;
  return { wanted, wantedFirst: isFirst ? wanted : 0, wantedNotices: isNotice ? wanted : 0 };
}

/** Says whether an operator asks for less, by a 429 or in its own way. */
export const isThrottled = (result: SubmitResult): result is Extract<SubmitResult, { kind: 'REFUSED' }> =>
  result.kind === 'REFUSED' && result.errorClass === 'THROTTLED';

/** Our own code for a full session: the operator was not asked, and did not complain. */
const OUR_OWN = 'WINDOW_FULL';

/**
 * Updates the limit of an account from an answer: it falls with each complaint of the operator, and grows while
 * messages are taken. True when the complaint is met by slowing down alone: the operator takes some messages, and
 * named no time to wait for.
 */
export function learnFromResult(rates: Rates, { id, ratePerSecond }: Account, result: SubmitResult): boolean {
  const part = rates.partOf(`account:${id}`);
  if (result.kind === 'ACCEPTED')
    rates.learnedLimits.took(id, { messages: result.perRecipient.length, part });
  if (!isThrottled(result) || result.code === OUR_OWN) return false;
  const takesSome = rates.learnedLimits.complained(id, { part, statedLimit: ratePerSecond });
  return takesSome && result.retryAfterMs === undefined;
}
