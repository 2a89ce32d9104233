import { instant, type Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { AnchorDeps } from './contacts/anchor.ts';
import { evidenceKey } from './contacts/evidence-key.ts';
import type { Database } from './database/connection.ts';
import type { Vault } from './database/vault.ts';
import { timeStamping } from './temporal/time-stamping.ts';

/** How the heads of chains are time-stamped, when the settings name an authority. */
export function anchoringOf(parts: {
  readonly config: Pick<Config, 'timeStamping'>;
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
}): AnchorDeps | undefined {
  const { config, database, vault, clock } = parts;
  if (config.timeStamping === undefined) return undefined;
  return {
    database,
    stamp: timeStamping(config.timeStamping),
    evidenceKey: async (tenantId) => {
      const madeAt = instant(clock.machine()).toISO();
      const secret = await database.outside((tx) => vault.instanceKey(tx, 'evidence', madeAt));
      return evidenceKey(secret.key, tenantId).public;
    },
  };
}
