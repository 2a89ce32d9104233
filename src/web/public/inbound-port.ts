import { type GatewayAccount, inTime } from '../../platform/index.ts';
import { callReader, noteMisSigned } from '../../gateways/index.ts';
import { CallHearing } from './call-hearing.ts';
import type { InboundAccount, InboundPort, InboundParts } from './inbound.ts';

/** An account as it is configured, with its id and its secret. */
export interface ListenedAccount {
  readonly id: string;
  readonly secret: string;
  readonly account: GatewayAccount;
  /** The inbound address at which its operator calls us, secret included: some sign it. */
  readonly inboundUrl: string;
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
