import {
  waitBriefly,
  Refusal,
  receive,
  onlyHere,
  outageOf,
  writeFaultOf,
  faultOf,
  throughContention,
  type InboundEntry,
  type JournalEntry,
  type Reception,
  type OptOutTaking,
} from '../../platform/index.ts';
import { inTime, uuidV7 } from '../../base/index.ts';
import type { GatewayAccount } from '../../settings/index.ts';
import { callReader, noteMisSigned } from '../../gateways/index.ts';
import type { InboundAccount, InboundPort, InboundParts } from './inbound.ts';
import {
  settleCalls,
  keepReceivedCalls,
  keepUnreadCall,
  sealable,
  isReceipt,
  readSafely,
  repliesIn,
  keepReceiptsIn,
  takeAtOnce,
  type ReceiptEvent,
  type ReplyEvent,
  type CallContents,
  type StopEvent,
  type OperatorCall,
  type CallPlace,
  type ReceivedCall,
} from '../../sending/index.ts';

/** A configured account, with its id and the secret of its inbound address. */
export interface ListenedAccount {
  readonly id: string;
  readonly secret: string;
  readonly account: GatewayAccount;
  /** The inbound address for its operator's calls, with the secret; some operators sign the address. */
  readonly inboundUrl: string;
}

const COUNTED_WITHIN_MS = 200;

/**
 * Makes the port that keeps operators' calls and then reads them: receipts go to the database, replies through the
 * journal.
 */
export function inboundPort(parts: InboundParts, listened: readonly ListenedAccount[]): InboundPort {
  const accounts = new Map(listened.map(entryOf));
  const receiver = new CallReceiver(parts, acknowledgingAmong(listened));
  return {
    accountNamed: (name) => accounts.get(name),
    // The call is refused in any case, so that a failure to count it is ignored.
    misSigned: ({ id }) =>
      inTime(
        parts.database.outside((tx) => noteMisSigned(tx, id)).catch(() => 0),
        COUNTED_WITHIN_MS,
        0,
      ),
    receive: (account, call) => receiver.receive(account, call),
  };
}

/** Returns the ids of the accounts whose operator confirms a STOP itself. */
const acknowledgingAmong = (listened: readonly ListenedAccount[]): ReadonlySet<string> =>
  new Set(listened.filter(({ account }) => account.acknowledgesStop).map(({ id }) => id));

function entryOf({ id, secret, account, inboundUrl }: ListenedAccount): [string, InboundAccount] {
  const { name, formerInboundSecret: former } = account;
  const secrets = former === undefined ? [secret] : [secret, former];
  return [name, { id, name, secrets, ...callReader(account, inboundUrl) }];
}

/** Milliseconds for work before a call is answered: operators give up after seconds, and some call only once. */
const PATIENCE_MS = 800;

/** Milliseconds in which a call is kept in the database; after that the journal keeps its replies. */
const KEPT_WITHIN_MS = 500;

/** The same, while the database is known to be slow or away. */
const AWAY_WITHIN_MS = 100;

/** The receipts of a call; the call is removed in the transaction that stores them. */
interface Settling {
  readonly accountId: string;
  readonly receipts: readonly ReceiptEvent[];
  readonly reading?: { readonly id: string; readonly unread: number };
}

interface TakenCall {
  readonly account: InboundAccount;
  readonly received: ReceivedCall;
  readonly reception: Reception;
  readonly said: CallContents;
  /** Resolves with the place where the call is kept. */
  readonly keeping: Promise<Place>;
}

/** Where a call is kept: nowhere while the database is `away`, or while too much of its account is kept (`full`). */
type Place = CallPlace | 'away' | 'full';

interface JournaledCall {
  readonly manner: 'committed' | 'owed';
  /** Resolves with its place once its commit ends, which for an owed one may take longer than the operator waits. */
  readonly placed: Promise<CallPlace | undefined>;
}

/** Receives operators' calls: each is kept as it came before it is read, and then takes effect. */
class CallReceiver {
  readonly #parts: InboundParts;
  readonly #acknowledging: ReadonlySet<string>;
  readonly #keeping: Together<ReceivedCall, Place>;
  readonly #settling: Together<Settling, number>;

  constructor(parts: InboundParts, acknowledging: ReadonlySet<string>) {
    this.#parts = parts;
    this.#acknowledging = acknowledging;
    this.#keeping = new Together((received) => this.#keepAll(received));
    this.#settling = new Together((some) => this.#settleAll(some));
  }

