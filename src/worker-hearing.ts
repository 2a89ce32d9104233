import type { Clock } from './clock.ts';
import type { Database } from './database/connection.ts';
import { uuidV7 } from './database/uuid-v7.ts';
import type { Vault } from './database/vault.ts';
import type { GatewayEvent, ReceiptEvent, ReplyEvent, StopEvent } from './gateways/gateway.ts';
import { receive } from './journal/entry.ts';
import type { Account } from './messages/account.ts';
import { keepAllReceipts } from './messages/match-receipts.ts';
import { takeReply } from './messages/take-reply.ts';

interface Parts {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
}

/**
 * Takes what operators tell on our own connection, until it is committed: they repeat what is not answered.
 *
 * Replies before receipts: whoever says STOP waits for nobody.
 */
export function hearOperators({ database, vault, clock }: Parts, accounts: Iterable<Account>): void {
  const deps = { database, vault, clock, newId: () => uuidV7(clock.machine()) };
  for (const { id, gateway } of accounts) {
    const { acknowledgesStop } = gateway.capabilities;
    gateway.hear?.(async (events) => {
      for (const event of events.filter(isSpoken)) {
        const { id: inboundId, at: receivedAt, simulated } = receive(clock);
        await takeReply(
          deps,
          { id, acknowledgesStop },
          { event: { ...event }, id: inboundId, receivedAt, simulated },
        );
      }
      await keepAllReceipts(deps, id, events.filter(isReceipt));
    });
  }
}

const isReceipt = (event: GatewayEvent): event is ReceiptEvent => event.kind === 'receipt';
const isSpoken = (event: GatewayEvent): event is ReplyEvent | StopEvent => event.kind !== 'receipt';
