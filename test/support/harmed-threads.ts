import { Session } from 'node:inspector';

/** Nothing but its end from outside ends the thread. */
export const HANGS = 'for (;;);';
/** More than the limits of a thread let it hold; in large pieces, which are soon there and soon looked through. */
export const TAKES_ALL_MEMORY = 'for (const all = []; ; ) all.push(Array(100_000).fill(all.length));';

/**
 * Harms threads of this process from outside, as a debugger does: their own code is as it is.
 *
 * The harm comes where a thread says that it begins with a line of its file. Threads that are started later than so
 * many are left alone.
 */
export function harmThreads(harm: {
  readonly line: number;
  readonly happens: string;
  readonly threads: number;
}): { readonly begun: () => number; readonly stop: () => void } {
  const session = new Session();
  session.connect();
  const expression = `(() => {
    const { store } = Atomics;
    Atomics.store = (array, at, value) => {
      const stored = store(array, at, value);
      if (at === 1 && value === ${harm.line}) { ${harm.happens} }
      return stored;
    };
  })()`;
  let begun = 0;
  session.on('NodeWorker.attachedToWorker', ({ params: { sessionId } }) => {
    const say = (id: number, method: string, params: object = {}): void => {
      const message = JSON.stringify({ id, method, params });
      session.post('NodeWorker.sendMessageToWorker', { sessionId, message });
    };
    if (begun < harm.threads) say(1, 'Runtime.evaluate', { expression });
    begun += 1;
    say(2, 'Runtime.runIfWaitingForDebugger');
  });
  session.post('NodeWorker.enable', { waitForDebuggerOnStart: true });
  return {
    begun: () => begun,
    stop: () => {
      session.disconnect();
    },
  };
}
