import {
  instant,
  type Clock,
  type WatchedKeys,
  type Log,
  startLoop,
  type Loop,
} from '../../platform/index.ts';
import { OptOutTokens } from '../../people/index.ts';
import type { KnownCallers } from '../../web/server/known-callers.ts';
import { watchKeys } from '../../operations/index.ts';

const EACH_SECOND = 1_000;

export interface ApiKeys extends Omit<WatchedKeys, 'file' | 'renewed'> {
  readonly clock: Clock;
  readonly tokens: OptOutTokens;
  readonly config: { readonly keysFile: string };
  /** Absent in a process without callers. */
  readonly callers?: KnownCallers;
  readonly log: Log;
}

/** Made in advance: a link is read while the database is away as well. */
export async function optOutTokens({
  database,
  vault,
  clock,
}: Pick<ApiKeys, 'database' | 'vault' | 'clock'>): Promise<OptOutTokens> {
  const madeAt = instant(clock.machine()).toISO();
  const [inForce, ...older] = await database.outside((tx) => vault.instanceKeys(tx, 'links', madeAt));
  return new OptOutTokens(inForce.key, ...older.map(({ key }) => key));
}

/** Keeps keys current, and forgets callers whose keys were revoked elsewhere. */
export function keepApiKeys(parts: ApiKeys): Pick<Loop, 'stop'> {
  const renewed = async (): Promise<void> => parts.tokens.adopt(await optOutTokens(parts));
  const watching = watchKeys({ ...parts, file: parts.config.keysFile, renewed });
  const checking = parts.callers && recheckEachSecond(parts.callers, parts.log);
  return {
    stop: async () => {
      await Promise.all([watching.stop(), checking?.stop()]);
    },
  };
}

const recheckEachSecond = (callers: KnownCallers, log: Log): Loop =>
  startLoop({
    name: 'known callers',
    everyMs: EACH_SECOND,
    work: async () => {
      await callers.recheck();
      return false;
    },
    log,
  });
