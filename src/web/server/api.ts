import type { Clock, Database, Vault, Log } from '../../platform/index.ts';
import type { OptOutLinks } from '../../people/index.ts';
import type { KnownCallers } from './known-callers.ts';
import type { LiveStreams } from './live-streams.ts';
import type { ApiGateway } from '../api/messages/gateway-terms.ts';
import type { OptOutJournal } from './journalled.ts';
import type { Metrics } from '../health/metrics.ts';

/** What the HTTP edge works with. */
export interface Api {
  /** Where opt-outs are kept before the database knows of them. */
  readonly journal: OptOutJournal;
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** The accounts of the environment, as far as callers may know them. */
  readonly gateways: readonly ApiGateway[];
  /** Where people reach this instance, without a slash at the end. */
  readonly publicUrl: string;
  /** How people's way-out links are made. */
  readonly optOut: OptOutLinks;
  /** Proxies whose word on the address of a visitor is taken; none when absent. */
  readonly trustedProxies?: readonly string[];
  /** Whether webhooks may go to http and to addresses of this network. */
  readonly privateWebhooks: boolean;
  /** Who lately showed a key that was good. */
  readonly callers: KnownCallers;
  /** What is followed as it happens. */
  readonly live: LiveStreams;
  /** Whether each request is a span; it is not unless a collector is named. */
  readonly traced?: boolean;
  /** The key that creates tenants; absent: nobody does. */
  readonly instanceKey?: string;
}
