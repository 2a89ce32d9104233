import type { GatewayEvent } from './gateway.ts';

/** What a receipt may tell of the account: no credit left, or too much at once. */
export type ReceiptTrouble = 'CREDIT' | 'THROTTLED';

/** One part of a reply that is longer than one message, octets as they came. */
export interface ReplyPart {
  /** Equal for all parts of one reply; names a person: digest it before it is stored. */
  readonly message: string;
  /** From 1 to `of`. */
  readonly at: number;
  readonly of: number;
  /** E.164: the number that it comes from, or the two that it may be. */
  readonly senders: readonly string[];
  readonly to?: string;
  /** In base64. */
  readonly octets: string;
  readonly dataCoding: number;
  readonly alphabet: 'gsm-7' | 'latin-1' | 'utf-8';
}

/**
 * Listens to an operator that speaks on our own connection: it is answered once `take` has resolved.
 *
 * What nobody can read is refused once `keepUnread` has it, as it came; while that answers `full`, it is to be told
 * again. A part of a longer reply is answered once
 * `keepPart` has it, which answers `full` when it takes no more: then the part is told as a reply of its own.
 */
export type Hear = (
  take: (events: readonly GatewayEvent[]) => Promise<void>,
  keepUnread?: (bytes: Buffer) => Promise<'kept' | 'full'>,
  keepPart?: (part: ReplyPart) => Promise<'kept' | 'full'>,
) => void;
