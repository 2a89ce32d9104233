import {
  type Clock,
  type Config,
  type Database,
  outageOf,
  uuidV7,
  type Vault,
} from '../../platform/index.ts';
import { keptReader } from '../kept-reader.ts';
import { type Accounts, matchReceipts, type TakingAccount, replySettler } from '../../sending/index.ts';
import { readLeft, type KeptAccount } from './read-kept.ts';

const isOutage = (cause: unknown): boolean => outageOf(cause) !== undefined;

interface Parts {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly config: Pick<Config, 'gateways'>;
}

/** Applies inbound calls of operators to the messages and people they concern. */
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
