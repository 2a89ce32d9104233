import { type Clock, type Ledger } from '../../platform/index.ts';
import { resting } from '../../base/index.ts';
import type { Gateway, Slot, SubmitResult } from '../gateway/gateway.ts';
import type { Account } from '../accounts/account.ts';
import type { BatchRun } from '../batch/batch-run.repository.ts';
import { perGateway, precedenceAt, rank, rankOf } from './precedence.ts';
import { isThrottled, type Rates, type TokenDemand, type RateScope, type Token } from './rate.ts';

const LARGEST_GROUP = 50;
const POLL_MS = 5;
/** Longer than `POLL_MS`, so that a worker that steps back leaves the processor to higher ranks. */
const STEPPED_BACK_MS = 50;
/**
 * With more answers not yet in the ledger, marking pauses: with the connections, this bounds all that is in flight.
 */
const MOST_UNRECORDED = 450;
/** The part of these that notices and advertising leave to reminders and answers. */
const KEPT_FREE = 50;

/** Slots for some messages: for each a connection now and a token due within 50 ms. */
export interface ReservedSlots {
  readonly slots: readonly Slot[];
  readonly tokens: readonly Token[];
}

/** Returns the unused slots; used ones are not affected. */
export function releaseUnused(reserved: ReservedSlots): void {
  for (const slot of reserved.slots) slot.release();
  for (const token of reserved.tokens) token.unused();
}

/** Returns a handler of errors that releases the unused slots and throws the error again. */
export const givingBack =
  (reserved: ReservedSlots) =>
  (cause: unknown): never => {
    releaseUnused(reserved);
    throw cause;
  };

export interface Pacing {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly rates: Rates;
}

export class SlotFinder {
  readonly #sending: Pacing;
  readonly #gateway: Gateway;
  readonly #about: { readonly run: BatchRun; readonly account: Account };
  readonly #demand: TokenDemand;

  constructor(
    sending: Pacing,
    about: { readonly run: BatchRun; readonly account: Account; readonly signal: AbortSignal },
  ) {
    this.#sending = sending;
    this.#gateway = about.account.gateway;
    this.#about = about;
    this.#demand = { rank: rankOf(about.run), flow: flowOf(about.run), signal: about.signal };
  }

