import { instant, type Clock } from './clock.ts';
import type { Database } from './database/connection.ts';
import { uuidV7 } from './database/uuid-v7.ts';
import type { Vault } from './database/vault.ts';
import type { GatewayEvent, ReceiptEvent, ReplyEvent, StopEvent } from './gateways/gateway.ts';
import { receive, type InboundEntry } from './journal/entry.ts';
import type { Journal } from './journal/journal.ts';
import type { Account } from './messages/account.ts';
import { keepAllReceipts } from './messages/match-receipts.ts';
import { takeReply } from './messages/take-reply.ts';
import { keepUnread } from './messages/unread-delivery.repository.ts';

/** What is heard is kept in. */
export interface HearingParts {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  /** Replies are on the disk before their effect is committed. */
  readonly journal: Pick<Journal, 'take'>;
}

/** Replies that are committed side by side, at most: the connections are everybody's. */
const SIDE_BY_SIDE = 10;

/**
 * Takes what operators tell on our own connection: replies once they hold whatever happens, receipts once they are
 * committed. Operators repeat what is not answered.
 */
export function hearOperators(parts: HearingParts, accounts: Iterable<Account>): void {
  const { database, vault, clock } = parts;
  const deps = { database, vault, clock, newId: () => uuidV7(clock.machine()) };
  for (const account of accounts)
    account.gateway.hear?.(
      async (events) => {
        await takeReplies(parts, account, events.filter(isSpoken));
        await keepAllReceipts(deps, account.id, events.filter(isReceipt));
      },
      (bytes) =>
        database.outside((tx) =>
          keepUnread(tx, vault, {
            id: deps.newId(),
            accountId: account.id,
            bytes,
            receivedAt: instant(clock.machine()).toISO(),
          }),
        ),
    );
}

const isReceipt = (event: GatewayEvent): event is ReceiptEvent => event.kind === 'receipt';
const isSpoken = (event: GatewayEvent): event is ReplyEvent | StopEvent => event.kind !== 'receipt';

async function takeReplies(
  parts: HearingParts,
  account: Account,
  events: readonly (ReplyEvent | StopEvent)[],
): Promise<void> {
  for (let from = 0; from < events.length; from += SIDE_BY_SIDE)
    await Promise.all(events.slice(from, from + SIDE_BY_SIDE).map((event) => takeOne(parts, account, event)));
}

async function takeOne(
  { database, vault, clock, journal }: HearingParts,
  { id: accountId, gateway }: Account,
  event: ReplyEvent | StopEvent,
): Promise<void> {
  const deps = { database, vault, clock, newId: () => uuidV7(clock.machine()) };
  const { acknowledgesStop } = gateway.capabilities;
  const reception = receive(clock);
  const entry: InboundEntry = {
    kind: 'inbound',
    gateway: gateway.name,
    accountId,
    event: { ...event },
    reception,
  };
  const { id, at: receivedAt, simulated } = reception;
  const told = { event: entry.event, id, receivedAt, simulated };
  await journal.take(entry, () => takeReply(deps, { id: accountId, acknowledgesStop }, told));
}
