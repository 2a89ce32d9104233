import type { Clock } from '../clock.ts';
import type { Database } from '../database/connection.ts';
import type { Vault } from '../database/vault.ts';
import type { GatewayAccount } from '../gateway-account.ts';
import { callReader } from '../gateways/callback-parser.ts';
import { inTime } from '../in-time.ts';
import type { JournalEntry } from '../journal/entry.ts';
import { noteMisSigned } from '../messages/account-trial.repository.ts';
import { CallHearing } from './call-hearing.ts';
import type { InboundAccount, InboundPort } from './inbound.ts';
import type { OptOutJournal } from './journalled.ts';
import type { Metrics } from './metrics.ts';

/** An account as it is configured, with its id and its secret. */
export interface ListenedAccount {
  readonly id: string;
  readonly secret: string;
  readonly account: GatewayAccount;
  /** The inbound address at which its operator calls us, secret included: some sign it. */
  readonly inboundUrl: string;
}

/** What is heard is kept in. */
export interface InboundParts {
  readonly vault: Vault;
  readonly clock: Clock;
  readonly database: Database;
  /** Two connections that only what bars a sender, and the calls that may, wait for. */
  readonly reserved: Database;
  readonly journal: Pick<OptOutJournal, 'take' | 'takeAll' | 'isAsking' | 'here'>;
  readonly metrics: Pick<Metrics, 'told'>;
  /** Bytes of calls of one account that are kept at most: 1 GiB unless said. */
  readonly mostKeptBytes?: number;
  /** Told of each reply that took effect at once. */
  readonly effective: (entry: JournalEntry) => void;
}

const COUNTED_WITHIN_MS = 200;

/** What is told is kept, then read: receipts go to the ledger, replies there by the journal. */
export function inboundPort(parts: InboundParts, listened: readonly ListenedAccount[]): InboundPort {
  const accounts = new Map(listened.map(entry));
  const hearing = new CallHearing(parts, acknowledgingAmong(listened));
  return {
    accountNamed: (name) => accounts.get(name),
    // The call is refused in any case: what cannot be counted now tells nobody less.
    misSigned: ({ id }) =>
      inTime(
        parts.database.outside((tx) => noteMisSigned(tx, id)).catch(() => 0),
        COUNTED_WITHIN_MS,
        0,
      ),
    hear: (account, call) => hearing.hear(account, call),
  };
}

/** Ids of the accounts whose operator tells people itself that they stopped. */
const acknowledgingAmong = (listened: readonly ListenedAccount[]): ReadonlySet<string> =>
  new Set(listened.filter(({ account }) => account.acknowledgesStop).map(({ id }) => id));

function entry({ id, secret, account, inboundUrl }: ListenedAccount): [string, InboundAccount] {
  const { name, formerInboundSecret: former } = account;
  const secrets = former === undefined ? [secret] : [secret, former];
  return [name, { id, name, secrets, ...callReader(account, inboundUrl) }];
}
