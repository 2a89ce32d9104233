import type { Gateway, Call, SubmitResult } from '../gateway/gateway.ts';
import { chargedIn, waysOutUnder, measure, micros, type OptOutMeans } from '../../sms/index.ts';

/** An account at an operator, as the send path uses it. */
export interface Account {
  readonly id: string;
  readonly gateway: Gateway;
  readonly ratePerSecond: number | null;
  readonly stopCode: OptOutMeans['stopCode'];
  /** True when people's answers come back whatever name is the sender. */
  readonly answersComeBack?: boolean | undefined;
  /** The price of one part there; undefined when none is configured. */
  readonly priceAt?: ((territory: string) => PartPrice | undefined) | undefined;
}

/** A decimal price and its currency. */
export interface PartPrice {
  readonly perPart: string;
  readonly currency: string;
}

/** The price of a part to numbers of one territory; undefined when none is configured. */
export interface Tariff {
  readonly territory: string;
  readonly price: PartPrice | undefined;
}

/** Returns an account's price for a number: by the territory of the number, wherever its person lives. */
export function tariffOf({ priceAt }: Pick<Account, 'priceAt'>, to: string): Tariff {
  const territory = chargedIn(to);
  return { territory, price: priceAt?.(territory) };
}

/** The accounts of this instance. */
export interface Accounts {
  byId(accountId: string): Account | undefined;
}

/** Returns the ways to opt out that an account and a sender offer. */
export const optOutMeans = (
  {
    gateway: {
      capabilities: { canReceive, stopMentionReclassifies },
    },
    stopCode,
    answersComeBack,
  }: Pick<Account, 'gateway' | 'stopCode' | 'answersComeBack'>,
  sender: string,
): OptOutMeans =>
  waysOutUnder(
    {
      stopCode,
      canReceive,
      canReceiveAnswers: canReceive && answersComeBack === true,
      stopMentionReclassifies,
    },
    sender,
  );

/** An operator's count of some messages beside ours; only of the messages it reports on. */
export interface Bill {
  readonly messages: number;
  readonly partsOurs: number;
  readonly partsReported: number;
  /** Millionths of the account's currency. */
  readonly costOurs: number;
  readonly costReported: number;
}

const MILLION = 1_000_000;
const NOTHING: Bill = { messages: 0, partsOurs: 0, partsReported: 0, costOurs: 0, costReported: 0 };

/** Compares an operator's answer with our own count of its call; undefined where it reports nothing. */
export function billOf(call: Call, result: SubmitResult, priceAt: Account['priceAt']): Bill | undefined {
  if (result.kind !== 'ACCEPTED') return undefined;
  const reported = result.perRecipient.filter(({ parts, cost }) => parts !== undefined || cost !== undefined);
  if (reported.length === 0) return undefined;
  const { parts: ours } = measure(call.text);
  return reported
    .map(({ to, parts, cost }) => {
      const price = cost === undefined ? undefined : priceAt?.(chargedIn(to));
      return {
        messages: 1,
        partsOurs: parts === undefined ? 0 : ours,
        partsReported: parts ?? 0,
        // Without a price here the costs cannot be compared.
        costOurs: price === undefined ? 0 : Number(micros(price.perPart) * BigInt(ours)),
        costReported: price === undefined ? 0 : Math.round(Number(cost) * MILLION),
      };
    })
    .reduce(addedBills, NOTHING);
}

const addedBills = (one: Bill, other: Bill): Bill => ({
  messages: one.messages + other.messages,
  partsOurs: one.partsOurs + other.partsOurs,
  partsReported: one.partsReported + other.partsReported,
  costOurs: one.costOurs + other.costOurs,
  costReported: one.costReported + other.costReported,
});

/** A difference that rounding of single messages may cause; 0.02 is two per cent. */
const TOLERATED = 0.02;
const ENOUGH_MESSAGES = 50;

/**
 * Returns the excess of an operator's count over ours: 0.02 is two per cent; null where nothing is compared. It
 * alarms when it exceeds rounding, over enough messages to rule out chance.
 */
export function driftOf(bill: Bill) {
  const { partsOurs, partsReported, costOurs, costReported } = bill;
  const [parts, cost] = [excessOf(partsOurs, partsReported), excessOf(costOurs, costReported)];
  const most = Math.max(Math.abs(parts ?? 0), Math.abs(cost ?? 0));
  return { parts, cost, isAlarming: isEnough(bill) && most > TOLERATED };
}

/** Says whether it covers enough messages to rule out chance. */
export const isEnough = ({ messages }: Bill): boolean => messages >= ENOUGH_MESSAGES;

/** Returns the excess of `reported` over `ours` as a share of ours, without binary rounding errors. */
const excessOf = (ours: number, reported: number): number | null =>
  ours === 0 ? null : Math.round((reported / ours - 1) * MILLION) / MILLION;

/** Parts and cost of an account, as its operator counts them and as we do. */
export interface AccountBill extends Bill {
  readonly accountId: string;
}

/** Counts kept in this process, one of each name, until they are written down. */
class Counts<T> {
  readonly #nameOf: (count: T) => string;
  readonly #sum: (one: T, other: T) => T;
  #counts = new Map<string, T>();

  constructor(nameOf: (count: T) => string, sum: (one: T, other: T) => T) {
    this.#nameOf = nameOf;
    this.#sum = sum;
  }

  add(count: T): void {
    const name = this.#nameOf(count);
    const known = this.#counts.get(name);
    this.#counts.set(name, known === undefined ? count : this.#sum(known, count));
  }

  /** Passes the counts on; those that could not be written are kept for the next time. */
  async hand(write: (counts: readonly T[]) => Promise<void>): Promise<void> {
    const counts = [...this.#counts.values()];
    this.#counts = new Map();
    try {
      await write(counts);
    } catch (cause) {
      for (const count of counts) this.add(count);
      throw cause;
    }
  }
}

/** The operators' counts of parts and costs. */
export class Bills extends Counts<AccountBill> {
  constructor() {
    super(
      ({ accountId }) => accountId,
      (one, other) => ({ accountId: one.accountId, ...addedBills(one, other) }),
    );
  }

  /** Adds an operator's counts of one call. */
  note(accountId: string, bill: Bill | undefined): void {
    if (bill !== undefined) this.add({ accountId, ...bill });
  }
}

/** Count of one account's answers of one kind. */
export interface SubmissionCount {
  readonly accountId: string;
  readonly outcome: 'accepted' | 'refused' | 'unknown' | 'not-written';
  /** A normalised class; empty for an acceptance. */
  readonly reason: string;
  readonly calls: number;
  readonly messages: number;
  /** Time until the answers came. */
  readonly seconds: number;
}

/** The counts of answers. */
export class SubmissionCounts extends Counts<SubmissionCount> {
  constructor() {
    super(
      ({ accountId, outcome, reason }) => `${accountId}|${outcome}|${reason}`,
      (one, other) => ({
        ...one,
        calls: one.calls + other.calls,
        messages: one.messages + other.messages,
        seconds: one.seconds + other.seconds,
      }),
    );
  }

  /** Counts one call. */
  note(accountId: string, tried: Omit<SubmissionCount, 'accountId' | 'calls'>): void {
    this.add({ accountId, calls: 1, ...tried });
  }
}
