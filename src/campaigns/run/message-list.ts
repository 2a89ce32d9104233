import type { Transaction, TenantKeys } from '../../platform/index.ts';
import { messageId, messageKey } from '../../sending/index.ts';
import { holderOf } from './holder.repository.ts';
import { readMessages, type ListedRow } from './message-list.repository.ts';
import { maskPhone } from '../../sms/index.ts';

/** One message for an operator. */
export interface ListedMessage {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  /** Masked; none once the person is erased. */
  readonly to: string | null;
  readonly territory: string;
  readonly acceptedAt: string | null;
}

/** The selection of a campaign's messages; `after` is the last id seen. */
export interface MessageListAsked {
  readonly campaignId: string;
  readonly state?: string | undefined;
  readonly reason?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Lists a page of a campaign's messages, numbers masked. */
export async function listMessages(
  tx: Transaction,
  keys: TenantKeys,
  asked: MessageListAsked,
): Promise<{ readonly items: readonly ListedMessage[]; readonly next: string | null }> {
  const { campaignId, state, reason, limit } = asked;
  const after = asked.after === undefined ? undefined : messageKey(asked.after);
  const rows = await readMessages(tx, campaignId, { state, reason, after, limit: limit + 1 });
  const items = rows.slice(0, limit).map((row) => listed(keys, row));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

function listed(keys: TenantKeys, row: ListedRow): ListedMessage {
  const { state, reason, territory, acceptedAt } = row;
  const phone = holderOf(keys, row)?.phone;
  return {
    id: messageId(row),
    state,
    reason,
    to: phone === undefined ? null : maskPhone(phone),
    territory,
    acceptedAt,
  };
}
