import { holderOf } from '../../campaigns/index.ts';
import { csvLine, type Database, type TenantKeys } from '../../platform/index.ts';
import { messageId, type MessageKey } from '../../sending/index.ts';
import { maskPhone } from '../../sms/index.ts';
import type { RegisterPeriod } from '../compliance/register.repository.ts';
import { shadowRows, type ShadowRow } from './shadow.repository.ts';

const PAGE = 1_000;
const HEADINGS = [
  'at',
  'phone',
  'purpose',
  'outcome',
  'reason',
  'territory',
  'order',
  'message',
  'contactId',
];

/** Writes the messages that would have been sent, and the others, a row each, for comparison with another tool's log. */
export async function* shadowCsv(
  { database, keys }: { readonly database: Database; readonly keys: TenantKeys },
  { clear, ...period }: RegisterPeriod & { readonly clear: boolean },
): AsyncGenerator<string> {
  yield `\uFEFF${csvLine(HEADINGS)}`;
  for (let after: MessageKey | undefined; ;) {
    const page = { after, limit: PAGE };
    const rows = await database.withTenant(keys.tenantId, (tx) => shadowRows(tx, period, page));
    if (rows.length > 0) yield rows.map((row) => csvLine(cells(keys, row, clear))).join('');
    after = rows.at(-1);
    if (rows.length < PAGE) return;
  }
}

function cells(keys: TenantKeys, row: ShadowRow, clear: boolean): readonly string[] {
  const { at, purpose, reason, territory, order, contactId } = row;
  const phone = holderOf(keys, row)?.phone ?? '';
  const shown = clear || phone === '' ? phone : maskPhone(phone);
  const left = reason === 'SHADOW';
  return [
    at,
    shown,
    purpose,
    left ? 'would-have-left' : 'refused',
    left ? '' : (reason ?? ''),
    territory,
    order ?? '',
    messageId(row),
    contactId ?? '',
  ];
}
