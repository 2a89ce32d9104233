import type { Gateway } from '../gateway/gateway.ts';
import { chargedIn, waysOutUnder, type OptOutMeans } from '../../sms/index.ts';

/** An account at an operator, as the send path uses it. */
export interface Account {
  readonly id: string;
  readonly gateway: Gateway;
  readonly ratePerSecond: number | null;
  readonly stopCode: OptOutMeans['stopCode'];
  /** Whether what people answer comes back whatever name stands as sender. */
  readonly answersComeBack?: boolean | undefined;
  /** What one part costs there; undefined when nobody wrote it down. */
  readonly priceAt?: ((territory: string) => PartPrice | undefined) | undefined;
}

/** A decimal and its currency. */
export interface PartPrice {
  readonly perPart: string;
  readonly currency: string;
}

/** What a part costs to send to numbers of one territory; no price where nobody wrote it down. */
export interface Tariff {
  readonly territory: string;
  readonly price: PartPrice | undefined;
}

/** What an account charges for a number: by where the number is, wherever its person lives. */
export function tariffOf({ priceAt }: Pick<Account, 'priceAt'>, to: string): Tariff {
  const territory = chargedIn(to);
  return { territory, price: priceAt?.(territory) };
}

/** The accounts of this instance. */
export interface Accounts {
  byId(accountId: string): Account | undefined;
}

/** The ways out that an account and a sender offer to a person. */
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
      hearsAnswers: canReceive && answersComeBack === true,
      stopMentionReclassifies,
    },
    sender,
  );
