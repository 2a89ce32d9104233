import type { DateTime } from 'luxon';
import { isoText } from '../../../law/index.ts';

/** Prints an instant: offset kept, milliseconds only when there are some. */
export const lawIso = (at: DateTime): string => isoText(at, { suppressMilliseconds: true });
