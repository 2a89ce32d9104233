import { DateTime } from 'luxon';
import { isoText } from '../../law/index.ts';
import type { Transaction } from '../../platform/index.ts';
import { tenantOf } from '../../company/index.ts';
import { remindersSince, waitForPerson } from './reminder-eligibility.repository.ts';
import type { Considered } from './next-turn.ts';
import { isCorrection, SCHEDULE_POSITION } from './series.ts';
import { hasLeft, type Step } from '../steps/step.ts';

const MONTH_DAYS = 30;

/**
 * Says whether the tenant's cap of that purpose excludes this step (FRQ-01); false without a cap. Locks the person
 * until the transaction ends, so that two series cannot both take the last place. A correction of a false text is
 * never held back.
 */
export async function isOverCap(
  tx: Transaction,
  { series, steps, eligibility, now }: Considered,
  step: Step,
): Promise<boolean> {
  const cap = (await tenantOf(tx))?.settings.frequency?.[series.purpose];
  if (cap === undefined || setsRight(step, steps)) return false;
  const { contactId, purpose } = series;
  await waitForPerson(tx, contactId);
  const today = DateTime.fromISO(isoText(now), { zone: eligibility.timeZone }).startOf('day');
  const month = now.minus({ days: MONTH_DAYS });
  const since = (at: DateTime): Promise<number> =>
    remindersSince(tx, { contactId, purpose, since: isoText(at) });
  const { perDay, perMonth } = cap;
  return (
    (perDay !== undefined && (await since(today)) >= perDay) ||
    (perMonth !== undefined && (await since(month)) >= perMonth)
  );
}

/** A plan that changed after it was announced is announced again. */
const setsRight = (step: Step, steps: readonly Step[]): boolean =>
  isCorrection(step.position) ||
  (step.position === SCHEDULE_POSITION &&
    steps.some((one) => one.position === SCHEDULE_POSITION && hasLeft(one)));
