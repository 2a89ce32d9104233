import { sql } from 'kysely';
import type { Transaction } from './connection.ts';
import { uuidV7 } from './uuid-v7.ts';

/** An account as the environment configures it. */
export interface ConfiguredAccount {
  readonly name: string;
  readonly kind: string;
  readonly fake: boolean;
  readonly ratePerSecond: number;
  readonly processor?: { readonly country: string } | undefined;
}

/**
 * Writes the configured accounts, by name, and answers their ids.
 *
 * Safe to repeat in every process; a row that is no longer configured stays for what it sent.
 */
export async function registerAccounts(
  tx: Transaction,
  accounts: readonly ConfiguredAccount[],
  when: { readonly at: string; readonly machineMs: number },
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (const { name, kind, fake, ratePerSecond, processor } of accounts) {
    const row = await tx.first(sql<{ id: string }>`
      INSERT INTO gateway_account (id, name, kind, fake, rate_per_second, processor_country, updated_at)
      VALUES (${uuidV7(when.machineMs)}, ${name}, ${kind}, ${fake}, ${ratePerSecond}, ${processor?.country ?? null}, ${when.at})
      ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, fake = excluded.fake,
        rate_per_second = excluded.rate_per_second, processor_country = excluded.processor_country, updated_at = excluded.updated_at
      RETURNING id`);
    if (row !== undefined) ids.set(name, row.id);
  }
  return ids;
}
