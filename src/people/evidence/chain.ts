import { hash } from 'node:crypto';
import type { Database, Transaction } from '../../platform/index.ts';
import {
  appendLinks,
  chainsToLink,
  readHead,
  readUnlinked,
  takeTurn,
  type Chain,
  type ChainLink,
  type UnchainedEvent,
} from './chain.repository.ts';

const LINKS_A_BATCH = 2_000;

/** The rest waits for the next call, so that one tenant holds no connection for long. */
const BATCHES_A_CALL = 10;

/** The head of an empty chain, behind which the first link comes. */
export const BEFORE_THE_FIRST: ChainLink = {
  position: 0,
  eventId: '',
  previousHash: '',
  hash: '00'.repeat(32),
};

/** Links the waiting events of every tenant; true when more may wait. */
export async function linkWaiting(database: Database): Promise<boolean> {
  let linked = 0;
  for (const { tenantId, chain } of await chainsToLink(database))
    linked += await database.withTenant(tenantId, (tx) => linkChain(tx, chain));
  return linked > 0;
}

/** Links waiting events in order, 20,000 at most; returns their number, 0 when another process links this chain. */
export async function linkChain(tx: Transaction, chain: Chain): Promise<number> {
  if (!(await takeTurn(tx, chain))) return 0;
  let head = (await readHead(tx, chain)) ?? BEFORE_THE_FIRST;
  let linked = 0;
  let after: string | undefined;
  for (let batch = 0; batch < BATCHES_A_CALL; batch += 1) {
    const waiting = await readUnlinked(tx, chain, { after, most: LINKS_A_BATCH });
    const links = linksAfter(head, waiting);
    head = links.at(-1) ?? head;
    after = links.at(-1)?.eventId ?? after;
    linked += links.length;
    await appendLinks(tx, chain, links);
    if (waiting.length < LINKS_A_BATCH) break;
  }
  return linked;
}

function linksAfter(head: ChainLink, waiting: readonly UnchainedEvent[]): ChainLink[] {
  const links: ChainLink[] = [];
  for (const event of waiting) links.push(linkAfter(links.at(-1) ?? head, event));
  return links;
}

function linkAfter(head: ChainLink, event: UnchainedEvent): ChainLink {
  const link = { position: head.position + 1, eventId: event.id, previousHash: head.hash };
  return { ...link, hash: linkHash(link, event.digest) };
}

/** Returns SHA-256 over the previous hash, the position, the event and its digest, in hexadecimal. */
export function linkHash(link: Omit<ChainLink, 'hash'>, digest: string): string {
  const text = [link.previousHash, link.position, link.eventId, digest].join('|');
  return hash('sha256', text, 'hex');
}

/** Links of a block, whose root is stored: a power of two, so that it is a node of every later tree. */
export const BLOCK_LINKS = 1_024;

/** The source of the leaves of a chain's tree; positions from 0. */
export interface Leaves {
  /** Hashes of links, of 32 bytes each, from one position to before another; never more than a block. */
  readonly hashes: (from: number, until: number) => Promise<readonly Buffer[]>;
  /** The stored root of a whole block. */
  readonly block: (index: number) => Promise<Buffer | undefined>;
}

/** The one-call `hash` is faster than `createHash`, and chains have hundreds of thousands of links. */
const sha256 = (...parts: readonly Buffer[]): Buffer => hash('sha256', Buffer.concat(parts), 'buffer');

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

/** Returns a leaf of the tree of RFC 6962, from one link. */
const leafOf = (hashOfLink: Buffer): Buffer => sha256(LEAF, hashOfLink);
const nodeOf = (left: Buffer, right: Buffer): Buffer => sha256(NODE, left, right);

/** Computes the root over link hashes, by RFC 6962 §2.1. */
export function rootOf(hashes: readonly Buffer[]): Buffer {
  const tree = new GrowingTree();
  for (const link of hashes) tree.add(link);
  return tree.root();
}

/** A tree to which leaves are added in order, with its root at any time. */
export class GrowingTree {
  /** Roots of whole subtrees, the largest first. */
  readonly #peaks: { readonly size: number; readonly root: Buffer }[] = [];

  add(hashOfLink: Buffer): void {
    let peak = { size: 1, root: leafOf(hashOfLink) };
    for (let last = this.#peaks.at(-1); last?.size === peak.size; last = this.#peaks.at(-1)) {
      this.#peaks.pop();
      peak = { size: last.size * 2, root: nodeOf(last.root, peak.root) };
    }
    this.#peaks.push(peak);
  }

  /** Returns the root of all leaves; without any, the hash of nothing. */
  root(): Buffer {
    const roots = this.#peaks.map(({ root }) => root);
    const last = roots.pop();
    return last === undefined ? sha256() : roots.reduceRight((right, left) => nodeOf(left, right), last);
  }
}

/** Computes the root of the first `size` links. */
export function treeRoot(leaves: Leaves, size: number): Promise<Buffer> {
  return rangeRoot(leaves, 0, size);
}

/** Returns the siblings, leaf to root, that lead from a link to the root of the first `size`. */
export function inclusionPath(leaves: Leaves, index: number, size: number): Promise<Buffer[]> {
  return pathWithin(leaves, index, [0, size]);
}

async function pathWithin(
  leaves: Leaves,
  index: number,
  [from, until]: readonly [number, number],
): Promise<Buffer[]> {
  if (until - from <= 1) return [];
  const middle = from + splitOf(until - from);
  const [left, right] = [[from, middle] as const, [middle, until] as const];
  const [mine, other] = index < middle ? [left, right] : [right, left];
  return [...(await pathWithin(leaves, index, mine)), await rangeRoot(leaves, ...other)];
}

async function rangeRoot(leaves: Leaves, from: number, until: number): Promise<Buffer> {
  const size = until - from;
  if (size <= BLOCK_LINKS) {
    const known = size === BLOCK_LINKS ? await leaves.block(from / BLOCK_LINKS) : undefined;
    return known ?? rootOf(await leaves.hashes(from, until));
  }
  const middle = from + splitOf(size);
  return nodeOf(await rangeRoot(leaves, from, middle), await rangeRoot(leaves, middle, until));
}

/** The largest power of two below a size of two or more. */
const splitOf = (size: number): number => 2 ** Math.ceil(Math.log2(size) - 1);
