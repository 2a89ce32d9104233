import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson, type Database, type Log } from '../../platform/index.ts';
import { addAnchor, readLastAnchor, leavesOf, rememberBlocks, type Anchor } from './anchor.repository.ts';
import type { TokenFault } from './anchor-token.ts';
import { treeRoot, type Chain } from './chain.ts';
import { readHead, type ChainLink } from './chain.repository.ts';
import { everyTenant } from '../../company/index.ts';

const NONCE_BYTES = 8;

/** The dependencies of anchoring chains. */
export interface AnchorDeps {
  readonly database: Database;
  /** Sends a request (RFC 3161) to an authority; returns its answer. */
  readonly stamp: (request: Buffer) => Promise<Buffer>;
  /** Returns the tenant's evidence key, in hexadecimal: an anchored key cannot be replaced later. */
  readonly evidenceKey: (tenantId: string) => Promise<string>;
}

/** The outcome of stamping one head. */
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
  // The library takes some ten megabytes of memory: only a process that anchors loads it.
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
  readonly head: ChainLink;
  readonly root: string;
  readonly key: string;
}

/** Returns the evidence key that an anchor names. */
export function keyNamedBy(anchor: Pick<Anchor, 'statement'> | undefined): string | undefined {
  return anchor === undefined ? undefined : Statement.parse(JSON.parse(anchor.statement)).key;
}

const Statement = z.looseObject({ key: z.string().optional() });

/** Builds the text to stamp: the count of links, with this head and this root. */
const statementOf = ({ chain, tenantId, head, root, key }: Said): string =>
  canonicalJson({ chain, tenant: tenantId, position: head.position, head: head.hash, root, key });

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
