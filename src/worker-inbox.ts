import type { Clock } from './clock.ts';
import type { Database } from './database/connection.ts';
import { uuidV7 } from './database/uuid-v7.ts';
import type { Vault } from './database/vault.ts';
import type { Accounts } from './messages/account.ts';
import { matchReceipts } from './messages/match-receipts.ts';
import type { TakingAccount } from './messages/reply-taking.ts';
import { settleReplies } from './messages/take-reply.ts';

interface Parts {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** What came in from operators, brought to the messages and people it speaks of. */
export function inboxWork({ database, vault, clock }: Parts, accounts: Accounts): () => Promise<boolean> {
  const deps = { database, vault, clock, newId: () => uuidV7(clock.machine()) };
  const accountOf = (id: string): TakingAccount | undefined => {
    const account = accounts.byId(id);
    return account && { id, acknowledgesStop: account.gateway.capabilities.acknowledgesStop };
  };
  return async () => {
    const settled = await settleReplies(deps, accountOf);
    return (await matchReceipts(deps)) + settled > 0;
  };
}
