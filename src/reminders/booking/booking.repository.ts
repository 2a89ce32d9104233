import { sql, type RawBuilder } from 'kysely';
import { col, query, type ResultOf, rowsOf, type Transaction } from '../../platform/index.ts';
import type { ExternalName, SeriesFacts } from '../series/series.repository.ts';
import type { DateTime } from 'luxon';
import type { Contact } from '../../people/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import type { IfLate } from '../../law/index.ts';
import { isoText } from '../../rule/index.ts';
import { practiceNameIndex, practiceNameMark, type KeptPractice } from '../../company/index.ts';
import {
  sealDetails,
  type ReminderPurpose,
  type Series,
  type SeriesDetails,
  type SeriesKind,
  type Terms,
} from '../series/series.ts';
import type { StepWish } from '../steps/planned-step.ts';

const cancelledBookingRows = rowsOf('cancelled_booking', ['sourceRevision']).with({
  state: col.text<'cancelled'>(),
});

const named = (tx: Transaction, { kind, source, index }: ExternalName): RawBuilder<unknown> => sql`
  tenant_id = ${tx.tenantId}::uuid AND kind = ${kind} AND source = ${source} AND external_index = ${index}`;

/** Reads a cancellation kept before its booking exists. */
export function readCancelled(tx: Transaction, name: ExternalName) {
  return tx.first(cancelledBookingRows.sql`
    SELECT 'cancelled' AS state, source_revision::float8 AS "sourceRevision" FROM cancelled_booking WHERE ${named(tx, name)}`);
}

/** Keeps a cancellation; the highest revision counts. */
export async function rememberCancelled(
  tx: Transaction,
  { kind, source, index }: ExternalName,
  { sourceRevision, at }: { readonly sourceRevision: number | undefined; readonly at: string },
): Promise<void> {
  await tx.run(sql`
    INSERT INTO cancelled_booking AS c (tenant_id, kind, source, external_index, source_revision, cancelled_at)
    VALUES (${tx.tenantId}::uuid, ${kind}, ${source}, ${index}, ${sourceRevision ?? null}::bigint, ${at}::timestamptz)
    ON CONFLICT (tenant_id, kind, source, external_index) DO UPDATE
      SET source_revision = greatest(c.source_revision, excluded.source_revision), cancelled_at = excluded.cancelled_at`);
}

/** Removes the cancellation of a booking that is made after all. */
export async function forgetCancelled(tx: Transaction, name: ExternalName): Promise<void> {
  await tx.run(sql`DELETE FROM cancelled_booking WHERE ${named(tx, name)}`);
}

const accounts = query.selectFrom('gateway_account').select(['id', 'name', 'fake']);

export type BookedAccount = ResultOf<typeof accounts>;

export async function bookedAccountNamed(tx: Transaction, name: string): Promise<BookedAccount | undefined> {
  return tx.first(accounts.where('name', '=', name));
}

/** Does work within a savepoint: an error that `refused` turns into an answer leaves nothing behind in the transaction. */
export async function inSavepoint<T>(
  tx: Transaction,
  { work, refused }: { readonly work: () => Promise<T>; readonly refused: (cause: unknown) => T },
): Promise<T> {
  await tx.run(sql`SAVEPOINT apart`);
  try {
    const done = await work();
    await tx.run(sql`RELEASE SAVEPOINT apart`);
    return done;
  } catch (cause) {
    const answer = refused(cause);
    await tx.run(sql`ROLLBACK TO SAVEPOINT apart`);
    await tx.run(sql`RELEASE SAVEPOINT apart`);
    return answer;
  }
}

/** Does work and undoes it: it leaves nothing behind, and holds no lock. */
export async function undone(tx: Transaction, work: () => Promise<void>): Promise<void> {
  await tx.run(sql`SAVEPOINT undone`);
  await work();
  await tx.run(sql`ROLLBACK TO SAVEPOINT undone`);
}

/** A checked booking of any kind, ready to be filed. */
export interface Filing {
  readonly kind: SeriesKind;
  readonly purpose: ReminderPurpose;
  readonly source: string;
  readonly actor: string;
  readonly contact: Contact;
  readonly details: SeriesDetails;
  readonly practice: KeptPractice | undefined;
  /** In the zone of its place. */
  readonly event: DateTime;
  /** The event as texts name it; for an appointment, when absent, its moment and place. */
  readonly said: readonly unknown[] | undefined;
  readonly plan: readonly StepWish[];
  readonly terms: Terms;
  readonly ifLate: IfLate | undefined;
  /** The moment from which nothing of it lies ahead. */
  readonly pastFrom: DateTime;
  readonly accountId: string;
  /** True when another account may take over. */
  readonly routed: boolean;
  readonly sender: string;
  readonly sourceRevision: number | undefined;
  readonly notifyChange: boolean | undefined;
  readonly replaceContact: boolean;
  /** True when a cancelled booking is reopened. */
  readonly reopen: boolean;
}

/** Returns a series' row from a booking; fields the caller left out keep their value. */
export function filingFactsOf(
  keys: TenantKeys,
  filing: Filing,
  {
    id,
    known,
  }: { readonly id: string; readonly known: Pick<Series, 'sourceRevision' | 'notifyChange'> | undefined },
): SeriesFacts {
  const { contact, details, practice, plan, terms, ifLate, accountId, routed, sender } = filing;
  const practiceName = practice?.name ?? details.practice;
  const ref = details.person?.ref;
  return {
    ...momentOf(keys, filing, practiceName),
    contactId: contact.id,
    practiceId: practice?.id ?? null,
    practiceIndex: practiceName === undefined ? null : practiceNameIndex(keys, practiceName),
    accountId,
    routed,
    sender,
    sealed: sealDetails(contact.key, id, details),
    personIndex: ref === undefined ? null : keys.indexOf('person', ref),
    territory: contact.place.territory,
    timeZone: contact.place.timeZone,
    plan,
    terms: ifLate === undefined ? terms : { ...terms, ifLate },
    legalNotice: details.legalNoticeRef !== undefined,
    ...callersWill(filing, known),
  };
}

/** Returns the moment and place that texts name, with a digest that shows whether they became false. */
function momentOf(
  keys: TenantKeys,
  { kind, event, said, details }: Filing,
  practiceName: string | undefined,
): Pick<SeriesFacts, 'eventAt' | 'eventWall' | 'eventZone' | 'facts'> {
  const eventWall = event.toFormat("yyyy-MM-dd'T'HH:mm");
  const eventZone = event.zoneName ?? 'utc';
  const eventAt = isoText(event.toUTC());
  const at = practiceName === undefined ? undefined : practiceNameMark(keys, practiceName);
  const parts = said ?? [eventAt, eventWall, eventZone, at, details.place ?? ''];
  return { eventAt, eventWall, eventZone, facts: keys.digest(JSON.stringify([kind, ...parts])) };
}

const callersWill = (
  { sourceRevision, notifyChange }: Filing,
  known: Pick<Series, 'sourceRevision' | 'notifyChange'> | undefined,
): Pick<SeriesFacts, 'sourceRevision' | 'notifyChange'> => ({
  sourceRevision: sourceRevision ?? known?.sourceRevision ?? null,
  notifyChange: notifyChange ?? known?.notifyChange ?? true,
});
