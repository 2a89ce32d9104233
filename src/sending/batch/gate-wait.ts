import { resting, type Clock, type GateCause } from '../../platform/index.ts';
import { bilingual, type Words } from '../../words/index.ts';

/** The reason for a shut gate, in each language: by `JOURNAL_WAITS` for everybody, by a doubt for the worker that has it. */
export const GATE_WORDS = bilingual.message.gate;

/** Interval until a shut gate is checked again, in milliseconds. */
export const DOUBT_MS = 2_000;

/** Says whether the time is too uncertain to decide anything by. */
export const isInDoubt = (clock: Clock): boolean => closedBy(clock) === 'CLOCK_DOUBT';

/** Returns the cause that shuts the gate of this worker now. */
export const closedBy = (clock: Clock): GateCause | undefined =>
  clock.doubt() === undefined ? undefined : (clock.closedBy?.() ?? 'CLOCK_DOUBT');

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

/** While a suppression list is read, nobody it may name is written to. */
export const LIST_UNREAD = bilingual.message.listUnread;

/** Reading stopped at a row of such a list: a person must act. */
export const listParked = (importId: string): Words => bilingual.message.listParked({ importId });
