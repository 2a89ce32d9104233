import { waitBriefly, type Transaction } from '../../platform/index.ts';
import { lockUnsettled, settleInbound } from './inbound.repository.ts';
import { type ReplyMatch, scopeOfStop } from './reply-match.ts';
import {
  isLockTimeout,
  keepIncoming,
  ownersOf,
  silenced,
  takingOf,
  type Taking,
  type TakingAccount,
  type TakingDeps,
  type ToldReply,
} from './reply-taking.ts';
import { takeForOwners } from './take-for-owners.ts';
import { suppressAlone } from '../../people/index.ts';

/**
 * Takes one reply: from the commit on, nothing more may begin for somebody who said STOP.
 *
 * One transaction across the tenants concerned; the same delivery twice changes nothing and answers false. It
 * waits for no lock longer than 200 ms: then the suppression alone is committed, and `replySettler` does the rest.
 */
export async function takeReply(deps: TakingDeps, account: TakingAccount, told: ToldReply): Promise<boolean> {
  const taking = takingOf(deps, account, told);
  try {
    return await deps.database.outside((tx) => takeWhole(tx, taking));
  } catch (cause) {
    if (!isLockTimeout(cause)) throw cause;
    return (await deps.database.outside((tx) => barSender(tx, taking))) !== undefined;
  }
}

/**
 * Keeps a reply and leaves its sender alone as far as it asks: what makes a STOP effective, and nothing that could wait.
 *
 * Answers whose it is, or nothing when the operator told it before. The rest is done by whoever settles it. It waits
 * for no lock longer than 200 ms.
 */
export async function barSender(tx: Transaction, taking: Taking): Promise<ReplyMatch | undefined> {
  const [, isNew, match] = await Promise.all([
    waitBriefly(tx),
    keepIncoming(tx, taking, 'unsettled'),
    ownersOf(tx, taking),
  ]);
  if (!isNew) return undefined;
  const { deps, event, reading, receivedAt } = taking;
  const asked = silenced(reading);
  if (asked === undefined) return match;
  for (const owner of match.owners) {
    const within = await tx.as(owner.tenantId);
    const keys = await deps.vault.tenant(within);
    const scope = scopeOfStop(asked, owner.last);
    const left = { phone: event.from, source: 'sms', since: receivedAt };
    await suppressAlone(within, { keys, clock: deps.clock }, { ...left, scope });
  }
  return match;
}

/** What taking a reply at the door needs. */
export interface DoorDeps extends TakingDeps {
  /** Connections that only bars wait for: what follows them has those of everybody. */
  readonly reserved: TakingDeps['database'];
}

/** A reply that took effect. */
export interface TakenAtOnce {
  /** False when the operator told it before. */
  readonly isNew: boolean;
  /** Resolves once all is done that can be done at once; never rejects. */
  readonly rest: Promise<unknown>;
}

/**
 * Takes one reply whose sender is barred before anything else is done, on the connections reserved for that: for
 * whoever stands at the door. A bar that would have to wait for a lock throws.
 *
 * Once this resolves nothing more may begin. What its rest leaves, since it waits for no lock either,
 * `replySettler` does within a second.
 */
export async function takeAtOnce(
  { reserved, ...deps }: DoorDeps,
  account: TakingAccount,
  told: ToldReply,
): Promise<TakenAtOnce> {
  const { isNew, rest } = await barFirst({ ...deps, reserved }, account, told);
  return { isNew, rest: rest?.() ?? Promise.resolve() };
}

/** A reply whose sender is barred. */
export interface BarredFirst {
  /** False when the operator told it before. */
  readonly isNew: boolean;
  /** Does all that is left; absent where nothing is. Never rejects: what it leaves `replySettler` does. */
  readonly rest?: () => Promise<unknown>;
}

/** Bars the sender of one reply, and leaves the rest to its caller. One that bars nobody is taken as a whole. */
export async function barFirst(
  { reserved, ...deps }: DoorDeps,
  account: TakingAccount,
  told: ToldReply,
): Promise<BarredFirst> {
  const taking = takingOf(deps, account, told);
  if (silenced(taking.reading) === undefined) return { isNew: await takeReply(deps, account, told) };
  const match = await reserved.outside((tx) => barSender(tx, taking));
  if (match === undefined) return { isNew: false };
  const effectiveAt = deps.clock.now().toISO();
  return { isNew: true, rest: () => completed(taking, { match, effectiveAt }) };
}

/** Does the rest; whatever fails is left unsettled, which is counted, tried again and told. */
async function completed(taking: Taking, { match, effectiveAt }: Barred): Promise<'settled' | 'left'> {
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

/** A sender who is barred: by whose reply, and since when. */
interface Barred {
  readonly match: ReplyMatch;
  /** ISO instant of the law clock. */
  readonly effectiveAt: string;
}

async function takeWhole(tx: Transaction, taking: Taking): Promise<boolean> {
  await waitBriefly(tx);
  if (!(await keepIncoming(tx, taking, 'settled'))) return false;
  await takeForOwners(tx, taking, await ownersOf(tx, taking));
  return true;
}
