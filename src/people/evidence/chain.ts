import { hash } from 'node:crypto';
import type { Transaction } from '../../platform/index.ts';
import {
  appendLinks,
  readHead,
  readUnlinked,
  takeTurn,
  type ChainLink,
  type UnchainedEvent,
} from './chain.repository.ts';

/** The two tamper-evident chains of a tenant. */
export type Chain = 'consent' | 'audit';

/** Links of one read and one write. */
const LINKS_A_BATCH = 2_000;

/** Further batches wait for the next call, so that one tenant holds no connection for long. */
const BATCHES_A_CALL = 10;

/** The predecessor of the first link. */
export const BEFORE_THE_FIRST: ChainLink = {
  position: 0,
  eventId: '',
  previousHash: '',
  hash: '00'.repeat(32),
};

const BEFORE_EVERY_ID = '00000000-0000-0000-0000-000000000000';

/** Links waiting events in order; returns their number, 0 when another linker has the turn. */
export async function linkChain(tx: Transaction, chain: Chain): Promise<number> {
  if (!(await takeTurn(tx, chain))) return 0;
  let head = (await readHead(tx, chain)) ?? BEFORE_THE_FIRST;
  let linked = 0;
  let after = BEFORE_EVERY_ID;
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

/** Builds the link of an event behind another. */
function linkAfter(head: ChainLink, event: UnchainedEvent): ChainLink {
  const link = { position: head.position + 1, eventId: event.id, previousHash: head.hash };
  return { ...link, hash: linkHash(link, event.digest) };
}

/** Returns SHA-256 over the previous hash, the position, the event and its digest, in hexadecimal. */
export function linkHash(link: Omit<ChainLink, 'hash'>, digest: string): string {
  const text = [link.previousHash, link.position, link.eventId, digest].join('|');
  return hash('sha256', text, 'hex');
}
