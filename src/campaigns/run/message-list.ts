import { csvLine, type Transaction, type TenantKeys, type Database } from '../../platform/index.ts';
import { messageId, messageKey, type MessageKey } from '../../sending/index.ts';
import { holderOf, readMessages, type ListedRow } from './message-list.repository.ts';
import { maskPhone, costOfParts } from '../../sms/index.ts';

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

/** The selection of messages, and whether numbers are shown in full. */
interface ServedAsked {
  readonly campaignId: string;
  readonly state?: string | undefined;
  readonly reason?: string | undefined;
  readonly clear: boolean;
}

/** People opened without a pause, while other requests wait for this process. */
const PAGE = 500;
const COST = ['gateway', 'parts', 'cost', 'currency'];
const HEADINGS = ['message', 'contactId', 'phone', 'territory', 'state', 'reason', 'acceptedAt', ...COST];

/** Writes the outcome of everybody in a campaign's audience, a row each, however many they are. */
export async function* servedCsv(
  { database, keys }: { readonly database: Database; readonly keys: TenantKeys },
  { campaignId, clear, ...asked }: ServedAsked,
): AsyncGenerator<string> {
  yield `\uFEFF${csvLine(HEADINGS)}`;
  for (let after: MessageKey | undefined; ;) {
    const page = { ...asked, after, limit: PAGE };
    const rows = await database.withTenant(keys.tenantId, (tx) => readMessages(tx, campaignId, page));
    if (rows.length > 0) yield rows.map((row) => csvLine(cells(keys, row, clear))).join('');
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last;
  }
}

function cells(keys: TenantKeys, row: ListedRow, clear: boolean): readonly string[] {
  const { contactId, territory, state, reason, acceptedAt } = row;
  const phone = holderOf(keys, row)?.phone ?? '';
  const shown = clear || phone === '' ? phone : maskPhone(phone);
  const plain = [messageId(row), contactId ?? '', shown, territory, state, reason ?? '', acceptedAt ?? ''];
  return [...plain, ...spent(row)];
}

const TAKEN: ReadonlySet<string> = new Set(['accepted', 'delivered', 'undelivered']);

/** Returns the operator's charge: account, parts and price; empty where nothing was spent. */
function spent({ state, gateway, parts, price, currency }: ListedRow): readonly string[] {
  if (!TAKEN.has(state) || gateway === null || parts === null) return COST.map(() => '');
  const cost = price === null || currency === null ? '' : costOfParts(price, parts);
  return [gateway, String(parts), cost, cost === '' ? '' : (currency ?? '')];
}
