import { type Clock, type Transaction, handlers } from '../../platform/index.ts';

/** A message that its operator says did not arrive, and why. */
export interface UndeliveredMessage {
  readonly batchId: string;
  readonly seq: number;
  readonly code: string;
}

/** Called in the transaction that keeps the receipt. */
type UndeliveredHandler = (
  tx: Transaction,
  deps: { readonly clock: Clock },
  message: UndeliveredMessage,
) => Promise<void>;

/** Called one after the other. */
export const undeliveredHandlers = handlers<UndeliveredHandler>('undeliveredHandlers');

/** Tells that a message did not arrive. */
export async function messageUndelivered(...news: Parameters<UndeliveredHandler>): Promise<void> {
  for (const handle of undeliveredHandlers.all) await handle(...news);
}
