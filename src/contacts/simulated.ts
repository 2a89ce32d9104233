import type { Clock } from '../clock.ts';

/** Whether the law clock stands apart from the machine's: what happens now is no evidence. */
export function isSimulated(clock: Pick<Clock, 'now' | 'machine'>): boolean {
  const before = clock.machine();
  const now = clock.now().toMillis();
  return now < before || now > clock.machine();
}
