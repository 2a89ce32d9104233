import { type Clock, type Transaction, handlers } from '../../platform/index.ts';

/** A message reported as undelivered, with the reason. */
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

/** Reports that a message was not delivered. */
export async function messageUndelivered(...news: Parameters<UndeliveredHandler>): Promise<void> {
  for (const handle of undeliveredHandlers.all) await handle(...news);
}
