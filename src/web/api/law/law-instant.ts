import type { DateTime } from 'luxon';
import { isoText } from '../../../law/index.ts';

/** An instant as the law prints it: offset kept, milliseconds only when there are some. */
export const iso = (at: DateTime): string => isoText(at, { suppressMilliseconds: true });
