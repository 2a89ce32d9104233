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

/** Sums two bills. */
const addedBills = (one: Bill, other: Bill): Bill => ({
  messages: one.messages + other.messages,
  partsOurs: one.partsOurs + other.partsOurs,
  partsReported: one.partsReported + other.partsReported,
  costOurs: one.costOurs + other.costOurs,
  costReported: one.costReported + other.costReported,
});

/** The excess of an operator's count over ours: 0.02 is two per cent; null where nothing is compared. */
interface Drift {
  readonly parts: number | null;
  readonly cost: number | null;
  /** True when it exceeds rounding, over enough messages to rule out chance. */
  readonly isAlarming: boolean;
}

/** Rounding of single messages stays below it. */
const TOLERATED = 0.02;
const ENOUGH_MESSAGES = 50;

/** Returns the difference between the operator's count and ours. */
export function driftOf(bill: Bill): Drift {
  const { partsOurs, partsReported, costOurs, costReported } = bill;
  const [parts, cost] = [apart(partsOurs, partsReported), apart(costOurs, costReported)];
  const most = Math.max(Math.abs(parts ?? 0), Math.abs(cost ?? 0));
  return { parts, cost, isAlarming: isEnough(bill) && most > TOLERATED };
}

/** Says whether it covers enough messages to rule out chance. */
export const isEnough = ({ messages }: Bill): boolean => messages >= ENOUGH_MESSAGES;

/** Returns the difference without binary rounding errors. */
const apart = (ours: number, reported: number): number | null =>
  ours === 0 ? null : Math.round((reported / ours - 1) * MILLION) / MILLION;

/** Parts and cost of an account, as its operator counts them and as we do. */
export interface AccountBill extends Bill {
  readonly accountId: string;
}

/** The operators' counts, kept in this process until they are written down. */
export class Bills {
  #bills = new Map<string, Bill>();

  /** Adds an operator's counts of one call. */
  note(accountId: string, bill: Bill | undefined): void {
    if (bill === undefined) return;
    const known = this.#bills.get(accountId);
    this.#bills.set(accountId, known === undefined ? bill : addedBills(known, bill));
  }

  /** Passes the counts on; those that could not be written are kept for the next time. */
  async hand(over: (bills: readonly AccountBill[]) => Promise<void>): Promise<void> {
    const bills = [...this.#bills].map(([accountId, bill]) => Object.assign({ accountId }, bill));
    this.#bills = new Map();
    try {
      await over(bills);
    } catch (cause) {
      for (const { accountId, ...bill } of bills) this.note(accountId, bill);
      throw cause;
    }
  }
}
