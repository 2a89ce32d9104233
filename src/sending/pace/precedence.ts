import type { Gateway } from '../gateway/gateway.ts';
import type { BatchRun } from '../batch/batch-run.repository.ts';

/** More batches of higher rank under way are a backlog: lower ranks wait until it is gone. */
const MOST_BESIDE_OTHERS = 8;

/** The ranks of messages: what one person is owed, notices of events to many, advertising. */
export const rank = { own: 0, notice: 1, advertising: 2 } as const;

export type Rank = (typeof rank)[keyof typeof rank];

/** Returns the rank of a batch: reminders and answers are one person's own. */
export function rankOf({ purpose, order }: Pick<BatchRun, 'purpose' | 'order'>): Rank {
  if (purpose === 'marketing') return rank.advertising;
  return order.kind === 'campaign' ? rank.notice : rank.own;
}

/** The precedence among batches at one account of this worker. */
class Precedence {
  readonly #underWay: Record<Rank, number> = { 0: 0, 1: 0, 2: 0 };
  readonly #waiting: Record<Rank, number> = { 0: 0, 1: 0, 2: 0 };

  /** Says whether so many batches of higher rank are under way that this rank waits. */
  isBehind(whose: Rank): boolean {
    return sumOfHigher(this.#underWay, whose) > MOST_BESIDE_OTHERS;
  }

  /** Returns how many of the free connections higher ranks leave. */
  left(slots: number, whose: Rank): number {
    return this.isBehind(whose) ? 0 : Math.max(0, slots - sumOfHigher(this.#waiting, whose));
  }

  /** Sends the messages of one batch. */
  async sending<T>(whose: Rank, work: () => Promise<T>): Promise<T> {
    this.#underWay[whose] += 1;
    try {
      return await work();
    } finally {
      this.#underWay[whose] -= 1;
    }
  }

  /** Rests while so many messages of a rank find no connection. */
  async waits(whose: Rank, messages: number, rest: () => Promise<void>): Promise<void> {
    this.#waiting[whose] += messages;
    await rest();
    this.#waiting[whose] -= messages;
  }
}

/** Sums the counts of the ranks that go first. */
export const sumOfHigher = (counts: Readonly<Record<Rank, number>>, whose: Rank): number =>
  (whose > rank.own ? counts[rank.own] : 0) + (whose > rank.notice ? counts[rank.notice] : 0);

/** Returns a getter of one `T` for each account: made at its first use, shared by all batches of this worker. */
export function perGateway<T>(make: () => T): (gateway: Gateway) => T {
  const known = new WeakMap<Gateway, { readonly one: T }>();
  return (gateway) => {
    const made = known.get(gateway) ?? { one: make() };
    known.set(gateway, made);
    return made.one;
  };
}

export const precedenceAt = perGateway(() => new Precedence());

/** The messages that take turns as one: those of a campaign, or a tenant's messages to single people. */
export interface Flow {
  readonly tenantId: string;
  /** Names the flow among the tenant's own. */
  readonly of: string;
}

/** A participant: how much it was given, and how many of it wait. */
interface Party {
  given: number;
  waiting: number;
  /** The last time it waited or was served. */
  seenAt: number;
}

/** A participant that returns sooner counts as busy, not as away. */
const AWAY_MS = 1_000;

/** Absent participants are removed beyond so many. */
const MOST_KEPT = 1_000;

/** Participants that take turns: the waiting one that was given least is next. */
class Turns<P extends Party> {
  readonly #parties = new Map<string, P>();
  readonly #made: (party: Party) => P;
  /** The least that participants were given: a new or returning one begins there. */
  #floor = 0;

  constructor(made: (party: Party) => P) {
    this.#made = made;
  }

  known(name: string): P | undefined {
    return this.#parties.get(name);
  }

  isLeast(party: Party | undefined): boolean {
    const given = party?.given ?? this.#floor;
    for (const other of this.#parties.values()) if (other.waiting > 0 && other.given < given) return false;
    return true;
  }

  here(name: string, now: number): P {
    this.#raiseFloor(now);
    const known = this.#parties.get(name);
    if (known === undefined) return this.#joined(name, now);
    if (isAway(known, now)) known.given = Math.max(known.given, this.#floor);
    known.seenAt = now;
    return known;
  }

  #joined(name: string, now: number): P {
    if (this.#parties.size >= MOST_KEPT)
      for (const [other, party] of this.#parties) if (isAway(party, now)) this.#parties.delete(other);
    const party = this.#made({ given: this.#floor, waiting: 0, seenAt: now });
    this.#parties.set(name, party);
    return party;
  }

  #raiseFloor(now: number): void {
    let least = Number.POSITIVE_INFINITY;
    for (const party of this.#parties.values()) if (!isAway(party, now)) least = Math.min(least, party.given);
    if (least !== Number.POSITIVE_INFINITY) this.#floor = Math.max(this.#floor, least);
  }
}

const isAway = ({ waiting, seenAt }: Party, now: number): boolean => waiting === 0 && now - seenAt > AWAY_MS;

/**
 * Shares scarce tokens fairly: equally among tenants, and within each among its campaigns. Absence earns no credit.
 * Moments are of the monotonic clock.
 */
export class FairTurns {
  readonly #tenants = new Turns<Party & { readonly flows: Turns<Party> }>((party) => ({
    ...party,
    flows: new Turns((flow) => flow),
  }));

  /** Says whether nobody who waits was given less: no other tenant, and no other campaign of this one. */
  isTurnOf({ tenantId, of }: Flow): boolean {
    const tenant = this.#tenants.known(tenantId);
    return this.#tenants.isLeast(tenant) && tenant?.flows.isLeast(tenant.flows.known(of)) !== false;
  }

  /** Starts waiting; returns the function that ends it. */
  waits(flow: Flow, now: number): () => void {
    const parties = this.#partiesOf(flow, now);
    for (const party of parties) party.waiting += 1;
    return () => {
      for (const party of parties) party.waiting -= 1;
    };
  }

  /** Records a grant. */
  gave(flow: Flow, count: number, now: number): void {
    for (const party of this.#partiesOf(flow, now)) party.given += count;
  }

  #partiesOf({ tenantId, of }: Flow, now: number): readonly Party[] {
    const tenant = this.#tenants.here(tenantId, now);
    return [tenant, tenant.flows.here(of, now)];
  }
}
