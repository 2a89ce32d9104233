import type { AccountTerms } from '../campaigns/index.ts';
import { routedAccounts } from '../company/index.ts';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../person/index.ts';
import { type Clock, type Database, instant } from '../platform/index.ts';
import {
  type Config,
  type GatewayAccount,
  answersComeBack,
  isFake,
  ownStopCode,
  priceAt,
} from '../settings/index.ts';
import { registerAccounts, type CallContents } from '../sending/index.ts';
import type { OptOutMeans } from '../sms/index.ts';
import { brevo } from './brevo/brevo-operator.ts';
import type { HttpKind, HttpOperatorEntry, Kind, OperatorEntry, AccountOf } from './entry.ts';
import type { CallReader } from './http/read-call.ts';
import { octopush } from './octopush/octopush-operator.ts';
import { ovh } from './ovh/ovh-operator.ts';
import { sandbox } from './sandbox/sandbox-gateway.ts';
import { deliveryEventsOf, type DeliveryFormat } from './smpp/deliver-sm.ts';
import { deliveryOf, headOf } from './smpp/pdu.ts';
import { smpp, PROFILES } from './smpp/smpp-operator.ts';
import { smsmode } from './smsmode/smsmode-operator.ts';
import { twilio } from './twilio/twilio-operator.ts';

export const HTTP_OPERATORS: { readonly [K in HttpKind]: HttpOperatorEntry<K> } = {
  octopush,
  ovh,
  twilio,
  brevo,
  smsmode,
};

/** Every kind of operator. */
export const OPERATORS: { readonly [K in Kind]: OperatorEntry<K> } = { ...HTTP_OPERATORS, smpp, sandbox };

/** Returns the reader of an account's calls. */
export const callReader = (account: GatewayAccount, inboundUrl: string): CallReader =>
  readerOf(account.kind, account, inboundUrl);

function readerOf<K extends Kind>(kind: K, account: AccountOf<K>, inboundUrl: string): CallReader {
  const entry: OperatorEntry<K> = OPERATORS[kind];
  const { read, isGenuine = () => true } = entry;
  return { isGenuine: (request) => isGenuine(request, account, inboundUrl), read };
}

/** Returns the reader of an account's kept calls, by whichever protocol they came. */
export function keptReader(account: GatewayAccount) {
  const format = formatOf(account);
  return {
    call: callReader(account, '').read,
    /** `arrival` replaces an id where the operator gave none. */
    pdu: (frame: Buffer, arrival: string): CallContents => {
      const delivery = deliveryOf(headOf(frame), frame);
      const events = delivery === undefined ? [] : deliveryEventsOf(delivery, format, arrival);
      return { events, unread: events.length === 0 ? 1 : 0 };
    },
  };
}

/** Returns how an account's calls are written; one that has left SMPP since is read with the common defaults. */
function formatOf(account: GatewayAccount): DeliveryFormat {
  if (account.kind !== 'smpp') return { profile: PROFILES.general, alphabet: 'gsm-7', messageIds: 'as-is' };
  const { profile, alphabet, messageIds } = account;
  return { profile: PROFILES[profile], alphabet, messageIds };
}

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

/** Registers the configured accounts; returns their ids by name. */
export function registerGateways(
  { gateways }: Pick<Config, 'gateways'>,
  { database, clock }: { readonly database: Database; readonly clock: Clock },
): Promise<ReadonlyMap<string, string>> {
  const when = { at: instant(clock.machine()).toISO(), machineMs: clock.machine() };
  const rows = gateways.map((account) => Object.assign({}, account, { fake: isFake(account) }));
  return database.outside((tx) => registerAccounts(tx, rows, when));
}
