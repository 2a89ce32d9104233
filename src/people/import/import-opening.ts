import type { Clock, Database, Transaction, TenantKeys } from '../../platform/index.ts';
import { readHome } from '../contact/contact.repository.ts';
import type { Header } from './import-header.ts';
import { peopleFiles } from './people-file.ts';
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
import type { Home } from '../contact/upsert-contacts.ts';

/** Which import, of which tenant. */
export interface ImportKey {
  readonly tenantId: string;
  readonly importId: string;
}

interface OpeningDeps {
  readonly clock: Clock;
  readonly database: Database;
  readonly signal?: AbortSignal | undefined;
}

/** A file that is being read. */
export interface OpenedFile {
  readonly keys: TenantKeys;
  readonly record: ImportRecord;
  readonly cursor: ImportCursor;
  readonly home: ReaderHome;
  readonly place: Home;
}

/** Opens an import at its cursor, or at its header; undefined when it is finished, its failure when it failed. */
export async function openImport(
  deps: OpeningDeps,
  keys: TenantKeys,
  key: ImportKey,
): Promise<OpenedFile | { readonly failure: string } | undefined> {
  const { database, clock, signal } = deps;
  const { tenantId, importId } = key;
  const found = await database.withTenant(tenantId, (tx) => readImportRow(tx, importId));
  if (found?.state === 'failed') return { failure: found.failure ?? 'FAILED' };
  if (found === undefined || !isOpen(found)) return undefined;
  if (isBegun(found.cursor)) {
    const home = await database.withTenant(tenantId, readReaderHome);
    const place = await database.withTenant(tenantId, readHome);
    return { keys, record: found, cursor: found.cursor, home, place };
  }
  const { kind, options } = found;
  const textFrom = (offset: number) => textOf({ database, keys, importId }, offset);
  const header = await peopleFiles.header({ tenantId, textFrom, signal }, { kind, options });
  await database.withTenant(tenantId, (tx) => keepHeader(tx, importId, { header, at: clock.now().toISO() }));
  return openImport(deps, keys, key);
}

/** Stores a header, or its failure; where another attempt did, that result stays. */
export async function keepHeader(
  tx: Transaction,
  importId: string,
  { header, at }: { readonly header: Header; readonly at: string },
): Promise<void> {
  if (header.kind === 'unreadable') {
    await endImport(tx, importId, { state: 'failed', failure: header.failure, at });
    return;
  }
  const tally = { rejectedBy: {}, warningsBy: {}, wordings: {}, ignoredColumns: header.ignored };
  await beginReading(tx, importId, { cursor: header.cursor, tally });
}

/** Says whether rows remain to be read. */
export const isOpen = ({ state }: Pick<ImportRecord, 'state'>): boolean =>
  state === 'queued' || state === 'reading';

/** Says whether its header was read. */
export const isBegun = (cursor: Partial<ImportCursor>): cursor is ImportCursor => cursor.offset !== undefined;
