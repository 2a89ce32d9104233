import { sql, type RawBuilder } from 'kysely';
import {
  anyOf,
  BEFORE_ALL,
  col,
  computedRows,
  hexOf,
  idRows,
  type Page,
  query,
  type ResultOf,
  rowsOf,
  type Transaction,
  uuidV7,
} from '../../platform/index.ts';
import type { ConsentPurpose } from './consent-event.ts';
import type { WordingFinding } from './wording-findings.ts';

const wordings = query
  .selectFrom('wording')
  .select(['id', 'brandId', 'purposes', 'locale', 'version', 'text', hexOf('sha256')])
  .select(['origin', 'inUseFrom', 'inUseUntil', 'findings', 'createdAt'])
  .$narrowType<{ purposes: readonly ConsentPurpose[]; origin: 'published' | 'declared' }>()
  .$narrowType<{ findings: readonly WordingFinding[] }>();

/** A stored wording; its SHA-256 is hexadecimal. */
export type Wording = ResultOf<typeof wordings>;

/** A wording before it has a version. */
export type NewWording = Omit<Wording, 'id' | 'version' | 'createdAt'>;

/** Reads wordings by id; foreign and unknown ids are left out alike. */
export async function readWordings(tx: Transaction, ids: readonly string[]): Promise<Wording[]> {
  const own = wordings.where('tenantId', '=', tx.tenantId);
  return ids.length === 0 ? [] : tx.rows(own.where('id', '=', anyOf(ids, 'uuid')));
}

const firstCitationRows = computedRows({ id: col.of('wording_citation', 'wordingId'), at: col.text() });

/** Reads the instant of the earliest consent that cites each wording. */
export async function readFirstUses(
  tx: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.rows(firstCitationRows.sql`
    SELECT wording_id AS id, iso(min(cited_at)) AS at FROM wording_citation
     WHERE tenant_id = ${tx.tenantId}::uuid AND wording_id = ANY(${ids}::uuid[]) GROUP BY wording_id`);
  return new Map(rows.map(({ id, at }) => [id, at]));
}

export async function readWordingPage(
  tx: Transaction,
  { after = BEFORE_ALL, limit }: Page,
): Promise<Wording[]> {
  const own = wordings.where('tenantId', '=', tx.tenantId).where('id', '>', after);
  return tx.rows(own.orderBy('id').limit(limit));
}

/** Inserts new wordings; returns the id of each, new or known, in order. */
export async function putWordings(
  tx: Transaction,
  news: readonly NewWording[],
  made: { readonly at: string; readonly machineMs: number },
): Promise<readonly { readonly id: string; readonly created: boolean }[]> {
  // Versions are counted: two declarations at once must not count the same one.
  await tx.run(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`wording|${tx.tenantId}`}, 0))`);
  const answers: { id: string; created: boolean }[] = [];
  for (const wording of news) {
    const id = uuidV7(made.machineMs);
    const inserted = await tx.first(insertion(tx, { ...wording, id }, made.at));
    const known = inserted ?? (await tx.first(sameWording(tx, wording)));
    if (known !== undefined) answers.push({ id: known.id, created: inserted !== undefined });
  }
  return answers;
}

const insertion = (
  tx: Transaction,
  wording: NewWording & { readonly id: string },
  at: string,
): RawBuilder<{ id: string }> => idRows.sql`
  INSERT INTO wording (id, tenant_id, brand_id, purposes, locale, version, text, sha256, origin, in_use_from,
                       in_use_until, findings, created_at)
  SELECT ${wording.id}::uuid, ${tx.tenantId}::uuid, ${wording.brandId}::uuid, ${wording.purposes}::text[],
         ${wording.locale}, 1 + coalesce((SELECT max(version) FROM wording w
           WHERE w.tenant_id = ${tx.tenantId}::uuid AND w.purposes = ${wording.purposes}::text[] AND w.locale = ${wording.locale}), 0),
         ${wording.text}, decode(${wording.sha256}, 'hex'), ${wording.origin}, ${wording.inUseFrom}::timestamptz,
         ${wording.inUseUntil}::timestamptz, ${JSON.stringify(wording.findings)}::jsonb, ${at}::timestamptz
  ON CONFLICT (tenant_id, sha256, purposes, locale) DO NOTHING
  RETURNING id`;

const sameWording = (tx: Transaction, wording: NewWording): RawBuilder<{ id: string }> => idRows.sql`
  SELECT id FROM wording
   WHERE tenant_id = ${tx.tenantId}::uuid AND sha256 = decode(${wording.sha256}, 'hex')
     AND purposes = ${wording.purposes}::text[] AND locale = ${wording.locale}`;

const tenantNameRows = rowsOf('tenant', ['legalName', 'name']).with({ brands: col.list<string>() });

/** Reads the names that a wording may give: the controller's, those of its brands, and the number of brands. */
export async function readNames(
  tx: Transaction,
): Promise<{ readonly names: readonly string[]; readonly brands: number }> {
  const row = await tx.first(tenantNameRows.sql`
    SELECT t.legal_name AS "legalName", t.name, ARRAY(SELECT b.name FROM brand b WHERE b.tenant_id = t.id) AS brands
      FROM tenant t WHERE t.id = ${tx.tenantId}::uuid`);
  if (row === undefined) return { names: [], brands: 0 };
  return { names: [row.legalName, ...row.brands, row.name], brands: row.brands.length };
}
