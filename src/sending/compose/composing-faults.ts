import { CiphertextRefused } from '../../platform/crypto/index.ts';

/** Thrown by a composer when the data of one person do not give a text now; each cause has its own class. */
export abstract class NotComposable extends Error {}

/** Returns what was composed; undefined where a person's data are unreadable. Any other fault is ours, and is thrown. */
export function ifComposable<T>(compose: () => T): T | undefined {
  try {
    return compose();
  } catch (cause) {
    if (cause instanceof CiphertextRefused || cause instanceof NotComposable) return undefined;
    throw cause;
  }
}
