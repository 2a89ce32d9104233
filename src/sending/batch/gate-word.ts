import type { Clock, GateCause } from '../../platform/index.ts';
import { bilingual } from '../../words/index.ts';

/** The reason for a shut gate, in each language: by `JOURNAL_WAITS` for everybody, by a doubt for the worker that has it. */
export const GATE_WORDS = bilingual.message.gate;

/** Interval until a shut gate is checked again, in milliseconds. */
export const DOUBT_MS = 2_000;

/** Says whether the time is too uncertain to decide anything by. */
export const isInDoubt = (clock: Clock): boolean => closedBy(clock) === 'CLOCK_DOUBT';

/** Returns the cause that shuts the gate of this worker now. */
export const closedBy = (clock: Clock): GateCause | undefined =>
  clock.doubt() === undefined ? undefined : (clock.closedBy?.() ?? 'CLOCK_DOUBT');
