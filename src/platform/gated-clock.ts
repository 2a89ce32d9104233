import type { Clock, GateCause } from './clock.ts';

/** Further causes that close the gate: each returns its reason while it does. */
export interface GateKeepers {
  readonly seal: () => string | undefined;
  readonly journal: () => string | undefined;
}

/** The clock of the send path: every cause that closes the gate is a doubt of this clock. */
export function gatedClock(clock: Clock, { seal, journal }: GateKeepers): Clock {
  return {
    now: () => clock.now(),
    machine: () => clock.machine(),
    monotonic: () => clock.monotonic(),
    get offsetMs() {
      return clock.offsetMs;
    },
    get revision() {
      return clock.revision;
    },
    doubt: () => clock.doubt() ?? seal() ?? journal(),
    closedBy: (): GateCause | undefined => {
      if (clock.doubt() !== undefined) return 'CLOCK_DOUBT';
      if (seal() !== undefined) return 'SEAL_DOUBT';
      return journal() === undefined ? undefined : 'JOURNAL_WAITS';
    },
  };
}
