import { AsyncResource } from 'node:async_hooks';
import type { Request, Response } from 'express';
import { Refusal, type Clock } from '../../platform/index.ts';
import {
  budgets,
  classOf,
  Shares,
  type AddressClass,
  type ClassBudget,
  type ShareBudget,
  type Shared,
  type RateBudget,
  type Sharer,
} from './budgets.ts';
import { Bound, neighbourhood, Spaced, AwaitedAnswers, RequestTurns } from './bounds.ts';

const RETRY_SECONDS = 1;
const HURRY = 'hurry';

interface Place {
  readonly admission: Admission;
  /** Removes the request from those of unknown callers; absent for a known caller. */
  readonly leave?: () => void;
}

const places = new WeakMap<Response, Place>();

export class Admission {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #crowds = new Map<AddressClass, Crowd>();
  readonly #shares = new Map<Shared, Shares>();
  readonly #keys = new Bound(budgets.rates.key.most, budgets.rates.key.withinMs);
  readonly #tenants = new Bound(budgets.rates.tenant.most, budgets.rates.tenant.withinMs);
  readonly #exports = new Bound(budgets.rates.exports.most, budgets.rates.exports.withinMs);
  readonly #spaced = new Spaced(budgets.exportsApartMs);
  readonly #awaited: AwaitedAnswers;
  readonly #turns = new RequestTurns();
  readonly #turnsGivingWay = new RequestTurns(() => (this.#awaited.any ? budgets.strangersApartMs : 0));
  readonly #exportsOfKeys = new Bound(budgets.rates.exportsOfKey.most, budgets.rates.exportsOfKey.withinMs);

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
    this.#awaited = new AwaitedAnswers(clock);
  }

  /**
   * Admits the request of an unknown caller; refuses when there are too many and all others are already being
   * answered.
   */
  enter(req: Request, res: Response): void {
    const name = classOf(req.path);
    const leave = this.#crowd(name).enter({
      owner: neighbourhood(req.ip ?? ''),
      isSending: () => !req.complete,
      hurry: () => hurry(req, res),
    });
    if (leave === undefined) {
      const most = budgets.classes[name].strangers;
      setRateLimits(res, [{ name, most, left: 0, unit: 'concurrent-requests' }]);
      throw new Refusal('TOO_MANY_REQUESTS', { retryAfterSeconds: RETRY_SECONDS });
    }
    places.set(res, { admission: this, leave });
    res.once('close', leave);
  }

  /** Admits the request of a known caller, if their share allows it; refuses otherwise. */
  enterKnown(res: Response, sharer: Sharer): void {
    places.set(res, { admission: this });
    this.share(res, 'requests', { sharer });
    this.count(res, sharer);
    res.once('close', this.#awaited.add());
  }

  /**
   * Begins an admitted request when its turn comes: the turn of its tenant, or of unknown callers of its class of
   * addresses, who may have to give way to known callers. Does nothing when the client has hung up before.
   */
  begin(
    req: Request,
    res: Response,
    { tenant, begin }: { readonly tenant: string | undefined; readonly begin: () => void },
  ): void {
    const beginUnlessClosed = AsyncResource.bind(() => {
      if (res.closed) return false;
      begin();
      return true;
    });
    const name = classOf(req.path);
    const { givesWay }: ClassBudget = budgets.classes[name];
    const turns = tenant === undefined && givesWay === true ? this.#turnsGivingWay : this.#turns;
    turns.take({ line: tenant ?? name, owner: neighbourhood(req.ip ?? '') }, beginUnlessClosed);
  }

  /** Counts a request of a key, sets the headers of its budgets, and refuses when they are exhausted. */
  count(res: Response, sharer: Sharer): void {
    const now = this.#clock.monotonic();
    const { key, tenant } = budgets.rates;
    const isWithin = this.#keys.admits(sharer.key, now) && this.#tenants.admits(sharer.tenant, now);
    const statuses = [
      rateStatus('key', key, this.#keys.status(sharer.key, now)),
      rateStatus('tenant', tenant, this.#tenants.status(sharer.tenant, now)),
    ];
    setRateLimits(res, statuses);
    if (!isWithin) throw tooMany(statuses);
  }

  /**
   * Counts an export of a key and of its tenant, sets the headers of both budgets, and refuses when one is exhausted.
   */
  countExport(res: Response, { tenant, key }: Sharer): void {
    const now = this.#clock.monotonic();
    // A key's budget is for the same period as its tenant's: with periods of its own it could be used twice in one.
    const ofKey = `${key} ${this.#exports.status(tenant, now).endsAt}`;
    // Checked first, so that a refusal of one key takes nothing from the tenant's budget.
    const isWithin = this.#exportsOfKeys.admits(ofKey, now) && this.#exports.admits(tenant, now);
    const all = this.#exports.status(tenant, now);
    const { left } = this.#exportsOfKeys.status(ofKey, now);
    const statuses = [
      rateStatus('exports', budgets.rates.exports, all),
      rateStatus('exports-of-key', budgets.rates.exportsOfKey, { left, resetMs: all.resetMs }),
    ];
    (isWithin ? addRateLimits : setRateLimits)(res, statuses);
    if (!isWithin) throw tooMany(statuses);
  }

  /** Waits until an export of this tenant may begin. */
  awaitExportTime({ tenant }: Sharer): Promise<void> {
    return this.#spaced.wait(tenant, this.#clock.monotonic());
  }

  /** Takes a share until the response is closed; refuses when there is not so much. */
  share(res: Response, name: Shared, { sharer, amount = 1 }: Taking): void {
    const shares = this.#shareOf(name);
    const giveBack = shares.take(sharer, amount);
    if (giveBack === undefined) {
      setRateLimits(res, [heldStatus(name, shares.left(sharer))]);
      throw new Refusal('TOO_MANY_REQUESTS', { retryAfterSeconds: RETRY_SECONDS });
    }
    // The client may have hung up while its key was looked up.
    if (res.closed) giveBack();
    else res.once('close', giveBack);
  }

  #crowd(name: AddressClass): Crowd {
    const crowd = this.#crowds.get(name) ?? new Crowd(budgets.classes[name].strangers);
    this.#crowds.set(name, crowd);
    return crowd;
  }

  #shareOf(name: Shared): Shares {
    const shares = this.#shares.get(name) ?? new Shares(budgets.known[name]);
    this.#shares.set(name, shares);
    return shares;
  }
}

