import { waitBriefly, type Transaction } from '../../platform/index.ts';
import { lockUnsettled, settleInbound } from './inbound.repository.ts';
import { type ReplyMatch, scopeOfStop } from './reply-match.ts';
import {
  isLockTimeout,
  keepIncoming,
  MOST_ENTERED,
  replyOwnersOf,
  silenced,
  takingOf,
  type IncomingReply,
  type TakingAccount,
  type TakingDeps,
  type ReceivedReply,
} from './reply-taking.ts';
import { takeForOwners } from './take-for-owners.ts';
import { suppressAlone, suppressInMany } from '../../people/index.ts';

/**
 * Takes one reply: from the commit on, nothing more may begin for a person who sent STOP. One transaction across
 * the tenants concerned; a repeated delivery changes nothing and returns false. It waits for no lock longer than
 * 200 ms: then the suppression alone is committed, and `replySettler` does the rest; so it is for a STOP that concerns
 * many tenants.
 */
export async function takeReply(
  deps: TakingDeps,
  account: TakingAccount,
  reply: ReceivedReply,
): Promise<boolean> {
  const taking = takingOf(deps, account, reply);
  try {
    return await deps.database.outside((tx) => takeWhole(tx, taking));
  } catch (cause) {
    if (!isLockTimeout(cause)) throw cause;
    return (await deps.database.outside((tx) => barSender(tx, taking))) !== undefined;
  }
}

/**
 * Keeps a reply and suppresses its sender as far as it asks: the part that makes a STOP effective, without anything
 * that could wait. Returns the reply's tenants, or undefined for a repetition. Settling does the rest. It waits for
 * no lock longer than 200 ms.
 */
export async function barSender(tx: Transaction, taking: IncomingReply): Promise<ReplyMatch | undefined> {
  const [, isNew, match] = await Promise.all([
    waitBriefly(tx),
    keepIncoming(tx, taking, 'unsettled'),
    replyOwnersOf(tx, taking),
  ]);
  if (!isNew) return undefined;
  await suppressFor(tx, taking, match);
  return match;
}

/** Suppresses the sender for the reply's tenants, as far as the reply asks. */
async function suppressFor(tx: Transaction, taking: IncomingReply, match: ReplyMatch): Promise<void> {
  const { deps, event, reading, receivedAt } = taking;
  const asked = silenced(reading);
  if (asked === undefined) return;
  const left = { source: 'sms', since: receivedAt };
  const owners = match.owners.map((owner) => ({ ...owner, scope: scopeOfStop(asked, owner.last) }));
  if (owners.length > MOST_ENTERED) return suppressInMany(tx, deps.clock, { ...left, owners });
  for (const { tenantId, scope } of owners) {
    const within = await tx.as(tenantId);
    const keys = await deps.vault.tenant(within);
    await suppressAlone(within, { keys, clock: deps.clock }, { ...left, phone: event.from, scope });
  }
}

/** The dependencies of taking a reply on arrival. */
export interface DoorDeps extends TakingDeps {
  /** Connections reserved for suppressions; later work uses the common ones. */
  readonly reserved: TakingDeps['database'];
}

/** A reply that took effect. */
export interface TakenAtOnce {
  /** False for a repetition. */
  readonly isNew: boolean;
  /** Resolves once all is done that can be done at once; never rejects. */
  readonly rest: Promise<unknown>;
}

/**
 * Takes one reply on arrival and suppresses its sender before anything else, on the connections reserved for that.
 * A suppression that would have to wait for a lock throws. Once this resolves nothing more may begin. The work that
 * remains, since it waits for no lock either, is done by `replySettler` within a second.
 */
export async function takeAtOnce(
  { reserved, ...deps }: DoorDeps,
  account: TakingAccount,
  reply: ReceivedReply,
): Promise<TakenAtOnce> {
  const { isNew, rest } = await barFirst({ ...deps, reserved }, account, reply);
  return { isNew, rest: rest?.() ?? Promise.resolve() };
}

/** A reply whose sender has been suppressed. */
export interface BlockedFirst {
  /** False for a repetition. */
  readonly isNew: boolean;
  /** Does the remaining work; absent without any. Never rejects: `replySettler` does what is left. */
  readonly rest?: () => Promise<unknown>;
}

/** Suppresses the sender of one reply, and leaves the rest to its caller. A reply that is no opt-out is taken as a whole. */
export async function barFirst(
  { reserved, ...deps }: DoorDeps,
  account: TakingAccount,
  reply: ReceivedReply,
): Promise<BlockedFirst> {
  const taking = takingOf(deps, account, reply);
  if (silenced(taking.reading) === undefined) return { isNew: await takeReply(deps, account, reply) };
  const match = await reserved.outside((tx) => barSender(tx, taking));
  if (match === undefined) return { isNew: false };
  const effectiveAt = deps.clock.now().toISO();
  return { isNew: true, rest: () => completed(taking, { match, effectiveAt }) };
}

/** Completes a reply; a failure leaves it unsettled, which is counted, retried and logged. */
async function completed(
  taking: IncomingReply,
  { match, effectiveAt }: BlockedSender,
): Promise<'settled' | 'left'> {
  const { deps, id } = taking;
  try {
    return await deps.database.outside(async (tx) => {
      const [, ours] = await Promise.all([waitBriefly(tx), lockUnsettled(tx, id)]);
      if (ours === undefined) return 'left';
      await takeForOwners(tx, taking, match);
      await settleInbound(tx, id, { settledAt: deps.clock.now().toISO(), effectiveAt });
      return 'settled';
    });
  } catch {
    return 'left';
  }
}

/** A suppressed sender: the reply, and the time of the suppression. */
interface BlockedSender {
  readonly match: ReplyMatch;
  /** ISO instant of the law clock. */
  readonly effectiveAt: string;
}

async function takeWhole(tx: Transaction, taking: IncomingReply): Promise<boolean> {
  await waitBriefly(tx);
  const match = await replyOwnersOf(tx, taking);
  // The rest of so many tenants takes seconds, for which an owed STOP would keep the gate shut.
  const isLong = match.owners.length > MOST_ENTERED && taking.unanswered !== true;
  const isLeft = isLong && silenced(taking.reading) !== undefined;
  if (!(await keepIncoming(tx, taking, isLeft ? 'unsettled' : 'settled'))) return false;
  await (isLeft ? suppressFor : takeForOwners)(tx, taking, match);
  return true;
}
