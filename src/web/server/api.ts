import type { Clock, Database, Vault, Log } from '../../platform/index.ts';
import type { OptOutLinks } from '../../people/index.ts';
import type { KnownCallers } from './known-callers.ts';
import type { LiveStreams } from './live-streams.ts';
import type { ApiGateway } from '../../gateways/index.ts';
import type { OptOutJournal } from './journalled.ts';
import type { Metrics } from '../health/metrics.ts';

/** The dependencies of the HTTP edge. */
export interface Api {
  /** The journal that keeps opt-outs before the database knows of them. */
  readonly journal: OptOutJournal;
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** The accounts of the environment, without what callers may not know. */
  readonly gateways: readonly ApiGateway[];
  /** Base URL of this instance, without a slash at the end. */
  readonly publicUrl: string;
  /** The maker of people's opt-out links. */
  readonly optOut: OptOutLinks;
  /** Proxies whose headers on a visitor's address are trusted; none when absent. */
  readonly trustedProxies?: readonly string[];
  /** True when webhooks may go to http and to addresses of the local network. */
  readonly privateWebhooks: boolean;
  /** The keys recently found valid. */
  readonly callers: KnownCallers;
  /** The live streams. */
  readonly live: LiveStreams;
  /** True when each request is a span; only when a collector is named. */
  readonly traced?: boolean;
  /** The key that creates tenants; nobody does when absent. */
  readonly instanceKey?: string;
}
