const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const SHAPE = new RegExp(`^(?:msg|ack)_(${UUID})_(\\d{1,9})$`);

/** The key of a message in the ledger. */
export interface MessageKey {
  readonly batchId: string;
  readonly seq: number;
}

/** Returns the public id of a message: `msg_…`, or `ack_…` for an answer to a person. */
export const messageId = (key: MessageKey, kind: 'msg' | 'ack' = 'msg'): string =>
  `${kind}_${key.batchId}_${key.seq}`;

/** Parses a public id; undefined when it is none of ours. */
export function messageKey(id: string): MessageKey | undefined {
  const [, batchId, seq] = SHAPE.exec(id) ?? [];
  return batchId === undefined || seq === undefined ? undefined : { batchId, seq: Number(seq) };
}