  /** Resolves once everything in the call is durable; with `kept` when some of it takes effect later. */
  async receive(account: InboundAccount, call: OperatorCall): Promise<'heard' | 'kept'> {
    const reception = receive(this.#parts.clock);
    // The call has the same id wherever it is kept, so that a call that is kept twice differs from a second equal call.
    const received = { id: reception.id, accountId: account.id, sealed: sealable(call, reception) };
    const keeping = this.#keeping.add(received).catch((error: unknown) => this.#notKept(error));
    const withinMs = this.#parts.journal.isAsking() ? AWAY_WITHIN_MS : KEPT_WITHIN_MS;
    const place = await inTime<Place, Place>(keeping, withinMs, 'away');
    const taken = { account, received, reception, said: readSafely(account.read, call), keeping };
    const news = await this.#takeReplies(taken);
    if (typeof place === 'string') return this.#holdWithout(place, taken, news);
    return this.#settle(place, taken, news);
  }

  /**
   * Takes any error for an outage, so that the journal keeps what the call says. If it were thrown, the call would be
   * refused, and a STOP in it lost when the operator calls only once. Errors that are no outage are logged.
   */
  #notKept(error: unknown): 'away' {
    if (writeFaultOf(error).fault === 'refused')
      this.#parts.log?.error(
        { fault: faultOf(error) },
        'a call of an operator cannot be kept in the database',
      );
    return 'away';
  }

  #newId(): string {
    return uuidV7(this.#parts.clock.machine());
  }

  /**
   * Keeps calls in one transaction that waits for no lock: the journal takes calls that cannot be kept now, or in
   * this database.
   */
  #keepAll(received: readonly ReceivedCall[]): Promise<readonly Place[]> {
    const { reserved, vault, journal, mostKeptBytes: mostBytes } = this.#parts;
    return onlyHere(reserved, journal).outside(async (tx) => {
      await waitBriefly(tx);
      return (await keepReceivedCalls(tx, { vault, mostBytes }, received)).map(
        (place) => place ?? ('full' as const),
      );
    });
  }

  #settleAll(some: readonly Settling[]): Promise<readonly number[]> {
    const { database } = this.#parts;
    const deps = { ...this.#parts, newId: () => this.#newId() };
    return database.outside(async (tx) => {
      const fresh = new Map<string, Set<string>>();
      for (const [accountId, theirs] of Map.groupBy(some, (one) => one.accountId)) {
        const events = theirs.flatMap(({ receipts }) => receipts);
        fresh.set(accountId, new Set(await keepReceiptsIn(tx, deps, { accountId, events })));
      }
      const readings = some.flatMap(({ reading }) => reading ?? []);
      await settleCalls(tx, readings);
      // An event that is in two of the calls is new in the first one only.
      return some.map(
        ({ accountId, receipts }) =>
          receipts.filter(({ identity }) => fresh.get(accountId)?.delete(identity) === true).length,
      );
    });
  }

  /** Takes the replies of a call through the journal; returns how many of them were new. */
  async #takeReplies({ account, said, reception }: TakenCall): Promise<number> {
    const replies = repliesIn(said, reception.at).map((event) => this.#takingOf(account, event));
    await this.#parts.journal.takeAll(replies.map(({ taking }) => taking));
    return replies.filter(({ isNew }) => isNew()).length;
  }

  #takingOf(
    { id, name }: InboundAccount,
    event: ReplyEvent | StopEvent,
  ): { readonly taking: OptOutTaking; readonly isNew: () => boolean } {
    const { vault, clock, effective, journal } = this.#parts;
    const database = onlyHere(this.#parts.database, journal);
    const reserved = onlyHere(this.#parts.reserved, journal);
    const reception = receive(clock);
    const entry: InboundEntry = {
      kind: 'inbound',
      gateway: name,
      accountId: id,
      event: { ...event },
      reception,
    };
    let rest: Promise<unknown> = Promise.resolve();
    let isNew = true;
    const commit = async (): Promise<void> => {
      const taken = await takeAtOnce(
        { database, reserved, vault, clock, newId: () => this.#newId() },
        { id, acknowledgesStop: this.#acknowledging.has(id) },
        { event: entry.event, id: reception.id, receivedAt: reception.at, simulated: reception.simulated },
      );
      ({ rest, isNew } = taken);
      if (isNew) effective(entry);
    };
    // `rest`, the other effects of a STOP, is awaited before the operator is answered, unless it takes long.
    return { taking: { entry, commit, rest: () => rest }, isNew: () => isNew };
  }

  /** Settles a call that is kept in the database: receipts that are not stored soon are left to its next reader. */
  async #settle(place: CallPlace, taken: TakenCall, news: number): Promise<'heard' | 'kept'> {
    const { account, said } = taken;
    const receipts = said.events.filter(isReceipt);
    const reading = { id: place.id, unread: said.unread };
    const settled = this.#settling.add({ accountId: account.id, receipts, reading }).catch(() => undefined);
    const kept = await inTime(settled, PATIENCE_MS, undefined);
    // Receipts that are not stored yet count as new.
    this.#count(taken, { news: news + (kept ?? receipts.length), place });
    return kept === undefined ? 'kept' : 'heard';
  }

  /** Settles a call that is not kept in the database: all its content must be durable before it is answered. */
  async #holdWithout(place: 'away' | 'full', taken: TakenCall, news: number): Promise<'heard' | 'kept'> {
    const { account, said } = taken;
    const receipts = said.events.filter(isReceipt);
    const kept = receipts.length > 0 ? await this.#settling.add({ accountId: account.id, receipts }) : 0;
    if (said.unread > 0 && place === 'full') throw new Refusal('INBOX_FULL');
    const unread = said.unread > 0 ? await this.#journalUnread(taken) : undefined;
    // Whether the call is new is known once it is kept, which may take longer than the operator waits.
    void Promise.all([taken.keeping, unread?.placed]).then(([late, placed]) =>
      this.#count(taken, {
        news: news + kept,
        place: typeof late === 'string' ? (placed ?? late) : late,
      }),
    );
    return unread?.manner === 'owed' ? 'kept' : 'heard';
  }

  async #journalUnread({ account, received, said, reception }: TakenCall): Promise<JournaledCall> {
    const { database, vault, journal, mostKeptBytes: mostBytes } = this.#parts;
    const { unread } = said;
    const { id: accountId, name: gateway } = account;
    const entry: JournalEntry = {
      kind: 'call',
      gateway,
      accountId,
      unread,
      call: received.sealed,
      reception,
    };
    let placed: JournaledCall['placed'] = Promise.resolve(undefined);
    const manner = await journal.take(entry, () => {
      const place = onlyHere(database, journal).outside((tx) =>
        keepUnreadCall(tx, { vault, mostBytes }, { ...received, unread }),
      );
      placed = place.catch(() => undefined);
      return place;
    });
    return { manner, placed };
  }

  #count(
    { account: { name }, received, said }: TakenCall,
    { news, place }: { readonly news: number; readonly place: Place },
  ): void {
    const isKeptAlready = typeof place !== 'string' && place.id !== received.id;
    const isRepeated = isKeptAlready || (said.unread === 0 && news === 0);
    const outcome = isRepeated ? 'repeated' : said.unread > 0 ? 'unread' : 'heard';
    this.#parts.metrics.countCall(name, outcome);
  }
}

