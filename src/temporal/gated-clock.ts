import type { Clock } from '../clock.ts';

/** The clock of the send path: whatever else closes the gate is a doubt of its clock. */
export function gatedClock(clock: Clock, doubt: () => string | undefined): Clock {
  return {
    now: () => clock.now(),
    machine: () => clock.machine(),
    monotonic: () => clock.monotonic(),
    get revision() {
      return clock.revision;
    },
    doubt: () => clock.doubt() ?? doubt(),
  };
}
