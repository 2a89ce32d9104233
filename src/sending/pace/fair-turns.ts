/** The owner of messages: a campaign of a tenant, or the tenant's messages to single people. */
export interface Flow {
  readonly tenantId: string;
  /** Names one of the tenant's own flows. */
  readonly of: string;
}

/** A participant: how much it was given, and how many of it wait. */
interface Party {
  given: number;
  waiting: number;
  /** The last time it waited or was served. */
  seenAt: number;
}

/** A participant that returns sooner was busy, not away. */
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

interface Tenant extends Party {
  readonly flows: Turns<Party>;
}

/**
 * Shares scarce tokens fairly: equally among tenants, and within each among its campaigns. Absence earns no credit.
 * Moments are of the monotonic clock.
 */
export class FairTurns {
  readonly #tenants = new Turns<Tenant>((party) => ({ ...party, flows: new Turns((flow) => flow) }));

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
