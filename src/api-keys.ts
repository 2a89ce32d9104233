import type { WatchedKeys } from './database/key-watch.ts';
import type { KnownCallers } from './http/known-callers.ts';
import type { Log } from './log.ts';
import { watchKeys } from './process-keys.ts';
import { startLoop, type Loop } from './temporal/loop.ts';

const EACH_SECOND = 1_000;

/** What the keys of an api process are kept with. */
export interface ApiKeys extends Omit<WatchedKeys, 'file'> {
  readonly config: { readonly keysFile: string };
  readonly callers: KnownCallers;
  readonly log: Log;
}

/** Keys of now, and callers whose keys were revoked elsewhere forgotten. */
export function keepApiKeys(parts: ApiKeys): Pick<Loop, 'stop'> {
  const watching = watchKeys({ ...parts, file: parts.config.keysFile });
  const checking = startLoop({
    name: 'known callers',
    everyMs: EACH_SECOND,
    work: async () => {
      await parts.callers.recheck();
      return false;
    },
    log: parts.log,
  });
  return {
    stop: async () => {
      await Promise.all([watching.stop(), checking.stop()]);
    },
  };
}
