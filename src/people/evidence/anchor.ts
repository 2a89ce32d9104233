import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Database, canonicalJson } from '../../platform/index.ts';
import { addAnchor, readLastAnchor, type Anchor } from './anchor.repository.ts';
import type { TokenFault } from './anchor-token.ts';
import type { Chain } from './chain.ts';
import { readHead, type Link } from './chain.repository.ts';
import { treeRoot } from './chain-tree.ts';
import { leavesOf, rememberBlocks } from './chain-tree.repository.ts';

const NONCE_BYTES = 8;

/** What chains are anchored with. */
export interface AnchorDeps {
  readonly database: Database;
  /** Brings a request (RFC 3161) to an authority; answers what it answered. */
  readonly stamp: (request: Buffer) => Promise<Buffer>;
  /** The tenant's key of evidence files, in hexadecimal: an anchored key cannot be replaced later. */
  readonly evidenceKey: (tenantId: string) => Promise<string>;
}

/** What became of one head. */
export type Anchored =
  | { readonly kind: 'anchored'; readonly position: number; readonly at: string }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly fault: TokenFault };

/** Has the head of a chain time-stamped, unless it was; no transaction waits for the authority. */
export async function anchorChain(deps: AnchorDeps, tenantId: string, chain: Chain): Promise<Anchored> {
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
  const key = await deps.evidenceKey(tenantId);
  const statement = statementOf({ ...seen, chain, tenantId, key });
  const imprint = createHash('sha256').update(statement).digest();
  const nonce = randomBytes(NONCE_BYTES);
  // Reading ASN.1 takes a library of some ten megabytes, which only a process that anchors needs.
  const { readStamp, stampRequest } = await import('./anchor-token.ts');
  const stamped = readStamp(await deps.stamp(stampRequest(imprint, nonce)), { imprint, nonce });
  if ('fault' in stamped) return { kind: 'refused', fault: stamped.fault };
  const { position, hash } = seen.head;
  await database.withTenant(tenantId, (tx) =>
    addAnchor(tx, {
      chain,
      position,
      head: hash,
      root: seen.root,
      statement,
      token: stamped.token,
      stampedAt: stamped.at,
    }),
  );
  return { kind: 'anchored', position, at: stamped.at };
}

interface Said {
  readonly chain: Chain;
  readonly tenantId: string;
  readonly head: Link;
  readonly root: string;
  readonly key: string;
}

/** The key of evidence files that an anchor names. */
export function keyNamedBy(anchor: Pick<Anchor, 'statement'> | undefined): string | undefined {
  return anchor === undefined ? undefined : Statement.parse(JSON.parse(anchor.statement)).key;
}

const Statement = z.looseObject({ key: z.string().optional() });

/** What is stamped: so many links stood, with this head and this root. */
const statementOf = ({ chain, tenantId, head, root, key }: Said): string =>
  canonicalJson({ chain, tenant: tenantId, position: head.position, head: head.hash, root, key });
