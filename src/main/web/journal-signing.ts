import { type Log, startLoop, type Loop } from '../../platform/index.ts';

/** Whoever signs nothing for six seconds is taken for frozen. */
const SIGNED_EVERY_MS = 500;

/**
 * Has a process say on the disk of the journals that it lives, until told to end.
 *
 * On its own: while the database hangs, whatever asks it takes as long as that.
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
