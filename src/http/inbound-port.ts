import type { Clock } from '../clock.ts';
import { inTime } from '../in-time.ts';
import type { Database } from '../database/connection.ts';
import { uuidV7 } from '../database/uuid-v7.ts';
import type { Vault } from '../database/vault.ts';
import type { GatewayAccount } from '../gateway-account.ts';
import { callbackParser } from '../gateways/callback-parser.ts';
import { keepAllReceipts } from '../messages/match-receipts.ts';
import { receive, type JournalEntry } from '../journal/entry.ts';
import { takeAtOnce } from '../messages/take-reply.ts';
import type { InboundAccount, InboundPort } from './inbound.ts';
import type { OptOutJournal } from './journalled.ts';
import { ReceiptsTogether } from './receipts-together.ts';

/** Operators give up after seconds, and some tell a thing once. */
const PATIENCE_MS = 800;

/** An account as it is configured, with its id and its secret. */
export interface ListenedAccount {
  readonly id: string;
  readonly secret: string;
  readonly account: GatewayAccount;
  /** The address at which its operator calls us, secret included: some sign it. */
  readonly inboundUrl: string;
}

/** What is told goes to the ledger, replies by the journal; a STOP has connections of its own. */
export function inboundPort(
  parts: {
    readonly vault: Vault;
    readonly clock: Clock;
    readonly database: Database;
    /** Two connections that only what bars a sender waits for. */
    readonly reserved: Database;
    readonly journal: Pick<OptOutJournal, 'take'>;
    /** Told of each reply that took effect at once. */
    readonly effective: (entry: JournalEntry) => void;
  },
  listened: readonly ListenedAccount[],
): InboundPort {
  const { vault, clock, database, reserved, journal, effective } = parts;
  const newId = (): string => uuidV7(clock.machine());
  const accounts = new Map(listened.map(entry));
  const receipts = new Map(
    listened.map(({ id }) => [
      id,
      new ReceiptsTogether((events) => keepAllReceipts({ database, vault, clock, newId }, id, events)),
    ]),
  );
  const acknowledging = acknowledgingAmong(listened);
  return {
    accountNamed: (name) => accounts.get(name),
    takeReply: async ({ id, name }, event) => {
      const reception = receive(clock);
      const kept: JournalEntry = {
        kind: 'inbound',
        gateway: name,
        accountId: id,
        event: { ...event },
        reception,
      };
      let rest: Promise<unknown> = Promise.resolve();
      await journal.take(kept, async () => {
        const taken = await takeAtOnce(
          { database, reserved, vault, clock, newId },
          { id, acknowledgesStop: acknowledging.has(id) },
          { event: kept.event, id: reception.id, receivedAt: reception.at, simulated: reception.simulated },
        );
        if (taken.isNew) effective(kept);
        ({ rest } = taken);
      });
      await soon(rest);
    },
    keepReceipts: async ({ id }, events) => receipts.get(id)?.keep(events),
  };
}

/** Ids of the accounts whose operator tells people itself that they stopped. */
const acknowledgingAmong = (listened: readonly ListenedAccount[]): ReadonlySet<string> =>
  new Set(listened.filter(({ account }) => account.acknowledgesStop).map(({ id }) => id));

/** What a STOP brings about besides is there when its operator is answered, unless it takes long. */
const soon = (rest: Promise<unknown>): Promise<unknown> => inTime(rest, PATIENCE_MS, undefined);

function entry({ id, secret, account, inboundUrl }: ListenedAccount): [string, InboundAccount] {
  const { name } = account;
  return [name, { id, name, secret, parseCallback: callbackParser(account, inboundUrl) }];
}
