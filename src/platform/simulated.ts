import type { Clock } from './clock.ts';

/** Whether the law clock stands apart from the real time: what happens now is no evidence. */
export const isSimulated = ({ offsetMs }: Pick<Clock, 'offsetMs'>): boolean => offsetMs !== 0;
