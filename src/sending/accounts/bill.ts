import type { Call, SubmitResult } from '../gateway/gateway.ts';
import { measure, micros, chargedIn } from '../../sms/index.ts';
import type { Account } from './account.ts';

/** What an operator says of some messages, beside what was counted here; only of what it says something. */
export interface Bill {
  readonly messages: number;
  readonly partsOurs: number;
  readonly partsTold: number;
  /** Millionths of the account's money. */
  readonly costOurs: number;
  readonly costTold: number;
}

const MILLION = 1_000_000;
const NOTHING: Bill = { messages: 0, partsOurs: 0, partsTold: 0, costOurs: 0, costTold: 0 };

/** Compares an operator's answer with our own count of its call; nothing where it says nothing. */
export function billOf(call: Call, result: SubmitResult, priceAt: Account['priceAt']): Bill | undefined {
  if (result.kind !== 'ACCEPTED') return undefined;
  const told = result.perRecipient.filter(({ parts, cost }) => parts !== undefined || cost !== undefined);
  if (told.length === 0) return undefined;
  const { parts: ours } = measure(call.text);
  return told
    .map(({ to, parts, cost }) => {
      const price = cost === undefined ? undefined : priceAt?.(chargedIn(to));
      return {
        messages: 1,
        partsOurs: parts === undefined ? 0 : ours,
        partsTold: parts ?? 0,
        // Of one without a price here nothing can be compared.
        costOurs: price === undefined ? 0 : Number(micros(price.perPart) * BigInt(ours)),
        costTold: price === undefined ? 0 : Math.round(Number(cost) * MILLION),
      };
    })
    .reduce(added, NOTHING);
}

/** Two bills in one. */
export const added = (one: Bill, other: Bill): Bill => ({
  messages: one.messages + other.messages,
  partsOurs: one.partsOurs + other.partsOurs,
  partsTold: one.partsTold + other.partsTold,
  costOurs: one.costOurs + other.costOurs,
  costTold: one.costTold + other.costTold,
});

/** By how much an operator counts more than we do: 0.02 is two per cent; null where nothing is compared. */
export interface Drift {
  readonly parts: number | null;
  readonly cost: number | null;
  /** Beyond what rounding explains, over enough messages to be no chance. */
  readonly isAlarming: boolean;
}

/** Rounding of single messages stays below it. */
const TOLERATED = 0.02;
const ENOUGH_MESSAGES = 50;

/** How far an operator's count is from ours. */
export function driftOf(bill: Bill): Drift {
  const { partsOurs, partsTold, costOurs, costTold } = bill;
  const [parts, cost] = [apart(partsOurs, partsTold), apart(costOurs, costTold)];
  const most = Math.max(Math.abs(parts ?? 0), Math.abs(cost ?? 0));
  return { parts, cost, isAlarming: isEnough(bill) && most > TOLERATED };
}

/** Whether it is of enough messages to be no chance. */
export const isEnough = ({ messages }: Bill): boolean => messages >= ENOUGH_MESSAGES;

/** Without what binary fractions leave behind. */
const apart = (ours: number, told: number): number | null =>
  ours === 0 ? null : Math.round((told / ours - 1) * MILLION) / MILLION;
