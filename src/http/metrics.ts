import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Counters of one process; labels are templates, codes and numbers, never people. */
export class Metrics {
  readonly registry = new Registry();
  readonly #duration: Histogram<'method' | 'route' | 'status'>;
  readonly #open: Gauge;
  readonly #differences: Gauge;
  readonly #stray: Gauge;

  constructor() {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#duration = new Histogram({
      name: 'bonheure_http_request_seconds',
      help: 'Time to answer a request, by route template and status.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#open = new Gauge({
      name: 'bonheure_http_requests_open',
      help: 'Requests being answered now.',
      registers,
    });
    this.#differences = new Gauge({
      name: 'bonheure_tally_differences',
      help: 'Batches whose accounts differ from their messages (must be 0).',
      registers,
    });
    this.#stray = new Gauge({
      name: 'bonheure_stray_messages',
      help: 'Whether messages lie in the default partition (must be 0).',
      registers,
    });
  }

  /** What housekeeping found at its last turn. */
  kept(house: { readonly tallyDifferences: number; readonly strayMessages: boolean }): void {
    this.#differences.set(house.tallyDifferences);
    this.#stray.set(house.strayMessages ? 1 : 0);
  }

  /** How many requests are being answered. */
  opened(count: number): void {
    this.#open.set(count);
  }

  /** One request was answered. */
  answered(
    labels: { readonly method: string; readonly route: string; readonly status: number },
    seconds: number,
  ): void {
    this.#duration.observe(labels, seconds);
  }
}
