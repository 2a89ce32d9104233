import { type Log, startLoop, type Loop } from '../../platform/index.ts';

/** A process without a sign for six seconds counts as frozen. */
const SIGNED_EVERY_MS = 500;

/**
 * Signs on the journals' disk that this process is alive, until stopped. It runs on its own: while the database
 * hangs, everything that asks it takes as long as that.
 */
export const startSigning = (name: string, sign: () => void, log: Log): Loop =>
  startLoop({
    name,
    everyMs: SIGNED_EVERY_MS,
    work: () => {
      sign();
      return Promise.resolve(false);
    },
    log,
  });
