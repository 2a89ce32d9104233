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
  /** Removes it from the unknown callers; absent for one that is known. */
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

  /** Admits an unknown caller, or refuses where all others are being answered. */
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

  /** Admits the request of a known caller by their own share, or refuses. */
  enterKnown(res: Response, sharer: Sharer): void {
    places.set(res, { admission: this });
    this.share(res, 'requests', { sharer });
    this.count(res, sharer);
    res.once('close', this.#awaited.add());
  }

  /**
   * Begins an admitted request in the turn of its tenant, or of strangers at its class of address, which may have to
   * give way to known callers; nothing where they hung up before. Without a tenant it is a stranger's.
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

  /** Counts a request of a key, and reports its budgets; refuses any excess. */
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

  /** Counts an export of a key among those of its tenant, and reports both; refuses any excess. */
  countExport(res: Response, { tenant, key }: Sharer): void {
    const now = this.#clock.monotonic();
    // A key has its part of the time of its tenant: with a time of its own it could have two parts in one.
    const ofKey = `${key} ${this.#exports.status(tenant, now).endsAt}`;
    // A refusal of one key takes nothing from the others.
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

  /** Takes a share until the answer is given, or refuses. */
  share(res: Response, name: Shared, { sharer, amount = 1 }: Taking): void {
    const shares = this.#shareOf(name);
    const giveBack = shares.take(sharer, amount);
    if (giveBack === undefined) {
      setRateLimits(res, [heldStatus(name, shares.left(sharer))]);
      throw new Refusal('TOO_MANY_REQUESTS', { retryAfterSeconds: RETRY_SECONDS });
    }
    // The client may have hung up during the look-up.
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

/** Refuses until the last exhausted budget begins anew. */
const tooMany = (statuses: readonly BudgetStatus[]): Refusal =>
  new Refusal('TOO_MANY_REQUESTS', {
    retryAfterSeconds: Math.max(...statuses.filter(({ left }) => left === 0).map(resetOf), RETRY_SECONDS),
  });

function heldStatus(name: Shared, left: number): BudgetStatus {
  const { most, ofTenant = most }: ShareBudget = budgets.known[name];
  return { name, most: ofTenant, left, unit: name === 'bytes' ? 'content-bytes' : 'concurrent-requests' };
}

/** Ends the body of a request early; where nobody reads it, the connection ends. */
function hurry(req: Request, res: Response): void {
  if (!res.emit(HURRY)) req.socket.destroy();
}

/** Calls back once others need the place of a request that still sends. */
export function whenHurried(res: Response, obey: () => void): () => void {
  res.once(HURRY, obey);
  return () => res.off(HURRY, obey);
}

/** Moves a request to its caller's own share, once they are known. */
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

/** Takes a share of what a request's tenant may hold at once; exports are limited within a time too. */
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
  /** Given for a budget by time: its seconds, and those until it begins anew. */
  readonly time?: { readonly withinSeconds: number; readonly resetSeconds: number };
  readonly unit?: 'concurrent-requests' | 'content-bytes';
}

/** Reports budgets in headers (draft-ietf-httpapi-ratelimit-headers-10). */
function setRateLimits(res: Response, statuses: readonly BudgetStatus[]): void {
  if (res.headersSent || statuses.length === 0) return;
  res.set('RateLimit-Policy', statuses.map(policyOf).join(', '));
  res.set('RateLimit', statuses.map(limitOf).join(', '));
}

/** Adds the state of further budgets to the headers, beside the earlier ones. */
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
  /** The owner: an address, its network for IPv6. */
  readonly owner: string;
  /** Says whether it still sends: then it can be ended early. */
  readonly isSending: () => boolean;
  readonly hurry: () => void;
}

/** The requests of unknown callers at one class of addresses: when it is full, the slowest sender is ended. */
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

  /** Admits a request, and returns the function that removes it; undefined when all others are being answered. */
  enter(guest: Guest): (() => void) | undefined {
    if (this.#size >= this.#most && !this.#evictOldest()) return undefined;
    const theirs = this.#guests.get(guest.owner) ?? new Set();
    this.#guests.set(guest.owner, theirs.add(guest));
    this.#size += 1;
    return () => this.#leave(guest);
  }

  /** Ends the oldest sending request of the owner with the most: a few are never ended in favour of many. */
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
