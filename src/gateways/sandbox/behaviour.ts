import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { Client } from 'undici';
import { type RequestRecord, reachedHandset } from './log-record.ts';
import type { OperatorLog } from './operator-log.ts';

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

export type Failure = z.infer<typeof Failure>;

/** Decides for each request in turn whether and how it fails. */
export class Misbehaviour {
  #orders: Behaviour = Behaviour.parse({});
  #left: number[] = [];

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

interface PumpSettings {
  readonly log: OperatorLog;
  readonly webhook: Webhook;
  readonly orders: () => Behaviour['receipts'];
  readonly clock: { machine(): number; lawAt(): string };
  /** File of the reached position, so that a restart goes on from there. */
  readonly path: string;
}

const TOGETHER = 100;

/** Between two looks for due receipts: far below what a person notices. */
const LOOK_EVERY_MS = 100;

const RETRY_MS = { first: 500, most: 5_000 };

/** Minimum interval of storing the position; receipts sent since are repeated after a restart, as operators do. */
const KEEP_EVERY_MS = 1_000;

/**
 * Sends receipts in the order of the log, late, twice, shuffled or never, as ordered. The log is its queue: nothing
 * is held in memory, and a webhook that is down only delays it.
 */
export class ReceiptPump {
  readonly #settings: PumpSettings;
  #reached = 0;
  #keptAt = 0;
  #stopped = false;
  #wake: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(settings: PumpSettings) {
    this.#settings = settings;
  }

  /** Everything before this offset has had its receipt. */
  get reached(): number {
    return this.#reached;
  }

  /** Goes on from the stored position. */
  async start(): Promise<void> {
    this.#reached = Math.min(await keptPlace(this.#settings.path), this.#settings.log.size);
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#running;
    await this.#keep();
  }

  async #run(): Promise<void> {
    let retryMs = RETRY_MS.first;
    while (!this.#stopped) {
      const { due, next } = await this.#due();
      const delivered = due.length === 0 || (await this.#deliver(due));
      if (delivered) await this.#advance(next);
      retryMs = delivered ? RETRY_MS.first : Math.min(retryMs * 2, RETRY_MS.most);
      if (!delivered || due.length === 0) await this.#rest(delivered ? LOOK_EVERY_MS : retryMs);
    }
  }

  /** Returns due requests, and the offset after the last examined line. */
  async #due(): Promise<{ due: RequestRecord[]; next: number }> {
    const { log, clock, orders } = this.#settings;
    const before = clock.machine() - orders().delayMs;
    const due: RequestRecord[] = [];
    let next = this.#reached;
    for (const line of next < log.size ? (await log.page(next)).lines : []) {
      if (due.length === TOGETHER || Date.parse(line.record.receivedAt) > before) break;
      if (reachedHandset(line.record)) due.push(line.record);
      next = line.offset + line.length;
    }
    return { due, next };
  }

  async #deliver(due: readonly RequestRecord[]): Promise<boolean> {
    const { shuffle, duplicate, lost } = this.#settings.orders();
    const at = this.#settings.clock.lawAt();
    const events = due
      .filter(() => Math.random() >= lost)
      .map(({ id, reference, to }) => ({ kind: 'receipt', id, reference, to, state: 'DELIVERED', at }));
    const delivered = [...events, ...events.filter(() => Math.random() < duplicate)];
    if (delivered.length === 0) return true;
    const status = await this.#settings.webhook.post(shuffle ? shuffled(delivered) : delivered);
    return status >= 200 && status < 300;
  }

  async #advance(to: number): Promise<void> {
    this.#reached = to;
    if (this.#settings.clock.machine() - this.#keptAt > KEEP_EVERY_MS) await this.#keep();
  }

  async #keep(): Promise<void> {
    this.#keptAt = this.#settings.clock.machine();
    const { path } = this.#settings;
    await writeFile(`${path}.new`, JSON.stringify({ reached: this.#reached }), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#stopped) this.#wake();
    });
  }
}

/**
 * Reads the stored position; an unreadable one counts as the beginning: receipts are repeated, which changes
 * nothing.
 */
async function keptPlace(path: string): Promise<number> {
  try {
    return z.object({ reached: z.int().min(0) }).parse(JSON.parse(await readFile(path, 'utf8'))).reached;
  } catch {
    return 0;
  }
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, rank: Math.random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

/** Our webhook answers in well under a second; later an operator would give up as well. */
const PATIENCE_MS = 15_000;

/** Calls our inbound webhook, as an operator would. */
export class Webhook {
  readonly #url: () => string;
  #client: { readonly origin: string; readonly client: Client } | undefined;

  /** Takes a getter of the address, since the port may be known late. */
  constructor(url: () => string) {
    this.#url = url;
  }

  /** Sends events; returns the status, or 0 when it could not be reached. */
  async post(events: readonly object[]): Promise<number> {
    const { origin, pathname } = new URL(this.#url());
    try {
      const { statusCode, body } = await this.#to(origin).request({
        method: 'POST',
        path: pathname,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ events }),
      });
      await body.dump();
      return statusCode;
    } catch {
      return 0;
    }
  }

  async close(): Promise<void> {
    await this.#client?.client.destroy();
  }

  #to(origin: string): Client {
    if (this.#client?.origin !== origin) {
      void this.#client?.client.close();
      const options = { pipelining: 1, headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS };
      this.#client = { origin, client: new Client(origin, options) };
    }
    return this.#client.client;
  }
}
