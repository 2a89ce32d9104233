import type { ReadingStep } from '../../people/index.ts';

/** The progress of long imports, without names or personal data. */
export type ImportProgressNews =
  | {
      readonly kind: 'reading';
      readonly rows: number;
      readonly perSecond: number;
      readonly secondsLeft: number;
    }
  | { readonly kind: 'read'; readonly rows: number; readonly seconds: number };

/** A shorter one is over before anybody wonders. */
const LONG_MS = 3_000;
const EVERY_MS = 1_000;
/** A reader of more imports gets the progress of the first ones. */
const MOST = 64;

interface Followed {
  readonly beganAt: number;
  readonly beganWith: number;
  rows: number;
  reportedAt: number;
}

/** Follows imports step by step and reports those that take long. */
export function importProgress(
  tell: (progress: ImportProgressNews) => void,
  monotonic: () => number,
): (step: ReadingStep) => void {
  const followed = new Map<string, Followed>();
  return ({ importId, rows, share, isLast }) => {
    const now = monotonic();
    const one = followed.get(importId) ?? {
      beganAt: now,
      beganWith: share,
      rows: 0,
      reportedAt: Number.NEGATIVE_INFINITY,
    };
    one.rows += rows;
    const ms = now - one.beganAt;
    const isLong = ms >= LONG_MS;
    if (isLast) followed.delete(importId);
    else if (followed.size < MOST) followed.set(importId, one);
    if (isLast && one.reportedAt > 0) tell({ kind: 'read', rows: one.rows, seconds: Math.round(ms / 1_000) });
    if (isLast || !isLong || now - one.reportedAt < EVERY_MS) return;
    one.reportedAt = now;
    const done = share - one.beganWith;
    tell({
      kind: 'reading',
      rows: one.rows,
      perSecond: Math.round((one.rows * 1_000) / ms),
      secondsLeft: done <= 0 ? 0 : Math.ceil(((1 - share) / done) * (ms / 1_000)),
    });
  };
}
