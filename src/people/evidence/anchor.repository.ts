import { sql } from 'kysely';
import { col, rowsOf, type Transaction } from '../../platform/index.ts';

export type ChainName = 'consent' | 'audit';

/** A head of a chain that an authority has stamped. */
export interface Anchor {
  readonly chain: ChainName;
  /** Count of links at that time. */
  readonly position: number;
  /** Hexadecimal. */
  readonly head: string;
  readonly root: string;
  /** The stamped text, word for word. */
  readonly statement: string;
  readonly token: Buffer;
  /** ISO instant, by the authority's clock. */
  readonly stampedAt: string;
}

/** Reads every anchor of a chain, oldest first; one an hour at most. */
export function readAnchors(tx: Transaction, chain: ChainName): Promise<Anchor[]> {
  return anchors(tx, sql`chain = ${chain} ORDER BY position`);
}

/** Reads the first anchors that cover these positions, and the newest one. */
export async function readAnchorsOver(
  tx: Transaction,
  chain: ChainName,
  positions: readonly number[],
): Promise<Anchor[]> {
  return anchors(
    tx,
    sql`chain = ${chain} AND position IN (
      SELECT (SELECT min(a.position) FROM anchor a WHERE a.tenant_id = ${tx.tenantId}::uuid AND a.chain = ${chain}
               AND a.position >= p.position)
        FROM unnest(${positions}::bigint[]) AS p(position)
      UNION SELECT max(a.position) FROM anchor a WHERE a.tenant_id = ${tx.tenantId}::uuid AND a.chain = ${chain})
    ORDER BY position`,
  );
}

/** Reads the newest anchor of a chain. */
export async function readLastAnchor(tx: Transaction, chain: ChainName): Promise<Anchor | undefined> {
  return (await anchors(tx, sql`chain = ${chain} ORDER BY position DESC LIMIT 1`))[0];
}

const anchorsRows = rowsOf('anchor', ['statement', 'token', 'stampedAt']).with({
  chain: col.of('anchor', 'chain').as<ChainName>(),
  head: col.text(),
  root: col.text(),
  position: col.text(),
});

async function anchors(tx: Transaction, among: ReturnType<typeof sql>): Promise<Anchor[]> {
  const rows = await tx.rows(anchorsRows.sql`
    SELECT chain, position, encode(head, 'hex') AS head, encode(root, 'hex') AS root, statement, token,
           iso(stamped_at) AS "stampedAt"
      FROM anchor WHERE tenant_id = ${tx.tenantId}::uuid AND ${among}`);
  return rows.map((row) => Object.assign({}, row, { position: Number(row.position) }));
}

/** Stores an anchor; the anchor of a head is never replaced. */
export async function addAnchor(tx: Transaction, anchor: Anchor): Promise<void> {
  await tx.run(sql`
    INSERT INTO anchor (tenant_id, chain, position, head, root, statement, token, stamped_at)
    VALUES (${tx.tenantId}::uuid, ${anchor.chain}, ${anchor.position}, decode(${anchor.head}, 'hex'),
            decode(${anchor.root}, 'hex'), ${anchor.statement}, ${anchor.token}, ${anchor.stampedAt}::timestamptz)
    ON CONFLICT DO NOTHING`);
}
