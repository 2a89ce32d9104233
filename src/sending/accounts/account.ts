import type { Gateway } from '../gateway/gateway.ts';
import { chargedIn, waysOutUnder, type OptOutMeans } from '../../sms/index.ts';

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
