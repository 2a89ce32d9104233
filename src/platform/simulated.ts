import type { Clock } from './clock.ts';

/** Says whether the law clock differs from the real time: then nothing that happens is evidence. */
export const isSimulated = ({ offsetMs }: Pick<Clock, 'offsetMs'>): boolean => offsetMs !== 0;
