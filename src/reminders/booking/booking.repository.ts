import { sql, type RawBuilder } from 'kysely';
import { col, query, type ResultOf, rowsOf, type Transaction } from '../../platform/index.ts';
import type { ExternalName } from '../series/series.repository.ts';

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

/** Reads a gateway account by its exact name. */
export async function bookedAccountNamed(tx: Transaction, name: string): Promise<BookedAccount | undefined> {
  return tx.first(accounts.where('name', '=', name));
}

/** Does work within a savepoint: a refusal leaves nothing behind in the caller's transaction. */
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
