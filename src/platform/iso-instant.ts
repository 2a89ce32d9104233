import { DateTime } from 'luxon';

/** The common format. */
const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Returns the epoch milliseconds of an ISO instant; one without an offset is of UTC. The calendar is asked only where it must be. */
export function millisOf(iso: string): number {
  const soon = WITH_OFFSET.test(iso) ? Date.parse(iso) : Number.NaN;
  return Number.isNaN(soon) ? DateTime.fromISO(iso, { zone: 'utc' }).toMillis() : soon;
}
