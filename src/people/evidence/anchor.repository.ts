import { sql } from 'kysely';
import { col, computedRows, hexOf, query, type Transaction } from '../../platform/index.ts';
import { BLOCK_LINKS, rootOf, type Leaves } from './chain.ts';

type ChainName = 'consent' | 'audit';

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
  return tx.rows(anchors(tx, chain).orderBy('position'));
}

/** Reads the first anchors that cover these positions, and the newest one. */
export async function readAnchorsOver(
  tx: Transaction,
  chain: ChainName,
  positions: readonly number[],
): Promise<Anchor[]> {
  const over = sql<number>`(
    SELECT (SELECT min(a.position) FROM anchor a WHERE a.tenant_id = ${tx.tenantId}::uuid AND a.chain = ${chain}
             AND a.position >= p.position)
      FROM unnest(${positions}::bigint[]) AS p(position)
    UNION SELECT max(a.position) FROM anchor a WHERE a.tenant_id = ${tx.tenantId}::uuid AND a.chain = ${chain})`;
  return tx.rows(anchors(tx, chain).where('position', 'in', over).orderBy('position'));
}

/** Reads the newest anchor of a chain. */
export async function readLastAnchor(tx: Transaction, chain: ChainName): Promise<Anchor | undefined> {
  return tx.first(anchors(tx, chain).orderBy('position', 'desc').limit(1));
}

const anchors = (tx: Transaction, chain: ChainName) =>
  query
    .selectFrom('anchor')
    .select(['chain', 'position', hexOf('head'), hexOf('root'), 'statement', 'token', 'stampedAt'])
    .$narrowType<{ chain: ChainName }>()
    .where('tenantId', '=', tx.tenantId)
    .where('chain', '=', chain);

/** Stores an anchor; the anchor of a head is never replaced. */
export async function addAnchor(tx: Transaction, anchor: Anchor): Promise<void> {
  await tx.run(sql`
    INSERT INTO anchor (tenant_id, chain, position, head, root, statement, token, stamped_at)
    VALUES (${tx.tenantId}::uuid, ${anchor.chain}, ${anchor.position}, decode(${anchor.head}, 'hex'),
            decode(${anchor.root}, 'hex'), ${anchor.statement}, ${anchor.token}, ${anchor.stampedAt}::timestamptz)
    ON CONFLICT DO NOTHING`);
}

const hashesRows = computedRows({ hashes: col.bytes().orNull() });

/** Reads the hashes of a chain's links, in order; positions from 0. */
async function readHashes(tx: Transaction, chain: ChainName, [from, until]: readonly [number, number]) {
  const row = await tx.first(hashesRows.sql`
    SELECT string_agg(hash, ''::bytea ORDER BY position) AS hashes FROM link
     WHERE tenant_id = ${tx.tenantId}::uuid AND chain = ${chain}
       AND position > ${from}::bigint AND position <= ${until}::bigint`);
  return slicesOf(row?.hashes ?? Buffer.alloc(0));
}

/** Bytes of a SHA-256. */
export const HASH_BYTES = 32;

export const slicesOf = (bytes: Buffer): Buffer[] =>
  Array.from({ length: Math.floor(bytes.length / HASH_BYTES) }, (_, index) =>
    bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );

const blockRootRows = computedRows({ roots: col.bytes().orNull(), first: col.number().orNull() });

async function readBlocks(tx: Transaction, chain: ChainName): Promise<ReadonlyMap<number, Buffer>> {
  const row = await tx.first(blockRootRows.sql`
    SELECT string_agg(root, ''::bytea ORDER BY block) AS roots, min(block) AS first FROM chain_block
     WHERE tenant_id = ${tx.tenantId}::uuid AND chain = ${chain}`);
  const first = row?.first ?? 0;
  return new Map(slicesOf(row?.roots ?? Buffer.alloc(0)).map((root, index) => [first + index, root]));
}

/** Returns the leaves of a chain's tree; each is read once. */
export async function leavesOf(tx: Transaction, chain: ChainName): Promise<Leaves> {
  const blocks = await readBlocks(tx, chain);
  const read = new Map<number, readonly Buffer[]>();
  const hashes = async (from: number, until: number): Promise<readonly Buffer[]> => {
    const block = Math.floor(from / BLOCK_LINKS);
    const start = block * BLOCK_LINKS;
    const known = read.get(block) ?? (await readHashes(tx, chain, [start, start + BLOCK_LINKS]));
    read.set(block, known);
    return known.slice(from - start, until - start);
  };
  return { hashes, block: (index) => Promise.resolve(blocks.get(index)) };
}

/** Blocks rooted by one statement. */
const BLOCKS_A_CALL = 64;

const nextRows = computedRows({ next: col.number() });

/** Stores the roots of whole blocks up to a position; safe to repeat, each is written once. */
export async function rememberBlocks(tx: Transaction, chain: ChainName, size: number): Promise<void> {
  const row = await tx.first(nextRows.sql`
    SELECT coalesce(max(block) + 1, 0) AS next FROM chain_block
     WHERE tenant_id = ${tx.tenantId}::uuid AND chain = ${chain}`);
  const whole = Math.floor(size / BLOCK_LINKS);
  for (let first = row?.next ?? 0; first < whole; first += BLOCKS_A_CALL) {
    const last = Math.min(whole, first + BLOCKS_A_CALL);
    const hashes = await readHashes(tx, chain, [first * BLOCK_LINKS, last * BLOCK_LINKS]);
    const roots = Array.from({ length: last - first }, (_, index) => ({
      block: first + index,
      root: `\\x${rootOf(hashes.slice(index * BLOCK_LINKS, (index + 1) * BLOCK_LINKS)).toString('hex')}`,
    }));
    await tx.run(sql`
      INSERT INTO chain_block (tenant_id, chain, block, root)
      SELECT ${tx.tenantId}::uuid, ${chain}, r.block, r.root
        FROM jsonb_to_recordset(${JSON.stringify(roots)}::jsonb) AS r(block int, root bytea)
      ON CONFLICT DO NOTHING`);
  }
}
