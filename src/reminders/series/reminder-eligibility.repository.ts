import { sql, type RawBuilder } from 'kysely';
import { exclusionCase } from '../../people/index.ts';
import { type ExclusionReason } from '../../words/index.ts';
import { col, rowsOf, idRows, countRows, type RowOf, type Transaction } from '../../platform/index.ts';
import { USUAL_GOOD_FRIDAY, USUAL_IF_LATE, type IfLate } from '../../law/index.ts';
import type { GoodFridayChoice } from '../../rule/index.ts';
import type { OnDecline } from '../../company/index.ts';
import type { ReminderPurpose } from './series.ts';

const LEFT: ReadonlySet<ExclusionReason> = new Set(['CONSENT_WITHDRAWN', 'SUPPRESSED', 'ERASED']);

interface About {
  readonly contactId: string;
  readonly purpose: ReminderPurpose;
  /** Undefined before an account is chosen: then it counts as a fake. */
  readonly accountId?: string | undefined;
  readonly practiceId?: string | null | undefined;
}

const eligibilityRows = rowsOf('tenant', ['locale']).with({
  timeZone: col.of('contact', 'timeZone').whereJoined(),
  /** A reason of exclusion; absent when sendable. */
  why: col.text<ExclusionReason>().orNull(),
  territory: col.of('contact', 'territory').whereJoined(),
  /** True when the tenant sends no reminder to people who confirmed. */
  confirmationSkips: col.flag(),
  /** The tenant's choice for the reminders of people who declined. */
  onDecline: col.text<OnDecline>(),
  /** The tenant's choice for a reminder whose booking came too late for its wish. */
  ifLate: col.text<IfLate>(),
  /** The choice of the practice, else of the tenant, for Good Friday where its people live. */
  goodFriday: col.text<GoodFridayChoice>(),
});

type Row = RowOf<typeof eligibilityRows>;

/** A person's eligibility for reminders now, and their place. */
export type Eligibility = Row & {
  readonly sendable: boolean;
  /** True when the person opted out: then planned steps end. */
  readonly left: boolean;
};

/** Reads whether a person is eligible for a purpose, by an account where it is known; the mark checks once more. */
export async function readEligibility(
  tx: Transaction,
  about: About & { readonly at: string },
): Promise<Eligibility> {
  const row = await tx.first(eligibilityRows.sql`
    SELECT ${columnsOf(sql`${about.purpose}::text`, about.at)}
      FROM tenant t LEFT JOIN contact c ON c.id = ${about.contactId}::uuid
      LEFT JOIN consent k ON k.contact_id = c.id AND k.purpose = ${about.purpose}
      LEFT JOIN practice r ON r.id = ${about.practiceId ?? null}::uuid
      LEFT JOIN gateway_account g ON g.id = ${about.accountId ?? null}::uuid
     WHERE t.id = ${tx.tenantId}::uuid`);
  return eligibilityOf(row, about.at);
}

/** Reads the same for many at once, in the given order. */
export async function readEligibilities(
  tx: Transaction,
  { about, at }: { readonly about: readonly About[]; readonly at: string },
): Promise<readonly Eligibility[]> {
  const column = (name: keyof About): readonly (string | null)[] => about.map((one) => one[name] ?? null);
  const rows = await tx.rows(eligibilityRows.sql`
    SELECT ${columnsOf(sql`a.purpose`, at)}
      FROM unnest(${column('contactId')}::uuid[], ${column('purpose')}::text[], ${column('accountId')}::uuid[],
        ${column('practiceId')}::uuid[]) WITH ORDINALITY AS a(contact_id, purpose, account_id, practice_id, place)
      JOIN tenant t ON t.id = ${tx.tenantId}::uuid LEFT JOIN contact c ON c.id = a.contact_id
      LEFT JOIN consent k ON k.contact_id = c.id AND k.purpose = a.purpose
      LEFT JOIN practice r ON r.id = a.practice_id
      LEFT JOIN gateway_account g ON g.id = a.account_id
     ORDER BY a.place`);
  return about.map((_, place) => eligibilityOf(rows[place], at));
}

const columnsOf = (purpose: RawBuilder<unknown>, at: string): RawBuilder<unknown> => {
  const exclusion = exclusionCase({
    at: sql`${at}::timestamptz`,
    purpose,
    fake: sql`coalesce(g.fake, true)`,
    tenant: sql`t.id`,
  });
  return sql`c.territory, c.time_zone AS "timeZone", t.locale, coalesce((t.settings ->> 'confirmationSkips')::boolean, false) AS "confirmationSkips", coalesce(t.settings ->> 'onDecline', 'nothing') AS "onDecline",
           coalesce(t.settings ->> 'ifLate', ${USUAL_IF_LATE.on(at)}) AS "ifLate",
           coalesce(r.good_friday, t.settings ->> 'goodFriday', ${USUAL_GOOD_FRIDAY.on(at)}) AS "goodFriday",
           CASE ${exclusion} END AS why`;
};

function eligibilityOf(row: Row | undefined, at: string): Eligibility {
  const { why, territory, timeZone, ...choices } = row ?? nobody(at);
  return {
    territory: territory ?? '',
    timeZone: timeZone ?? 'Europe/Paris',
    ...choices,
    why,
    sendable: why === null,
    left: why !== null && LEFT.has(why),
  };
}

const nobody = (at: string): Row => ({
  territory: '',
  timeZone: 'Europe/Paris',
  locale: 'fr',
  confirmationSkips: false,
  onDecline: 'nothing',
  ifLate: USUAL_IF_LATE.on(at),
  goodFriday: USUAL_GOOD_FRIDAY.on(at),
  why: 'ERASED',
});

/** Says whether a system ever booked something for a person: its staff may phone them. */
export async function hasBooked(
  tx: Transaction,
  { contactId, source }: { readonly contactId: string; readonly source: string },
): Promise<boolean> {
  const row = await tx.first(idRows.sql`
    SELECT id FROM reminder_series
     WHERE tenant_id = ${tx.tenantId}::uuid AND contact_id = ${contactId}::uuid AND source = ${source} LIMIT 1`);
  return row !== undefined;
}

/** Locks a person until the transaction ends, so that two of their reminders are counted one after the other. */
export const waitForPerson = (tx: Transaction, contactId: string): Promise<number> =>
  tx.run(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`cap|${contactId}`}, 0))`);

/** Counts reminders of a purpose sent to a person since an instant of the law clock, or about to be. */
export async function remindersSince(
  tx: Transaction,
  about: { readonly contactId: string; readonly purpose: string; readonly since: string },
): Promise<number> {
  const row = await tx.first(countRows.sql`
    SELECT count(*)::int AS count FROM message m JOIN batch b ON b.id = m.batch_id
     WHERE m.tenant_id = ${tx.tenantId}::uuid AND m.contact_id = ${about.contactId}::uuid AND b.kind = 'series'
       AND b.purpose = ${about.purpose}
       AND (m.accepted_at >= ${about.since}::timestamptz OR m.state IN ('ready', 'submitting', 'uncertain'))`);
  return row?.count ?? 0;
}
