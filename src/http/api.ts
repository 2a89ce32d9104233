import type { Clock } from '../clock.ts';
import type { Database } from '../database/connection.ts';
import type { Vault } from '../database/vault.ts';
import type { Log } from '../log.ts';
import type { ApiGateway } from './gateway-terms.ts';
import type { OptOutJournal } from './journalled.ts';
import type { Metrics } from './metrics.ts';

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
  /** The key that creates tenants; absent: nobody does. */
  readonly instanceKey?: string;
}
