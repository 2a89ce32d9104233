import { type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';

const bookedAccountRows = rowsOf('gateway_account', ['id', 'name', 'fake']);

/** An account at an operator, for bookings. */
export type BookedAccount = RowOf<typeof bookedAccountRows>;

/** The account of that name. */
export async function bookedAccountNamed(tx: Transaction, name: string): Promise<BookedAccount | undefined> {
  return tx.first(bookedAccountRows.sql`SELECT id, name, fake FROM gateway_account WHERE name = ${name}`);
}
