import type { Clock, GateCause } from '../clock.ts';
import type { Words } from '../law/rule.ts';

/** Why the gate is shut, in each language: by `JOURNAL_WAITS` for everybody, by a doubt for the worker that has it. */
export const GATE_WORDS = {
  CLOCK_DOUBT: {
    fr: 'L’horloge n’est pas sûre : les envois sont suspendus.',
    en: 'The clock cannot be trusted: the gate stays closed.',
  },
  SEAL_DOUBT: {
    fr: 'La base n’est pas encore comparée à son sceau : les envois sont suspendus.',
    en: 'The database is not compared with its seal yet: the gate stays closed.',
  },
  JOURNAL_WAITS: {
    fr: 'Le journal des oppositions n’est pas entièrement dans la base : les envois sont suspendus jusque-là.',
    en: 'The opt-out journal is not all in the database yet: the gate stays closed until it is.',
  },
} as const satisfies Record<GateCause, Words>;

/** How soon a gate that is shut is asked again. */
export const DOUBT_MS = 2_000;

/** Whether nothing may be decided by what time it is. */
export const isInDoubt = (clock: Clock): boolean => closedBy(clock) === 'CLOCK_DOUBT';

/** What shuts the gate of this worker now, if anything does. */
export const closedBy = (clock: Clock): GateCause | undefined =>
  clock.doubt() === undefined ? undefined : (clock.closedBy?.() ?? 'CLOCK_DOUBT');
