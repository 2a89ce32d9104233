import type { Clock } from './clock.ts';
import type { Database } from './database/connection.ts';
import { uuidV7 } from './database/uuid-v7.ts';
import type { Vault } from './database/vault.ts';
import type { Accounts } from './messages/account.ts';
import { matchReceipts } from './messages/match-receipts.ts';
import type { TakingAccount } from './messages/reply-taking.ts';
import { replySettler } from './messages/settle-replies.ts';

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
  const settle = replySettler(deps, accountOf);
  return async () => {
    const [settled] = await Promise.allSettled([settle()]);
    const matched = await matchReceipts(deps);
    if (settled.status === 'rejected') throw settled.reason;
    return matched + settled.value > 0;
  };
}