const AT_ONCE = 500;

class ResultMissing extends Error {
  override readonly name = 'ResultMissing';

  constructor() {
    super('a result is missing');
  }
}

interface Waiting<T, R> {
  readonly item: T;
  readonly done: (result: R) => void;
  readonly failed: (cause: unknown) => void;
}

/** Commits items that arrive at the same time together, in one transaction. */
export class Together<T, R> {
  readonly #work: (items: readonly T[]) => Promise<readonly R[]>;
  readonly #waiting: Waiting<T, R>[] = [];
  #busy = false;

  /** `work` returns a result for each item, in order. */
  constructor(work: (items: readonly T[]) => Promise<readonly R[]>) {
    this.#work = work;
  }

  /** Resolves with the item's result once it is committed. */
  add(item: T): Promise<R> {
    return new Promise((done, failed) => {
      this.#waiting.push({ item, done, failed });
      if (!this.#busy) void this.#empty();
    });
  }

  async #empty(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) await this.#settle(this.#waiting.splice(0, AT_ONCE));
    this.#busy = false;
  }

  /**
   * Commits some items; after a failure each half alone, so that the others are committed without the one that fails.
   */
  async #settle(some: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await throughContention(() => this.#work(some.map(({ item }) => item)));
      for (const [place, { done, failed }] of some.entries()) {
        const result = results[place];
        if (result === undefined) failed(new ResultMissing());
        else done(result);
      }
    } catch (cause) {
      if (some.length > 1 && outageOf(cause) === undefined) {
        const half = Math.ceil(some.length / 2);
        await this.#settle(some.slice(0, half));
        await this.#settle(some.slice(half));
      } else for (const { failed } of some) failed(cause);
    }
  }
}
