/** Functions that a lower folder calls at an event, and that higher folders register, since it may not import these. */
export interface Handlers<Handler> {
  /** In order of registration; never empty. */
  readonly all: readonly Handler[];
  add(handler: Handler): void;
}

class HandlerMissing extends Error {
  override readonly name = 'HandlerMissing';

  constructor(list: string) {
    super(`No handler of ${list} is registered: the main file of this process must import wiring.ts.`);
  }
}

/**
 * Makes a list of handlers. Reading it while it is empty throws: a process whose main file does not import
 * `wiring.ts` must not ignore events.
 */
export function handlers<Handler>(name: string): Handlers<Handler> {
  const registered = new Set<Handler>();
  return {
    get all() {
      if (registered.size === 0) throw new HandlerMissing(name);
      return [...registered];
    },
    add: (handler) => void registered.add(handler),
  };
}
