import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './database/connection.ts';
import { outageOf } from './database/outage.ts';
import { uuidV7 } from './database/uuid-v7.ts';
import type { Vault } from './database/vault.ts';
import { keptReader } from './gateways/kept-reader.ts';
import type { Accounts } from './messages/account.ts';
import { matchReceipts } from './messages/match-receipts.ts';
import { readLeft, type KeptAccount } from './messages/read-kept.ts';
import type { TakingAccount } from './messages/reply-taking.ts';
import { replySettler } from './messages/settle-replies.ts';

const isOutage = (cause: unknown): boolean => outageOf(cause) !== undefined;

interface Parts {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly config: Pick<Config, 'gateways'>;
}

/** What came in from operators, brought to the messages and people it speaks of. */
export function inboxWork(
  { database, vault, clock, config }: Parts,
  accounts: Accounts,
): () => Promise<boolean> {
  const kept = new Map(
    config.gateways.map((account): [string, KeptAccount] => [
      account.name,
      { acknowledgesStop: account.acknowledgesStop, reader: keptReader(account) },
    ]),
  );
  const deps = { database, vault, clock, newId: () => uuidV7(clock.machine()) };
  const accountOf = (id: string): TakingAccount | undefined => {
    const account = accounts.byId(id);
    return account && { id, acknowledgesStop: account.gateway.capabilities.acknowledgesStop };
  };
  const settle = replySettler(deps, accountOf);
  return async () => {
    const [settled] = await Promise.allSettled([settle()]);
    const left = await readLeft({ ...deps, accountNamed: (name) => kept.get(name), isOutage });
    const matched = await matchReceipts(deps);
    if (settled.status === 'rejected') throw settled.reason;
    return left + matched + settled.value > 0;
  };
}
