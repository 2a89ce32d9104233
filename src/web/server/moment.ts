import type { Clock } from '../../platform/index.ts';

/** The time of an audit entry: by the law clock, ordered by the machine's. */
export const moment = (clock: Clock): { readonly at: string; readonly machineMs: number } => ({
  at: clock.now().toISO(),
  machineMs: clock.machine(),
});
