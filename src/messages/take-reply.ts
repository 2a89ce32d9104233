import { SideBySide } from '../side-by-side.ts';
import { Together } from '../together.ts';
import { barSenders } from './bar-sender.ts';
import { lockUnsettled, settleInbound, waitBriefly } from './inbound.repository.ts';
import type { ReplyMatch } from './reply-match.ts';
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
import type { Transaction } from '../database/connection.ts';

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
    const [barred] = await deps.database.outside((tx) => barSenders(tx, [taking]));
    return barred !== 'told';
  }
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

/** Bars that are committed together, at most. */
const MOST_BARRED = 50;
/** What follows bars takes one row after the other, that of the next answer: more at a time wait for each other. */
const COMPLETED_SIDE_BY_SIDE = 3;
/** What waits for either, at most: beyond it the journal takes the bar, and `replySettler` does the rest. */
const MOST_WAITING = 1_000;
/** Whoever finds so many before them is not done within the time that an operator waits. */
const LONG_QUEUE = 30;

/**
 * Takes replies of whoever stands at the door: their senders are barred before anything else is done, on the
 * connections reserved for that, all who come at the same time by one transaction.
 */
export class StopDoor {
  readonly #deps: DoorDeps;
  readonly #bars: Together<Taking, ReplyMatch | 'told'>;
  readonly #completing = new SideBySide(COMPLETED_SIDE_BY_SIDE);

  constructor(deps: DoorDeps) {
    this.#deps = deps;
    this.#bars = new Together((takings) => deps.reserved.outside((tx) => barSenders(tx, takings)), {
      most: MOST_BARRED,
      waiting: MOST_WAITING,
      pieces: 'each alone',
    });
  }

  /**
   * Takes one. A bar that would have to wait for a lock throws, and holds up no other.
   *
   * Once this resolves nothing more may begin. What its rest leaves, since it waits for no lock either,
   * `replySettler` does within a second.
   */
  async take(account: TakingAccount, told: ToldReply): Promise<TakenAtOnce> {
    const { reserved: _reserved, ...deps } = this.#deps;
    const taking = takingOf(deps, account, told);
    const rest = Promise.resolve();
    if (silenced(taking.reading) === undefined) return { isNew: await takeReply(deps, account, told), rest };
    const match = await this.#bars.add(taking);
    if (match === 'told') return { isNew: false, rest };
    return { isNew: true, rest: this.#complete(taking, { match, effectiveAt: deps.clock.now().toISO() }) };
  }

  #complete(taking: Taking, barred: Barred): Promise<unknown> {
    const { waiting } = this.#completing;
    if (waiting >= MOST_WAITING) return Promise.resolve();
    const done = this.#completing.run(() => completed(taking, barred));
    return waiting < LONG_QUEUE ? done : Promise.resolve();
  }
}

/** Does the rest; whatever fails is left unsettled, which is counted, tried again and told. */
async function completed(taking: Taking, { match, effectiveAt }: Barred): Promise<'settled' | 'left'> {
  const { deps, id } = taking;
  try {
    return await deps.database.outside(async (tx) => {
      const [, ours] = await Promise.all([waitBriefly(tx), lockUnsettled(tx, id)]);
      if (ours === undefined) return 'left';
      // Settled first: whoever takes the place of an answer holds up every other answer until the commit.
      const settled = settleInbound(tx, id, { settledAt: deps.clock.now().toISO(), effectiveAt });
      await Promise.all([settled, takeForOwners(tx, taking, match)]);
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
  const fresh = await keepIncoming(tx, [taking], 'settled');
  const [match] = fresh.size === 0 ? [] : await ownersOf(tx, [taking]);
  if (match === undefined) return false;
  await takeForOwners(tx, taking, match);
  return true;
}