interface Taking {
  readonly sharer: Sharer;
  readonly amount?: number;
}

const resetOf = ({ time }: BudgetStatus): number => time?.resetSeconds ?? 0;

/** Makes the refusal for exhausted budgets, with the seconds until the last of them begins again. */
const tooMany = (statuses: readonly BudgetStatus[]): Refusal =>
  new Refusal('TOO_MANY_REQUESTS', {
    retryAfterSeconds: Math.max(...statuses.filter(({ left }) => left === 0).map(resetOf), RETRY_SECONDS),
  });

function heldStatus(name: Shared, left: number): BudgetStatus {
  const { most, ofTenant = most }: ShareBudget = budgets.known[name];
  return { name, most: ofTenant, left, unit: name === 'bytes' ? 'content-bytes' : 'concurrent-requests' };
}

/**
 * Ends a request whose body is still being sent: its reader refuses it, or the connection is closed when nobody reads
 * it.
 */
function hurry(req: Request, res: Response): void {
  if (!res.emit(HURRY)) req.socket.destroy();
}

/**
 * Calls back when others need the place of a request whose body is still being sent; returns the function that ends
 * this.
 */
export function whenHurried(res: Response, obey: () => void): () => void {
  res.once(HURRY, obey);
  return () => res.off(HURRY, obey);
}

/** Moves a request to its caller's own share, once the caller is known. */
export function becomeKnown(
  res: Response,
  sharer: Sharer,
  name: 'requests' | 'callbacks' = 'requests',
): void {
  const place = places.get(res);
  if (place?.leave === undefined) return;
  place.leave();
  place.admission.share(res, name, { sharer });
  if (name === 'requests') place.admission.count(res, sharer);
}

