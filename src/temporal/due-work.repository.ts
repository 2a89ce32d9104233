import { sql } from 'kysely';
import type { DueWork } from '../operations/index.ts';
import { col, computedRows, type Database, type RowOf, rowsOf } from '../platform/index.ts';

const openWorkRows = computedRows({
  kind: col.text<'series' | 'campaign' | 'acknowledgements' | 'import' | 'erasure'>(),
  id: col.text(),
  tenantId: col.text(),
});

/** An unfinished row. */
export type OpenWork = RowOf<typeof openWorkRows>;

const tables = { series: 'reminder_series', campaign: 'campaign', shard: 'batch' } as const;

/** Marks rows as signalled, except those written to since they were read, even with a plan for the same instant. */
export async function markWoken(
  database: Database,
  notified: readonly DueWork[],
  machineNow: string,
): Promise<void> {
  const groups = Map.groupBy(notified, (work) => `${work.tenantId} ${work.kind}`);
  for (const works of groups.values()) {
    const [first] = works;
    if (first === undefined) continue;
    const rows = JSON.stringify(works.map(({ id, version }) => ({ id, version })));
    await database.withTenant(first.tenantId, (tx) =>
      tx.run(sql`
        UPDATE ${sql.table(tables[first.kind])} AS t SET woken_at = ${machineNow}::timestamptz
          FROM jsonb_to_recordset(${rows}::jsonb) AS told(id uuid, version text)
         WHERE t.id = told.id AND t.xmin::text = told.version`),
    );
  }
}

const localeRows = rowsOf('tenant', ['locale']);

/** Reads the locale of a tenant: Temporal's page describes its workflows in that language. */
export async function localeOfTenant(database: Database, tenantId: string): Promise<string> {
  const tenant = await database.withTenant(tenantId, (tx) =>
    tx.first(localeRows.sql`SELECT locale FROM tenant WHERE id = ${tenantId}::uuid`),
  );
  return tenant?.locale ?? 'fr';
}

/** Reads the locale of a tenant. */
export type Locales = (tenantId: string) => Promise<string>;

/** The same, read once a tenant: for one round over much work of few tenants. */
export function localesOnce(database: Database): Locales {
  const known = new Map<string, Promise<string>>();
  return (tenantId) => {
    const locale = known.get(tenantId) ?? localeOfTenant(database, tenantId);
    known.set(tenantId, locale);
    return locale;
  };
}

/** Lists open work that was due before an instant of the law clock (`infinity`: all open work), page by page. */
export function openWork(
  database: Database,
  lateBefore: string,
  page: { readonly after: string; readonly most: number },
): Promise<OpenWork[]> {
  return database.outside((tx) =>
    tx.rows(openWorkRows.sql`
      SELECT kind, id, tenant_id AS "tenantId" FROM open_work(${lateBefore}, ${page.after}, ${page.most})`),
  );
}
