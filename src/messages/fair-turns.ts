/** Whose messages they are: a campaign of a tenant, or what a tenant owes single people. */
export interface Flow {
  readonly tenantId: string;
  /** Anything that is one among the tenant's own. */
  readonly of: string;
}

/** One that takes part: how much it was given, and how many of it wait. */
interface Party {
  given: number;
  waiting: number;
}

interface Tenant extends Party {
  readonly flows: Map<string, Party>;
}

/** More parties than that are forgotten once none of them waits. */
const MOST_KEPT = 1_000;

/**
 * Whose turn it is where there is not enough for all: tenants are given alike, and within each its campaigns.
 *
 * Whoever did not wait for a while is owed nothing for it: it comes back beside those who were given least.
 */
export class FairTurns {
  readonly #tenants = new Map<string, Tenant>();

  /** Whether nobody who waits was given less, neither another tenant nor another campaign of this one. */
  isTurnOf({ tenantId, of }: Flow): boolean {
    const tenant = this.#tenants.get(tenantId);
    const flow = tenant?.flows.get(of);
    return isLeast(this.#tenants, tenant) && (tenant === undefined || isLeast(tenant.flows, flow));
  }

  /** Waits from now on; answers what ends it. */
  waits(flow: Flow): () => void {
    const parties = this.#partiesOf(flow);
    for (const party of parties) party.waiting += 1;
    return () => {
      for (const party of parties) party.waiting -= 1;
    };
  }

  /** Was given so many. */
  gave(flow: Flow, count: number): void {
    for (const party of this.#partiesOf(flow)) party.given += count;
  }

  #partiesOf({ tenantId, of }: Flow): readonly Party[] {
    if (this.#tenants.size >= MOST_KEPT && !this.#tenants.has(tenantId)) forget(this.#tenants);
    const tenant = joined<Tenant>(this.#tenants, tenantId, (given) => ({
      given,
      waiting: 0,
      flows: new Map<string, Party>(),
    }));
    if (tenant.flows.size >= MOST_KEPT && !tenant.flows.has(of)) forget(tenant.flows);
    return [tenant, joined<Party>(tenant.flows, of, (given) => ({ given, waiting: 0 }))];
  }
}

/** A party that is here, or comes (back) beside those who wait and were given least. */
function joined<P extends Party>(parties: Map<string, P>, name: string, made: (given: number) => P): P {
  const known = parties.get(name);
  const least = leastOf(parties) ?? 0;
  if (known === undefined) {
    const party = made(least);
    parties.set(name, party);
    return party;
  }
  if (known.waiting === 0) known.given = Math.max(known.given, least);
  return known;
}

function isLeast(parties: ReadonlyMap<string, Party>, party: Party | undefined): boolean {
  const least = leastOf(parties);
  return least === undefined || (party?.given ?? least) <= least;
}

/** What the least served of those who wait was given; nothing when nobody waits. */
function leastOf(parties: ReadonlyMap<string, Party>): number | undefined {
  let least: number | undefined;
  for (const { given, waiting } of parties.values())
    if (waiting > 0 && (least === undefined || given < least)) least = given;
  return least;
}

function forget(parties: Map<string, Party>): void {
  for (const [name, { waiting }] of parties) if (waiting === 0) parties.delete(name);
}
