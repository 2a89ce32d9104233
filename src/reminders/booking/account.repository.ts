import { sql } from 'kysely';
import type { Transaction } from '../../platform/index.ts';

/** An account at an operator, as a booking sees it. */
export interface BookedAccount {
  readonly id: string;
  readonly name: string;
  readonly fake: boolean;
}

/** The account of that name. */
export async function accountNamed(tx: Transaction, name: string): Promise<BookedAccount | undefined> {
  return tx.first(sql<BookedAccount>`SELECT id, name, fake FROM gateway_account WHERE name = ${name}`);
}
