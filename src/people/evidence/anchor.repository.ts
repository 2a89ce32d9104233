import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { sql } from 'kysely';
import {
  type Database,
  type Log,
  col,
  computedRows,
  hexOf,
  query,
  type Transaction,
} from '../../platform/index.ts';
import { canonicalJson } from '../../base/index.ts';
import { everyTenant } from '../../company/index.ts';
import type { TokenFault } from './anchor-token.ts';
import { treeRoot, BLOCK_LINKS, rootOf, type Leaves } from './chain.ts';
import { readHead, type Chain } from './chain.repository.ts';

const NONCE_BYTES = 8;

/** What anchoring chains needs. */
export interface AnchorDeps {
  readonly database: Database;
  /** Sends a request (RFC 3161) to an authority; returns its answer. */
  readonly stamp: (request: Buffer) => Promise<Buffer>;
  /** Returns the tenant's evidence key, in hexadecimal: an anchored key cannot be replaced later. */
  readonly evidenceKey: (tenantId: string) => Promise<string>;
}

/** Has the head of a chain time-stamped, unless it is already; no transaction is open while the authority answers. */
export async function anchorChain(
  deps: AnchorDeps,
  tenantId: string,
  chain: Chain,
): Promise<
  | { readonly kind: 'anchored'; readonly position: number; readonly at: string }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly fault: TokenFault }
> {
  const { database } = deps;
  const seen = await database.withTenant(tenantId, async (tx) => {
    const head = await readHead(tx, chain);
    const last = await readLastAnchor(tx, chain);
    if (head === undefined || (last !== undefined && last.position >= head.position)) return undefined;
    await rememberBlocks(tx, chain, head.position);
    const root = await treeRoot(await leavesOf(tx, chain), head.position);
    return { head, root: root.toString('hex') };
  });
  if (seen === undefined) return { kind: 'unchanged' };
  const { position, hash: head } = seen.head;
  const key = await deps.evidenceKey(tenantId);
  const statement = canonicalJson({ chain, tenant: tenantId, position, head, root: seen.root, key });
  const imprint = createHash('sha256').update(statement).digest();
  const nonce = randomBytes(NONCE_BYTES);
  // The library takes some ten megabytes of memory: only a process that anchors loads it.
  const { readStamp, stampRequest } = await import('./anchor-token.ts');
  const stamped = readStamp(await deps.stamp(stampRequest(imprint, nonce)), { imprint, nonce });
  if ('fault' in stamped) return { kind: 'refused', fault: stamped.fault };
  const { token, at: stampedAt } = stamped;
  await database.withTenant(tenantId, (tx) =>
    addAnchor(tx, { chain, position, head, root: seen.root, statement, token, stampedAt }),
  );
  return { kind: 'anchored', position, at: stamped.at };
}

/** Returns the evidence key that an anchor names. */
export function keyNamedBy(anchor: Pick<Anchor, 'statement'> | undefined): string | undefined {
  return anchor === undefined ? undefined : Statement.parse(JSON.parse(anchor.statement)).key;
}

const Statement = z.looseObject({ key: z.string().optional() });

const CHAINS = ['consent', 'audit'] as const;

/** Has every chain that grew time-stamped; returns their number, and stops at the first refusal. */
export async function anchorEveryTenant(deps: AnchorDeps, log: Log): Promise<number> {
  let anchored = 0;
  for await (const tenantId of everyTenant((work) => deps.database.outside(work))) {
    for (const chain of CHAINS) {
      const outcome = await anchorChain(deps, tenantId, chain);
      if (outcome.kind === 'refused') {
        log.error({ fault: outcome.fault }, 'the time-stamping authority gave no time stamp');
        return anchored;
      }
      if (outcome.kind === 'anchored') anchored += 1;
    }
  }
  return anchored;
}

/** A head of a chain that a time-stamping authority has stamped. */
export interface Anchor {
  readonly chain: Chain;
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

/** Reads every anchor of a chain, oldest first; a chain gets one an hour at most. */
export function readAnchors(tx: Transaction, chain: Chain): Promise<Anchor[]> {
  return tx.rows(anchors(tx, chain).orderBy('position'));
}

/** Reads the first anchor that covers each of these positions, and the newest anchor. */
export async function readAnchorsOver(
  tx: Transaction,
  chain: Chain,
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
export async function readLastAnchor(tx: Transaction, chain: Chain): Promise<Anchor | undefined> {
  return tx.first(anchors(tx, chain).orderBy('position', 'desc').limit(1));
}

const anchors = (tx: Transaction, chain: Chain) =>
  query
    .selectFrom('anchor')
    .select(['chain', 'position', hexOf('head'), hexOf('root'), 'statement', 'token', 'stampedAt'])
    .$narrowType<{ chain: Chain }>()
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

/** Reads the hashes of the links behind one position up to another, in order. */
async function readHashes(tx: Transaction, chain: Chain, [from, until]: readonly [number, number]) {
  const row = await tx.first(hashesRows.sql`
    SELECT string_agg(hash, ''::bytea ORDER BY position) AS hashes FROM link
     WHERE tenant_id = ${tx.tenantId}::uuid AND chain = ${chain}
       AND position > ${from}::bigint AND position <= ${until}::bigint`);
  return slicesOf(row?.hashes ?? Buffer.alloc(0));
}

/** Length of a SHA-256, in bytes. */
export const HASH_BYTES = 32;

export const slicesOf = (bytes: Buffer): Buffer[] =>
  Array.from({ length: Math.floor(bytes.length / HASH_BYTES) }, (_, index) =>
    bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  );

const blockRootRows = computedRows({ roots: col.bytes().orNull(), first: col.number().orNull() });

async function readBlocks(tx: Transaction, chain: Chain): Promise<ReadonlyMap<number, Buffer>> {
  const row = await tx.first(blockRootRows.sql`
    SELECT string_agg(root, ''::bytea ORDER BY block) AS roots, min(block) AS first FROM chain_block
     WHERE tenant_id = ${tx.tenantId}::uuid AND chain = ${chain}`);
  const first = row?.first ?? 0;
  return new Map(slicesOf(row?.roots ?? Buffer.alloc(0)).map((root, index) => [first + index, root]));
}

/** Returns a reader of the leaves of a chain's tree, which reads each block from the database once. */
export async function leavesOf(tx: Transaction, chain: Chain): Promise<Leaves> {
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

/** Blocks whose roots are stored by one statement. */
const BLOCKS_A_CALL = 64;

const nextRows = computedRows({ next: col.number() });

/** Stores the roots of whole blocks up to a position; safe to repeat, each is written once. */
export async function rememberBlocks(tx: Transaction, chain: Chain, size: number): Promise<void> {
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
