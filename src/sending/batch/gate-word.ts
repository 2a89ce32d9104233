import type { Clock, GateCause } from '../../platform/index.ts';
import { bilingual } from '../../words/index.ts';

/** Why the gate is shut, in each language: by `JOURNAL_WAITS` for everybody, by a doubt for the worker that has it. */
export const GATE_WORDS = bilingual.message.gate;

/** How soon a gate that is shut is asked again. */
export const DOUBT_MS = 2_000;

/** Whether nothing may be decided by what time it is. */
export const isInDoubt = (clock: Clock): boolean => closedBy(clock) === 'CLOCK_DOUBT';

/** What shuts the gate of this worker now, if anything does. */
export const closedBy = (clock: Clock): GateCause | undefined =>
  clock.doubt() === undefined ? undefined : (clock.closedBy?.() ?? 'CLOCK_DOUBT');
