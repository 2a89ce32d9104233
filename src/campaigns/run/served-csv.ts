import { csvLine, type Database, type TenantKeys } from '../../platform/index.ts';
import { messageId, type MessageKey } from '../../sending/index.ts';
import { costOfParts, maskPhone } from '../../sms/index.ts';
import { holderOf } from './holder.repository.ts';
import { readMessages, type ListedRow } from './message-list.repository.ts';

/** The selection of messages, and whether numbers are shown in full. */
export interface ServedAsked {
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