  /** Milliseconds for which the failing operator is left alone. */
  restMs(): number {
    return circuitOf(this.#gateway).restMs(this.#sending.clock.monotonic());
  }

  /** Says whether attempts failed for so long that nothing waits any more. */
  isLost(): boolean {
    return circuitOf(this.#gateway).isLost(this.#sending.clock.monotonic());
  }

  /** Says whether a full-sized group could be sent: small groups cost PostgreSQL as much. */
  isWide(wished: number): boolean {
    return this.#most(wished) >= Math.min(wished, LARGEST_GROUP);
  }

  /** Finds at most `wished` slots, by rank; none when there are none just now. */
  async find(wished: number): Promise<ReservedSlots> {
    const most = this.#most(wished);
    if (most === 0) return this.#waitForSlot(wished);
    const tokens = await this.#sending.rates.take(this.#scopes(), most, this.#demand);
    // Others may have taken the connections, or closed the circuit, meanwhile.
    const slots = this.#gateway.reserve(Math.min(tokens.length, this.#most(wished)));
    for (const token of tokens.slice(slots.length)) token.unused();
    return { slots, tokens: tokens.slice(0, slots.length) };
  }

  #most(wished: number): number {
    const { ledger, rates, clock } = this.#sending;
    const { rank: whose } = this.#demand;
    if (ledger.unrecorded > MOST_UNRECORDED - (whose === rank.own ? 0 : KEPT_FREE)) return 0;
    const free = this.#gateway.freeSlots();
    const slots = precedenceAt(this.#gateway).left(free, whose);
    const most = Math.min(wished, LARGEST_GROUP, rates.largestGroup(this.#scopes()), slots);
    return circuitOf(this.#gateway).allowed(clock.monotonic(), most);
  }

  #scopes(): readonly RateScope[] {
    const { run, account } = this.#about;
    return scopesOf(run, account, this.#sending.rates.learnedLimits.limitOf(account.id));
  }

  async #waitForSlot(wished: number): Promise<ReservedSlots> {
    if (this.#gateway.freeSlots() === 0) {
      circuitOf(this.#gateway).noteFailure(this.#sending.clock.monotonic());
      for (const slot of this.#gateway.reserve(1)) slot.release();
    }
    const { rank: whose } = this.#demand;
    const precedence = precedenceAt(this.#gateway);
    const restMs = precedence.isBehind(whose) ? STEPPED_BACK_MS : POLL_MS;
    await precedence.waits(whose, wished, () => resting(restMs));
    return { slots: [], tokens: [] };
  }
}

/**
 * Returns the flow of a batch: a campaign takes turns as one, however many batches it has, and messages to single
 * people too.
 */
const flowOf = ({ tenantId, order }: BatchRun) => ({
  tenantId,
  of: order.kind === 'campaign' ? order.campaignId : order.kind,
});

/** Returns the limits on a batch: its account's, the lower of configured and inferred, and its campaign's own. */
function scopesOf({ order }: BatchRun, account: Account, learnt: number | undefined): RateScope[] {
  const campaign = order.kind === 'campaign' ? order.ratePerSecond : null;
  const ratePerSecond = Math.min(account.ratePerSecond ?? Infinity, learnt ?? Infinity);
  return [
    ...(ratePerSecond === Infinity ? [] : [{ scope: `account:${account.id}`, ratePerSecond }]),
    ...(order.kind === 'campaign' && campaign !== null
      ? [{ scope: `campaign:${order.campaignId}`, ratePerSecond: campaign }]
      : []),
  ];
}

/** Failed calls in a row after which the operator counts as down: each more would be one more in doubt. */
const OPENS_AFTER = 20;
/** A failing operator is tried with one message each 3 s: well below the 10 s in which work goes on again. */
const REST_MS = 3_000;
/** Without an accepted message for so long, another account of the route may take over. */
const TOO_LONG_MS = 60_000;
/** Fewer failures than that may be accidents. */
const TIMES = 5;

/** Stops writing to a failing operator, and tries it again with one message at a time. */
export class Circuit {
  #failures = 0;
  #triesAt = 0;
  #trying = false;
  #failingSince: number | undefined;
  #failedAt = 0;
  #failedTimes = 0;
  #restsUntil = 0;

  /** Returns how many messages may be written at that moment. */
  allowed(now: number, wished: number): number {
    if (now < this.#restsUntil) return 0;
    if (this.#failures < OPENS_AFTER) return wished;
    return this.#trying || now < this.#triesAt ? 0 : Math.min(1, wished);
  }

  /** Milliseconds until it is retried; 0 when it may be written to. */
  restMs(now: number): number {
    const restMs = Math.max(0, this.#restsUntil - now);
    return this.#failures < OPENS_AFTER ? restMs : Math.max(restMs, this.#triesAt - now);
  }

  /** Records that a receipt reported too fast a rate. */
  rests(now: number): void {
    this.#restsUntil = now + REST_MS;
  }

  /** Records that a message is about to be written; its outcome must follow. */
  begins(): void {
    this.#trying = this.#failures >= OPENS_AFTER;
  }

  /** Records an outcome; an unwritten message says nothing about the operator. */
  note(result: SubmitResult, now: number): void {
    this.#trying = false;
    if (failed(result) || isThrottled(result)) this.noteFailure(now);
    else if (result.kind !== 'NOT_WRITTEN') this.#failingSince = undefined;
    if (failed(result)) {
      this.#failures += 1;
      this.#triesAt = now + REST_MS;
    } else if (result.kind !== 'NOT_WRITTEN') {
      this.#failures = 0;
    }
  }

  /** Records a failure: no connection, no answer, or one that asks to slow down. */
  noteFailure(now: number): void {
    // After a long pause an operator starts anew.
    if (this.#failingSince === undefined || now - this.#failedAt > 2 * TOO_LONG_MS) {
      this.#failingSince = now;
      this.#failedTimes = 0;
    }
    this.#failedAt = now;
    this.#failedTimes += 1;
  }

  /** Says whether failures lasted so long, and were so recent, that messages need not wait for it. */
  isLost(now: number): boolean {
    const lasts = this.#failingSince !== undefined && now - this.#failingSince >= TOO_LONG_MS;
    return lasts && this.#failedTimes >= TIMES && now - this.#failedAt < TOO_LONG_MS;
  }
}

/** Says whether an operator failed; a refusal of one message is the answer of a healthy one. */
const failed = (result: SubmitResult): boolean =>
  result.kind === 'UNKNOWN' || (result.kind === 'REFUSED' && result.errorClass === 'RETRYABLE');

/** Returns the circuit of an account, shared by all batches of this worker. */
export const circuitOf = perGateway(() => new Circuit());
