import { createHash } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';
import {
  anyOf,
  BEFORE_ALL,
  col,
  computedRows,
  hexOf,
  idRows,
  type Clock,
  type Page,
  pageOf,
  query,
  type ResultOf,
  rowsOf,
  type Transaction,
} from '../../platform/index.ts';
import { remembered, uuidV7 } from '../../base/index.ts';
import { languageOf } from '../../words/index.ts';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../../person/index.ts';
import { wordingFindings, type WordingFinding } from './wording-findings.ts';

const wordings = query
  .selectFrom('wording')
  .select(['id', 'brandId', 'purposes', 'locale', 'version', 'text', hexOf('sha256')])
  .select(['origin', 'inUseFrom', 'inUseUntil', 'findings', 'createdAt'])
  .$narrowType<{ purposes: readonly ConsentPurpose[]; origin: 'published' | 'declared' }>()
  .$narrowType<{ findings: readonly WordingFinding[] }>();

/** A stored wording; its SHA-256 is hexadecimal. */
export type Wording = ResultOf<typeof wordings>;

type NewWording = Omit<Wording, 'id' | 'version' | 'createdAt'>;

/** Reads wordings by id, without those that are unknown or another tenant's. */
export async function readWordings(tx: Transaction, ids: readonly string[]): Promise<Wording[]> {
  const own = wordings.where('tenantId', '=', tx.tenantId);
  return ids.length === 0 ? [] : tx.rows(own.where('id', '=', anyOf(ids, 'uuid')));
}

const firstCitationRows = computedRows({ id: col.of('wording_citation', 'wordingId'), at: col.text() });

/** Reads the instant of the earliest consent that cites each wording. */
async function readFirstUses(tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.rows(firstCitationRows.sql`
    SELECT wording_id AS id, iso(min(cited_at)) AS at FROM wording_citation
     WHERE tenant_id = ${tx.tenantId}::uuid AND wording_id = ANY(${ids}::uuid[]) GROUP BY wording_id`);
  return new Map(rows.map(({ id, at }) => [id, at]));
}

/** Inserts new wordings; returns the id of each, new or known, in order. */
async function insertWordings(
  tx: Transaction,
  news: readonly NewWording[],
  made: { readonly at: string; readonly machineMs: number },
): Promise<readonly { readonly id: string; readonly created: boolean }[]> {
  // The version is a count: two declarations at once must not arrive at the same one.
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

/** Reads the names by which a wording may name the controller (its own and those of its brands), and counts the brands. */
async function readNames(
  tx: Transaction,
): Promise<{ readonly names: readonly string[]; readonly brands: number }> {
  const row = await tx.first(tenantNameRows.sql`
    SELECT t.legal_name AS "legalName", t.name, ARRAY(SELECT b.name FROM brand b WHERE b.tenant_id = t.id) AS brands
      FROM tenant t WHERE t.id = ${tx.tenantId}::uuid`);
  if (row === undefined) return { names: [], brands: 0 };
  return { names: [row.legalName, ...row.brands, row.name], brands: row.brands.length };
}

/** A wording that was shown to somebody. */
export interface WordingGiven {
  readonly text: string;
  readonly purposes: readonly ConsentPurpose[];
  /** BCP 47; only its language counts. */
  readonly locale?: string | undefined;
  readonly brandId?: string | undefined;
  /** ISO instant. */
  readonly inUseFrom?: string | undefined;
  readonly inUseUntil?: string | undefined;
  /** `published` only when a form of ours shows it. */
  readonly origin?: Wording['origin'] | undefined;
}

/** Stores wordings, which nothing removes, and returns them in order; the same text twice is one wording. */
export async function declareWordings(
  tx: Transaction,
  { clock }: { readonly clock: Clock },
  given: readonly WordingGiven[],
): Promise<(Wording & { readonly created: boolean })[]> {
  if (given.length === 0) return [];
  const names = await readNames(tx);
  const put = await insertWordings(
    tx,
    given.map((one) => wordingOf(one, names)),
    { at: clock.now().toISO(), machineMs: clock.machine() },
  );
  const found = await readWordings(
    tx,
    put.map(({ id }) => id),
  );
  const byId = new Map(found.map((wording) => [wording.id, wording]));
  return put.flatMap(({ id, created }) => {
    const wording = byId.get(id);
    return wording ? [Object.assign({ created }, wording)] : [];
  });
}

/** Stores one wording, as `declareWordings` does. */
export async function addWording(
  tx: Transaction,
  deps: { readonly clock: Clock },
  given: WordingGiven,
): Promise<Wording & { readonly created: boolean }> {
  const [wording] = await declareWordings(tx, deps, [given]);
  if (wording === undefined) throw new WordingLost('a wording that was just written is missing');
  return wording;
}

class WordingLost extends Error {
  override readonly name = 'WordingLost';
}

/** Reads one wording by its id. Without a declared start it is in use from the earliest consent that cites it. */
export async function findWording(tx: Transaction, id: string): Promise<Wording | undefined> {
  return (await withFirstUse(tx, await readWordings(tx, [id])))[0];
}

/** Reads a page of wordings in order of creation; `next` is the cursor of the following one. */
export async function listWordings(
  tx: Transaction,
  { after = BEFORE_ALL, limit }: Page,
): Promise<{ readonly items: readonly Wording[]; readonly next: string | null }> {
  const own = wordings.where('tenantId', '=', tx.tenantId).where('id', '>', after);
  const { items, next } = pageOf(await tx.rows(own.orderBy('id').limit(limit + 1)), limit);
  return { items: await withFirstUse(tx, items), next };
}

async function withFirstUse(tx: Transaction, some: readonly Wording[]): Promise<Wording[]> {
  const undated = some.filter(({ inUseFrom }) => inUseFrom === null);
  const uses = await readFirstUses(
    tx,
    undated.map(({ id }) => id),
  );
  return some.map((wording) =>
    Object.assign({}, wording, { inUseFrom: wording.inUseFrom ?? uses.get(wording.id) ?? null }),
  );
}

/** Returns the SHA-256 of a wording's text, in hexadecimal; spaces at the ends do not count. */
export const wordingFingerprint = remembered(500, (text) =>
  createHash('sha256').update(wordsOf(text)).digest('hex'),
);

const wordsOf = (text: string): string => text.normalize('NFC').trim();

function wordingOf(
  given: WordingGiven,
  { names, brands }: Awaited<ReturnType<typeof readNames>>,
): NewWording {
  const purposes = CONSENT_PURPOSES.filter((purpose) => given.purposes.includes(purpose));
  const brand = brands > 1 && given.brandId === undefined ? 'unnamed' : 'named';
  return {
    brandId: given.brandId ?? null,
    purposes,
    locale: (given.locale ?? 'fr').split('-')[0]?.toLowerCase() ?? 'fr',
    text: wordsOf(given.text),
    sha256: wordingFingerprint(given.text),
    origin: given.origin ?? 'declared',
    inUseFrom: given.inUseFrom ?? null,
    inUseUntil: given.inUseUntil ?? null,
    findings: wordingFindings({ text: given.text, purposes, names, brand }, languageOf(given.locale ?? 'fr')),
  };
}
