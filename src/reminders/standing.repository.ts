import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';
import { USUAL_IF_LATE, type IfLate } from '../law/timing/reminder-hours.ts';
import type { OnDecline } from '../tenants/tenant.ts';
import type { ReminderPurpose } from './series.ts';

/** Whether a person may be reminded now, and where they are. */
export interface Standing {
  readonly sendable: boolean;
  /** A reason of exclusion; absent when sendable. */
  readonly why: string | null;
  /** The person said stop: what was planned ends. */
  readonly left: boolean;
  readonly territory: string;
  readonly timeZone: string;
  /** The tenant's. */
  readonly locale: string;
  /** Whether the tenant reminds nobody who confirmed. */
  readonly confirmationSkips: boolean;
  /** What the tenant wants of the reminders of somebody who declined. */
  readonly onDecline: OnDecline;
  /** What the tenant wants of a reminder booked too late for its wish. */
  readonly ifLate: IfLate;
}

const LEFT = new Set(['CONSENT_WITHDRAWN', 'SUPPRESSED', 'ERASED']);

/** The same questions as the last look asks; it remains the one that decides. */
export async function readStanding(
  tx: Transaction,
  about: { readonly contactId: string; readonly purpose: ReminderPurpose; readonly at: string },
): Promise<Standing> {
  const row = await tx.first(sql<Omit<Standing, 'sendable' | 'left'>>`
    SELECT c.territory, c.time_zone AS "timeZone", t.locale, coalesce((t.settings ->> 'confirmationSkips')::boolean, false) AS "confirmationSkips", coalesce(t.settings ->> 'onDecline', 'nothing') AS "onDecline",
           coalesce(t.settings ->> 'ifLate', ${USUAL_IF_LATE}) AS "ifLate",
           CASE WHEN c.id IS NULL OR y.contact_id IS NULL THEN 'ERASED'
                WHEN c.retired_at IS NOT NULL THEN 'NUMBER_RETIRED'
                WHEN c.number_state IS NOT NULL THEN c.number_state
                WHEN EXISTS (SELECT FROM suppression x WHERE x.tenant_id = t.id AND x.phone_index = c.phone_index
                   AND x.lifted_at IS NULL AND x.scope IN ('all', ${about.purpose})) THEN 'SUPPRESSED'
                WHEN k.sendable IS NOT TRUE THEN coalesce(k.why, 'NO_BASIS')
                WHEN k.until <= ${about.at}::timestamptz THEN 'CONSENT_EXPIRED' END AS why
      FROM tenant t LEFT JOIN contact c ON c.id = ${about.contactId}::uuid LEFT JOIN contact_key y ON y.contact_id = c.id
      LEFT JOIN consent k ON k.contact_id = c.id AND k.purpose = ${about.purpose}
     WHERE t.id = ${tx.tenantId}::uuid`);
  const why = row === undefined ? 'ERASED' : row.why;
  return {
    territory: row?.territory ?? '',
    timeZone: row?.timeZone ?? 'Europe/Paris',
    locale: row?.locale ?? 'fr',
    ...choicesOf(row),
    why,
    sendable: why === null,
    left: why !== null && LEFT.has(why),
  };
}

type Choices = Pick<Standing, 'confirmationSkips' | 'onDecline' | 'ifLate'>;

const choicesOf = (row: Choices | undefined): Choices => ({
  confirmationSkips: row?.confirmationSkips ?? false,
  onDecline: row?.onDecline ?? 'nothing',
  ifLate: row?.ifLate ?? USUAL_IF_LATE,
});
