import type { Clock } from '../../platform/index.ts';
import { closedBy, DOUBT_MS } from './gate-word.ts';
import { resting } from './resting.ts';

const LOOKS_EVERY_MS = 50;

/**
 * Waits while journals shut the gate of this worker, `DOUBT_MS` at most; other doubts do not wait here. After an
 * outage hundreds of series would read, plan and write again and again only to find the gate shut, and keep from
 * PostgreSQL the opt-outs that open it. It opens for all waiting here at once.
 */
export async function atGate(clock: Clock, signal: AbortSignal): Promise<void> {
  const until = clock.monotonic() + DOUBT_MS;
  while (closedBy(clock) === 'JOURNAL_WAITS' && clock.monotonic() < until && !signal.aborted)
    await resting(LOOKS_EVERY_MS);
}
