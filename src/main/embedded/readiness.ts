import { setTimeout as pause } from 'node:timers/promises';

// What the api says of itself.
interface Readiness {
  readonly ready: boolean;
  readonly said: string;
}

const ASK_EVERY_MS = 200;

async function ask(url: string): Promise<Readiness> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) });
    return { ready: answer.status === 200, said: await answer.text() };
  } catch {
    return { ready: false, said: 'the api does not answer yet' };
  }
}

/** Waits until the api is ready; tells now and then what it waits for. */
export async function untilReady(
  url: string,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  for (let asked = 1; !signal.aborted; asked += 1) {
    const { ready, said } = await ask(url);
    if (ready) return true;
    // Every 20 s: often enough to see that something waits, and for what.
    if (asked % 100 === 0) tell(`Not ready yet: ${said.slice(0, 500)}`);
    await pause(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}
