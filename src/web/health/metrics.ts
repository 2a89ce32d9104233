import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Counters of one process; labels are templates, codes and numbers, never people. */
export class Metrics {
  readonly registry = new Registry();
  readonly #duration: Histogram<'method' | 'route' | 'status'>;
  readonly #open: Gauge;
  readonly #stop: Histogram;
  readonly #operatorCalls: Counter<'gateway' | 'outcome'>;

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
    this.#operatorCalls = new Counter({
      name: 'bonheure_inbound_calls_total',
      help: 'Authentic calls of operators over HTTP: new, repeated, or kept because part of them was unreadable.',
      labelNames: ['gateway', 'outcome'],
      registers,
    });
    this.#stop = new Histogram({
      name: 'bonheure_stop_effect_seconds',
      help: 'Time from the reception of a reply to the commit that makes its opt-out effective.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.8, 1, 5, 60, 600],
      registers,
    });
  }

  /** Counts requests under way. */
  opened(count: number): void {
    this.#open.set(count);
  }

  /** Counts an answered request. */
  answered(
    labels: { readonly method: string; readonly route: string; readonly status: number },
    seconds: number,
  ): void {
    this.#duration.observe(labels, seconds);
  }

  /** Records that a reply took effect. */
  countStop(seconds: number): void {
    this.#stop.observe(seconds);
  }
  /** Counts an operator's call. */
  countCall(gateway: string, outcome: 'heard' | 'repeated' | 'unread'): void {
    this.#operatorCalls.inc({ gateway, outcome });
  }
}
