import { sql } from 'kysely';
import type { Transaction } from '../../platform/index.ts';

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
