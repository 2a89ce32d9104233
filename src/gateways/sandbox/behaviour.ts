import { z } from 'zod';

const Rate = z.number().min(0).max(1);

const Failure = z
  .strictObject({
    kind: z.enum(['timeout-after-accept', 'reset', '5xx-before', '5xx-after', 'throttle', 'reject']),
    rate: Rate.optional(),
    next: z.int().min(0).max(1_000_000).optional(),
    retryAfterMs: z.int().min(0).max(600_000).optional(),
    code: z.enum(['NUMBER', 'CONTENT', 'OPTED_OUT', 'CREDIT', 'CREDENTIALS']).optional(),
  })
  .refine(({ rate, next }) => (rate === undefined) !== (next === undefined), 'Give rate or next, not both.');

/** The faults that the operator is asked to simulate; each PUT replaces the former ones. */
export const Behaviour = z.strictObject({
  latencyMs: z.number().min(0).max(120_000).default(0),
  failures: z.array(Failure).max(50).default([]),
  receipts: z
    .strictObject({
      delayMs: z.int().min(0).max(86_400_000).default(500),
      shuffle: z.boolean().default(false),
      duplicate: z.union([z.boolean().transform(Number), Rate]).default(0),
      lost: Rate.default(0),
    })
    .prefault({}),
});

export type Behaviour = z.infer<typeof Behaviour>;

/** One way to fail, with its answer. */
export type Failure = z.infer<typeof Failure>;

/** Decides for each request in turn whether and how it fails. */
export class Misbehaviour {
  #orders: Behaviour = Behaviour.parse({});
  #left: number[] = [];

  /** The orders in force. */
  get orders(): Behaviour {
    return this.#orders;
  }

  /** Replaces all orders, and counts `next` from here. */
  obey(orders: Behaviour): void {
    this.#orders = orders;
    this.#left = orders.failures.map(({ next }) => next ?? 0);
  }

  /** Returns the failure of the next request: counted ones first, then by chance. */
  draw(chance: () => number = Math.random): Failure | undefined {
    const { failures } = this.#orders;
    const counted = this.#left.findIndex((left) => left > 0);
    if (counted >= 0) {
      this.#left[counted] = (this.#left[counted] ?? 0) - 1;
      return failures[counted];
    }
    return failures.find(({ rate }) => rate !== undefined && rate > 0 && chance() < rate);
  }
}
