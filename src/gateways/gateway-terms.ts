import type { AccountTerms } from '../campaigns/index.ts';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../people/index.ts';
import { answersComeBack, isFake, ownStopCode, priceAt, type GatewayAccount } from '../platform/index.ts';
import { OPERATORS } from './operators.ts';
import type { OptOutMeans } from '../sms/index.ts';
import { routedAccounts } from '../company/index.ts';

/** An account for the API, without its credentials. */
export interface ApiGateway {
  readonly name: string;
  readonly kind: GatewayAccount['kind'];
  readonly fake: boolean;
  readonly default: boolean;
  readonly ratePerSecond: number;
  readonly means: OptOutMeans;
  readonly price: GatewayAccount['price'];
  readonly processor: { readonly name: string; readonly country: string } | undefined;
  /** URL for the operator's receipts, replies and STOP. */
  readonly inboundUrl: string;
}

/** Strips an account's credentials. */
export function apiGateway(account: GatewayAccount, inboundUrl: string): ApiGateway {
  const { name, kind, ratePerSecond, stopCode, price, processor } = account;
  const { canReceive, stopMentionReclassifies } = OPERATORS[kind].capabilities;
  return {
    name,
    kind,
    fake: isFake(account),
    default: account.default,
    ratePerSecond,
    means: {
      stopCode: stopCode ?? ownStopCode(kind),
      canReceive,
      canReceiveAnswers: canReceive && answersComeBack(account),
      stopMentionReclassifies,
    },
    price,
    processor,
    inboundUrl,
  };
}

const pricedAt = (
  gateway: ApiGateway | undefined,
  territory: string | undefined,
): ReturnType<AccountTerms['price']> => {
  if (gateway?.price === undefined) return undefined;
  return territory === undefined ? gateway.price : priceAt(gateway, territory);
};

/** Returns the terms of accounts for campaigns, and the base URL of the instance's opt-out links. */
export function accountTerms(gateways: readonly ApiGateway[], linkBase?: string): AccountTerms {
  const named = (name: string): ApiGateway | undefined => gateways.find((gateway) => gateway.name === name);
  return {
    defaultName: gateways.find((gateway) => gateway.default)?.name ?? '',
    means: (name) => named(name)?.means,
    price: (name, territory) => pricedAt(named(name), territory),
    linkBase,
  };
}

/** Returns the purposes whose account at a tenant is a fake, which alone sends to people recorded under a moved clock. */
export function fakePurposes(
  gateways: readonly ApiGateway[],
  settings: Parameters<typeof routedAccounts>[0],
): readonly ConsentPurpose[] {
  const { defaultName } = accountTerms(gateways);
  const isFakeFor = (purpose: ConsentPurpose): boolean => {
    const [account] = routedAccounts(settings, { purpose, defaultName });
    return gateways.find(({ name }) => name === account)?.fake === true;
  };
  return CONSENT_PURPOSES.filter(isFakeFor);
}
