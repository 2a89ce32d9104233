import type { Clock } from '../clock.ts';
import type { Database } from '../database/connection.ts';
import type { TenantKeys } from '../database/tenant-keys.ts';
import { readHome } from './contact.repository.ts';
import { readHeader } from './import-header.ts';
import { textOf } from './import-slice.ts';
import {
  beginReading,
  endImport,
  readImportRow,
  readReaderHome,
  type ImportCursor,
  type ImportRecord,
  type ReaderHome,
} from './import.repository.ts';
import type { Home } from './upsert-contacts.ts';

/** Which import, of which tenant. */
export interface ImportKey {
  readonly tenantId: string;
  readonly importId: string;
}

/** What an import is opened with. */
interface OpeningDeps {
  readonly clock: Clock;
  readonly database: Database;
}

/** A file that is being read. */
export interface Opened {
  readonly keys: TenantKeys;
  readonly record: ImportRecord;
  readonly cursor: ImportCursor;
  readonly home: ReaderHome;
  readonly place: Home;
}

/** Another attempt came first: what it left is looked at again. */
const LATE = 'late';

/** Opens an import at its cursor, or at its header; nothing when it is finished, its failure when it is failed. */
export async function openImport(
  deps: OpeningDeps,
  keys: TenantKeys,
  { tenantId, importId }: ImportKey,
): Promise<Opened | { readonly failure: string } | undefined> {
  const { database, clock } = deps;
  const found = await database.withTenant(tenantId, (tx) => readImportRow(tx, importId));
  if (found === undefined || found.state === 'finished') return undefined;
  if (found.state === 'failed') return { failure: found.failure ?? 'FAILED' };
  const home = await database.withTenant(tenantId, readReaderHome);
  const place = await database.withTenant(tenantId, readHome);
  if (isBegun(found.cursor)) return { keys, record: found, cursor: found.cursor, home, place };
  const header = await readHeader((offset) => textOf({ database, keys, importId }, offset), found);
  const begun = await database.withTenant(tenantId, async (tx) => {
    if (header.kind === 'unreadable') {
      const failed = { state: 'failed', failure: header.failure, at: clock.now().toISO() } as const;
      const isFirst = await endImport(tx, importId, failed);
      return isFirst ? { failure: header.failure.code } : LATE;
    }
    const tally = { rejectedBy: {}, warningsBy: {}, wordings: {}, ignoredColumns: header.ignored };
    const isFirst = await beginReading(tx, importId, { cursor: header.cursor, tally });
    if (!isFirst) return LATE;
    return { keys, record: { ...found, report: tally }, cursor: header.cursor, home, place };
  });
  return begun === LATE ? openImport(deps, keys, { tenantId, importId }) : begun;
}

const isBegun = (cursor: Partial<ImportCursor>): cursor is ImportCursor => cursor.offset !== undefined;
