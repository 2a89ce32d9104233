import type { ShareBudget } from './budgets.ts';

/** The owner of a share. */
export interface Sharer {
  readonly tenant: string;
  readonly key: string;
}

/** A shared quantity: each tenant has its part, and some of it whatever others do. */
export class Shares {
  readonly #budget: ShareBudget;
  readonly #ofTenant = new Map<string, number>();
  readonly #ofKey = new Map<string, number>();
  #taken = 0;

  constructor(budget: ShareBudget) {
    this.#budget = budget;
  }

  /** The quantity taken. */
  get taken(): number {
    return this.#taken;
  }

  /** Returns how much of it this tenant and key may still take. */
  left({ tenant, key }: Sharer): number {
    const { most, ofTenant = most, ofKey = ofTenant } = this.#budget;
    return Math.max(
      0,
      Math.min(ofTenant - (this.#ofTenant.get(tenant) ?? 0), ofKey - (this.#ofKey.get(key) ?? 0)),
    );
  }

  /** Takes so much and returns the function that gives it back, once; undefined when there is not so much. */
  take(sharer: Sharer, amount = 1): (() => void) | undefined {
    if (amount > this.left(sharer)) return undefined;
    const held = this.#ofTenant.get(sharer.tenant) ?? 0;
    if (this.#taken + amount > this.#budget.most && held + amount > this.#budget.always) return undefined;
    this.#add(sharer, amount);
    let isHeld = true;
    return () => {
      if (isHeld) this.#add(sharer, -amount);
      isHeld = false;
    };
  }

  #add({ tenant, key }: Sharer, amount: number): void {
    this.#taken += amount;
    add(this.#ofTenant, tenant, amount);
    add(this.#ofKey, key, amount);
  }
}

function add(counts: Map<string, number>, name: string, amount: number): void {
  const count = (counts.get(name) ?? 0) + amount;
  if (count > 0) counts.set(name, count);
  else counts.delete(name);
}
