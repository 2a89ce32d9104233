import type { Plan, PlanReason } from '../../platform/index.ts';
import type { ImportRecord } from './import.repository.ts';
import { reasonWords } from '../../words/index.ts';

/** The progress of reading a file. */
export interface ImportProgress {
  /** Bytes of text, read and in all. */
  readonly read: number;
  readonly total: number;
  /** While it is read; null before and after. */
  readonly rowsPerSecond: number | null;
  readonly secondsLeft: number | null;
}

/** Computes the progress, rate and remaining time of a file. */
export function progressOf({ state, bytes, cursor }: ImportRecord): ImportProgress {
  const read = state === 'finished' ? bytes : (cursor.offset ?? 0);
  const { rowsPerSecond, bytesPerSecond = 0 } = state === 'reading' ? (cursor.pace ?? {}) : {};
  return {
    read,
    total: bytes,
    rowsPerSecond: rowsPerSecond ?? null,
    secondsLeft: bytesPerSecond === 0 ? null : Math.ceil((bytes - read) / bytesPerSecond),
  };
}

/** Plans a file that is not read to its end, with its progress. */
export function readingPlan(record: ImportRecord | undefined): Plan<PlanReason> {
  const { rows = 0, accepted = 0, rejected = 0, duplicates = 0 } = record ?? {};
  const { rowsPerSecond = null, secondsLeft = null } = record === undefined ? {} : progressOf(record);
  const text =
    rowsPerSecond === null || secondsLeft === null
      ? reasonWords('reading')
      : reasonWords('readingPace', { rows, pace: rowsPerSecond, seconds: secondsLeft });
  return {
    kind: 'send',
    because: { code: 'READING', text },
    accounts: { rows, accepted, rejected, duplicates },
  };
}
