import type { Transaction } from '../../platform/index.ts';
import { readAnchors, HASH_BYTES, slicesOf, type Anchor } from './anchor.repository.ts';
import { BEFORE_THE_FIRST, linkHash, GrowingTree } from './chain.ts';
import {
  readCovered,
  readForgotten,
  readLinksAfter,
  readPeople,
  readSmuggled,
  readWaiting,
  readWronglyLifted,
  readStretch,
  type Covered,
  type ChainLink,
  type ChainStretch,
  type Chain,
} from './chain.repository.ts';
import { consentStatusOf } from '../../person/index.ts';
import { changedStatuses, openAccounts, type ConsentAccount } from '../consent/consent-account.ts';
import type { ChangedStatus } from '../consent/consent.repository.ts';

/** The row that breaks a chain. */
interface ChainFault {
  readonly fault: 'altered' | 'removed' | 'inserted';
  readonly table: 'consent_event' | 'audit_entry' | 'link' | 'consent' | 'suppression' | 'anchor';
  /** Id of the row; of a contact for the current state; empty for a missing link, or a stamped head that no longer matches. */
  readonly id: string;
  readonly position?: number;
}

/** The result of verifying a chain. */
export type Verification =
  | {
      readonly holds: true;
      readonly links: number;
      /** Events that wait for a position; at most some seconds old. */
      readonly waiting: number;
      /** Hash of the last link, in hexadecimal. */
      readonly head: string;
    }
  | ({ readonly holds: false } & ChainFault);

const LINKS_A_PAGE = 1_000;
const LINKS_A_STRETCH = 10_000;
const PEOPLE_A_PAGE = 500;

/** Walks a chain from its beginning and names the first altered row (I12). */
export async function verifyChain(
  tx: Transaction,
  chain: Chain,
  readers: Readers = withinOne(tx),
): Promise<Verification> {
  const walk = await walkChain(tx, chain, readers);
  if ('fault' in walk) return { holds: false, ...walk };
  const waiting = await readWaiting(tx, chain);
  const fault =
    (await faultOfUnlinked(tx, chain, waiting)) ?? (chain === 'consent' ? await faultOfState(tx) : undefined);
  if (fault !== undefined) return { holds: false, ...fault };
  return { holds: true, links: walk.position, waiting: waiting.length, head: walk.hash };
}

/** Walks along the links alone; returns the last link, or the first fault. */
export async function walkChain(
  tx: Transaction,
  chain: Chain,
  readers: Readers = withinOne(tx),
): Promise<ChainLink | ChainFault> {
  const seen = new StampedHeads(await readAnchors(tx, chain));
  const start = chain === 'consent' ? await walkStretches(readers, seen) : BEFORE_THE_FIRST;
  if ('fault' in start) return start;
  let head = start;
  for (;;) {
    const walked = await walkPage(tx, seen, { chain, head });
    if ('fault' in walked) return walked;
    head = walked.head;
    if (walked.links === 0) return seen.missing(head) ?? head;
  }
}

/** How stretches are read: several at once in transactions of their own use several processors of the server. */
export interface Readers {
  readonly atOnce: number;
  /** Links in one stretch; many unless a test wants several short ones. */
  readonly links?: number;
  readonly within: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
}

/** Reads within one transaction: a stretch is verified in the database while the one before is compared here. */
const withinOne = (tx: Transaction): Readers => ({ atOnce: 2, within: (work) => work(tx) });

/** Yields the stretches of a chain in order, read ahead as far as the readers go. */
async function* stretches({
  atOnce,
  within,
  links: most = LINKS_A_STRETCH,
}: Readers): AsyncGenerator<ChainStretch & { readonly isLast: boolean }> {
  const ahead: Promise<ChainStretch>[] = [];
  let asked = 0;
  const ask = (): void => {
    const position = asked;
    const reading = within((tx) => readStretch(tx, { position, most }));
    // An error surfaces when this read is awaited in its turn.
    reading.catch(() => undefined);
    ahead.push(reading);
    asked += most;
  };
  while (ahead.length < atOnce) ask();
  try {
    for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) {
      const stretch = await next;
      yield { ...stretch, isLast: stretch.links < most };
      ask();
    }
  } finally {
    // Reads that were started ahead end before the next statement.
    await Promise.allSettled(ahead);
  }
}

/**
 * Verifies long stretches within the database; returns the last link before the first stretch that is not sound,
 * from which the caller goes on link by link. A chain only grows: a stretch read a moment later than the one before
 * it can hide no change.
 */
async function walkStretches(readers: Readers, seen: StampedHeads): Promise<ChainLink | ChainFault> {
  let head = BEFORE_THE_FIRST;
  for await (const { links, sound, hashes, before, isLast } of stretches(readers)) {
    const { position } = head;
    const follows = Buffer.concat([Buffer.from(head.hash, 'hex'), hashes]).subarray(0, before.length);
    if (!sound || !follows.equals(before)) return head;
    const fault = seen.addAll(position, hashes);
    if (fault !== undefined) return fault;
    if (links > 0) {
      const hash = hashes.subarray(-HASH_BYTES).toString('hex');
      head = { eventId: '', previousHash: '', position: position + links, hash };
    }
    if (isLast) return head;
  }
  return head;
}

