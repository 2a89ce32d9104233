import { sql } from 'kysely';
import type { Transaction } from '../../platform/index.ts';

/** Stores one of the tenant's choices; the others stay. */
export const keepChoice = (
  tx: Transaction,
  choice: { readonly name: 'routes' | 'senders'; readonly value: unknown; readonly at: string },
): Promise<number> =>
  tx.run(sql`
    UPDATE tenant SET settings = settings || jsonb_build_object(${choice.name}::text, ${JSON.stringify(choice.value)}::jsonb), updated_at = ${choice.at}
     WHERE id = ${tx.tenantId}::uuid`);
