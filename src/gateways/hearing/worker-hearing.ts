import { instant, uuidV7 } from '../../platform/index.ts';
import {
  type GatewayEvent,
  type ReceiptEvent,
  type ReplyEvent,
  type StopEvent,
  type Account,
  noteAccount,
  circuitOf,
  keepUnreadPdu,
  keepAllReceipts,
} from '../../sending/index.ts';
import { takePart } from './worker-long-replies.ts';
import { takeReplies, type HearingParts, type NamedAccount } from './worker-replies.ts';

/**
 * Takes what operators send on our own connection: replies once they are durable, receipts once they are committed.
 * Operators repeat unacknowledged calls.
 */
export function receiveFromOperators(parts: HearingParts, accounts: Iterable<Account>): void {
  const { database, vault, clock } = parts;
  const deps = { database, vault, clock, newId: () => uuidV7(clock.machine()) };
  for (const account of accounts)
    account.gateway.receive?.(
      async (events) => {
        await takeReplies(parts, accountOf(account), events.filter(isReplyOrStop));
        await keepAllReceipts(deps, account.id, events.filter(isReceipt));
        await noteTroubles(parts, account, events.filter(isReceipt));
      },
      (bytes) =>
        database.outside((tx) =>
          keepUnreadPdu(
            tx,
            { vault },
            {
              id: deps.newId(),
              accountId: account.id,
              bytes,
              receivedAt: instant(clock.machine()).toISO(),
            },
          ),
        ),
      (part) => takePart(parts, accountOf(account), part),
    );
}

const isReceipt = (event: GatewayEvent): event is ReceiptEvent => event.kind === 'receipt';
const isReplyOrStop = (event: GatewayEvent): event is ReplyEvent | StopEvent => event.kind !== 'receipt';

/** Handles receipts about the account itself: lack of credit is reported, too fast a rate rests it. */
async function noteTroubles(
  { database, clock }: HearingParts,
  { id: accountId, gateway }: Account,
  receipts: readonly ReceiptEvent[],
): Promise<void> {
  const troubles = new Set(receipts.map(({ trouble }) => trouble));
  if (troubles.has('THROTTLED')) circuitOf(gateway).rests(clock.monotonic());
  if (!troubles.has('CREDIT')) return;
  const at = instant(clock.machine()).toISO();
  await database.outside((tx) => noteAccount(tx, clock, { accountId, state: 'credit', at }));
}

const accountOf = ({ id, gateway }: Account): NamedAccount => ({
  id,
  name: gateway.name,
  acknowledgesStop: gateway.capabilities.acknowledgesStop,
});