async function walkPage(
  tx: Transaction,
  seen: StampedHeads,
  { chain, head }: { readonly chain: Chain; readonly head: ChainLink },
): Promise<{ readonly head: ChainLink; readonly links: number } | ChainFault> {
  const links = await readLinksAfter(tx, chain, { position: head.position, most: LINKS_A_PAGE });
  const covered = await readCovered(
    tx,
    chain,
    links.map(({ eventId }) => eventId),
  );
  let at = head;
  for (const link of links) {
    const step = { head: at, link, event: covered.get(link.eventId) };
    const fault = faultOf(chain, step) ?? seen.add(link.position, Buffer.from(link.hash, 'hex'));
    if (fault !== undefined) return fault;
    at = link;
  }
  return { head: at, links: links.length };
}

/** Compares the heads of a chain that an authority has stamped with the links of a walk. */
class StampedHeads {
  readonly #tree = new GrowingTree();
  readonly #anchors: Anchor[];

  constructor(anchors: readonly Anchor[]) {
    this.#anchors = [...anchors];
  }

  /** Adds a link; returns a fault where the chain differs from the stamped one. */
  add(position: number, hash: Buffer): ChainFault | undefined {
    this.#tree.add(hash);
    const [anchor] = this.#anchors;
    if (anchor?.position !== position) return undefined;
    this.#anchors.shift();
    const same = anchor.head === hash.toString('hex') && anchor.root === this.#tree.root().toString('hex');
    return same ? undefined : { fault: 'altered', table: 'anchor', id: '', position };
  }

  /** Adds the links behind a position, as concatenated hashes. */
  addAll(position: number, hashes: Buffer): ChainFault | undefined {
    for (const [index, hash] of slicesOf(hashes).entries()) {
      const fault = this.add(position + index + 1, hash);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** Returns the first stamped link that is missing. */
  missing(head: ChainLink): ChainFault | undefined {
    return this.#anchors.length === 0
      ? undefined
      : { fault: 'removed', table: 'link', id: '', position: head.position + 1 };
  }
}

const eventTable = (chain: Chain): 'consent_event' | 'audit_entry' =>
  chain === 'consent' ? 'consent_event' : 'audit_entry';

function faultOf(
  chain: Chain,
  {
    head,
    link,
    event,
  }: { readonly head: ChainLink; readonly link: ChainLink; readonly event: Covered | undefined },
): ChainFault | undefined {
  const { position, eventId: id } = link;
  const expected = head.position + 1;
  if (position !== expected) return { fault: 'removed', table: 'link', id: '', position: expected };
  if (link.previousHash !== head.hash) return { fault: 'altered', table: 'link', id, position };
  const table = eventTable(chain);
  if (event === undefined) return { fault: 'removed', table, id, position };
  if (event.digest !== event.claimed || linkHash(link, event.digest) !== link.hash)
    return { fault: 'altered', table, id, position };
  return undefined;
}

/** Checks events outside the chain: waiting ones must be whole, and there may be no others. */
async function faultOfUnlinked(
  tx: Transaction,
  chain: Chain,
  waiting: readonly string[],
): Promise<ChainFault | undefined> {
  const table = eventTable(chain);
  const covered = await readCovered(tx, chain, waiting);
  for (const id of waiting) {
    const event = covered.get(id);
    if (event === undefined) return { fault: 'removed', table, id };
    if (event.digest !== event.claimed) return { fault: 'altered', table, id };
  }
  const smuggled = await readSmuggled(tx, chain);
  return smuggled === undefined ? undefined : { fault: 'inserted', table, id: smuggled };
}

/** Compares the current consents and suppressions with the events. */
async function faultOfState(tx: Transaction): Promise<ChainFault | undefined> {
  const forgotten = await readForgotten(tx);
  if (forgotten !== undefined) return { fault: 'removed', table: 'consent_event', id: forgotten };
  const lifted = await readWronglyLifted(tx);
  if (lifted !== undefined) return { fault: 'altered', table: 'suppression', id: lifted };
  let after: string | undefined;
  for (;;) {
    const people = await readPeople(tx, after, PEOPLE_A_PAGE);
    const fault = await faultOfStatuses(tx, people);
    if (fault !== undefined || people.length < PEOPLE_A_PAGE) return fault;
    after = people.at(-1)?.id;
  }
}

async function faultOfStatuses(
  tx: Transaction,
  people: readonly { readonly id: string; readonly phoneIndex: Buffer }[],
): Promise<ChainFault | undefined> {
  const accounts = await openAccounts(tx, people);
  const changed = changedIn([...accounts.values()]);
  if (changed !== undefined) return { fault: 'altered', table: 'consent', id: changed.contactId };
  for (const account of accounts.values()) {
    const invented = account.kept.some(({ purpose }) => consentStatusOf(account, purpose) === undefined);
    if (invented) return { fault: 'inserted', table: 'consent', id: account.contactId };
  }
  return undefined;
}

/**
 * Finds a stored consent that differs from the events. A STOP takes effect before its event is written: until then
 * the stored consent may be as before the STOP or as after it.
 */
function changedIn(accounts: readonly ConsentAccount[]): ChangedStatus | undefined {
  const before = changedStatuses(
    accounts.map((account) => ({
      ...account,
      suppressions: account.suppressions.filter(({ eventId }) => eventId !== null),
    })),
  );
  return changedStatuses(accounts).find(({ contactId, purpose }) =>
    before.some((one) => one.contactId === contactId && one.purpose === purpose),
  );
}
