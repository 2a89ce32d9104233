import type { Call, SubmitResult } from '../gateway/gateway.ts';
import { measure, micros, chargedIn } from '../../sms/index.ts';
import type { Account } from './account.ts';

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
export const addedBills = (one: Bill, other: Bill): Bill => ({
  messages: one.messages + other.messages,
  partsOurs: one.partsOurs + other.partsOurs,
  partsReported: one.partsReported + other.partsReported,
  costOurs: one.costOurs + other.costOurs,
  costReported: one.costReported + other.costReported,
});

/** The excess of an operator's count over ours: 0.02 is two per cent; null where nothing is compared. */
export interface Drift {
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
