import type { Clock } from '../../platform/index.ts';

/** When an audit entry is written: by the law clock, ordered by the machine's. */
export const moment = (clock: Clock): { readonly at: string; readonly machineMs: number } => ({
  at: clock.now().toISO(),
  machineMs: clock.machine(),
});