/** Takes a share of what a request's tenant may use at once; exports are also limited within a period. */
export function takeShare(res: Response, name: Shared, taking: Taking): void {
  const admission = places.get(res)?.admission;
  admission?.share(res, name, taking);
  if (name === 'exports') admission?.countExport(res, taking.sharer);
}

export async function awaitExportTime(res: Response, sharer: Sharer): Promise<void> {
  await places.get(res)?.admission.awaitExportTime(sharer);
}

interface BudgetStatus {
  readonly name: string;
  readonly most: number;
  readonly left: number;
  /** For a budget within a period: the seconds of the period, and those until it begins again. */
  readonly time?: { readonly withinSeconds: number; readonly resetSeconds: number };
  readonly unit?: 'concurrent-requests' | 'content-bytes';
}

/** Sets the headers that report budgets (draft-ietf-httpapi-ratelimit-headers-10). */
function setRateLimits(res: Response, statuses: readonly BudgetStatus[]): void {
  if (res.headersSent || statuses.length === 0) return;
  res.set('RateLimit-Policy', statuses.map(policyOf).join(', '));
  res.set('RateLimit', statuses.map(limitOf).join(', '));
}

function addRateLimits(res: Response, statuses: readonly BudgetStatus[]): void {
  if (res.headersSent) return;
  const beside = (name: string, added: readonly string[]): string =>
    [res.get(name) ?? [], added].flat().join(', ');
  res.set('RateLimit-Policy', beside('RateLimit-Policy', statuses.map(policyOf)));
  res.set('RateLimit', beside('RateLimit', statuses.map(limitOf)));
}

const policyOf = ({ name, most, time, unit }: BudgetStatus): string =>
  [
    `"${name}"`,
    `q=${most}`,
    ...(unit === undefined ? [] : [`qu="${unit}"`]),
    ...(time === undefined ? [] : [`w=${time.withinSeconds}`]),
  ].join(';');

const limitOf = ({ name, left, time }: BudgetStatus): string =>
  [`"${name}"`, `r=${left}`, ...(time === undefined ? [] : [`t=${time.resetSeconds}`])].join(';');

const rateStatus = (
  name: string,
  { most, withinMs }: RateBudget,
  { left, resetMs }: { readonly left: number; readonly resetMs: number },
): BudgetStatus => ({
  name,
  most,
  left,
  time: { withinSeconds: Math.ceil(withinMs / 1_000), resetSeconds: Math.ceil(resetMs / 1_000) },
});

export interface Guest {
  /** The address of the caller; for IPv6, its network. */
  readonly owner: string;
  /** Says whether its body is still being sent: such a request can be ended early. */
  readonly isSending: () => boolean;
  readonly hurry: () => void;
}

/**
 * The requests of unknown callers of one class of addresses. When they are too many, one that is still being sent is
 * ended.
 */
export class Crowd {
  readonly #most: number;
  /** By owner, oldest first. */
  readonly #guests = new Map<string, Set<Guest>>();
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Admits a request, and returns the function that removes it; undefined when there are too many and none can be
   * ended.
   */
  enter(guest: Guest): (() => void) | undefined {
    if (this.#size >= this.#most && !this.#evictOldest()) return undefined;
    const theirs = this.#guests.get(guest.owner) ?? new Set();
    this.#guests.set(guest.owner, theirs.add(guest));
    this.#size += 1;
    return () => this.#leave(guest);
  }

  /**
   * Ends the oldest request still being sent of the address with the most, so that one with few never makes way for
   * one with many.
   */
  #evictOldest(): boolean {
    let found: Guest | undefined;
    let most = 0;
    for (const theirs of this.#guests.values()) {
      const sending = [...theirs].filter((guest) => guest.isSending());
      if (sending.length > most) [most, found] = [sending.length, sending[0]];
    }
    if (found === undefined) return false;
    this.#leave(found);
    found.hurry();
    return true;
  }

  #leave(guest: Guest): void {
    const theirs = this.#guests.get(guest.owner);
    if (theirs?.delete(guest) !== true) return;
    this.#size -= 1;
    if (theirs.size === 0) this.#guests.delete(guest.owner);
  }
}
