import { instant, type Clock, type Config, type Database, type Vault } from '../../platform/index.ts';
import type { AnchorDeps } from '../../people/index.ts';
import { evidenceKey } from '../../operations/index.ts';
import { timeStamping } from './time-stamping.ts';

/** Time-stamps the heads of chains when the settings name an authority. */
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
