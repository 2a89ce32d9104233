import { sql } from 'kysely';
import { idRows, type Transaction, uuidV7 } from '../../platform/index.ts';

/** An account from the configuration. */
export interface ConfiguredAccount {
  readonly name: string;
  readonly kind: string;
  readonly fake: boolean;
  /** True when it carries messages that name no account. */
  readonly default: boolean;
  readonly ratePerSecond: number;
  readonly processor?: { readonly name: string; readonly country: string } | undefined;
}

/**
 * Writes the configured accounts, by name; returns their ids. Safe to repeat in every process; a row that is no
 * longer configured stays for what it sent.
 */
export async function registerAccounts(
  tx: Transaction,
  accounts: readonly ConfiguredAccount[],
  when: { readonly at: string; readonly machineMs: number },
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (const { name, kind, fake, ratePerSecond, processor, default: isDefault } of accounts) {
    const row = await tx.first(idRows.sql`
      INSERT INTO gateway_account (id, name, kind, fake, rate_per_second, processor_name, processor_country,
                                   is_default, updated_at)
      VALUES (${uuidV7(when.machineMs)}, ${name}, ${kind}, ${fake}, ${ratePerSecond}, ${processor?.name ?? null}, ${processor?.country ?? null},
              ${isDefault}, ${when.at})
      ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, fake = excluded.fake,
        rate_per_second = excluded.rate_per_second, processor_name = excluded.processor_name,
        processor_country = excluded.processor_country,
        is_default = excluded.is_default, updated_at = excluded.updated_at
      RETURNING id`);
    if (row !== undefined) ids.set(name, row.id);
  }
  const names = accounts.map(({ name }) => name);
  await tx.run(
    sql`UPDATE gateway_account SET is_default = false WHERE is_default AND name <> ALL (${names}::text[])`,
  );
  return ids;
}
