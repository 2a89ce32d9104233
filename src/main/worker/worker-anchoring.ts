import { instant, type Clock } from '../../platform/clock.ts';
import type { Config } from '../../platform/settings/config.ts';
import type { AnchorDeps } from '../../people/evidence/anchor.ts';
import { evidenceKey } from '../../operations/evidence/evidence-key.ts';
import type { Database } from '../../platform/database/connection.ts';
import type { Vault } from '../../platform/crypto/vault.ts';
import { timeStamping } from './time-stamping.ts';

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
