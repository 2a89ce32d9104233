const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const SHAPE = new RegExp(`^(?:msg|ack)_(${UUID})_(\\d{1,9})$`);

/** Where a message stands in the ledger. */
export interface MessageKey {
  readonly batchId: string;
  readonly seq: number;
}

/** The name of a message outside: `msg_…`, or `ack_…` for what answers a person. */
export const messageId = (key: MessageKey, kind: 'msg' | 'ack' = 'msg'): string =>
  `${kind}_${key.batchId}_${key.seq}`;

/** The key a name stands for, or nothing when it is not one of ours. */
export function messageKey(id: string): MessageKey | undefined {
  const [, batchId, seq] = SHAPE.exec(id) ?? [];
  return batchId === undefined || seq === undefined ? undefined : { batchId, seq: Number(seq) };
}
