import { TERRITORIES, type Territory } from '../../rule/index.ts';
import { type Transaction, type Refusal, refusedField } from '../../platform/index.ts';
import {
  everyRoutedAccount,
  routedAccounts,
  PURPOSES,
  refuseTransfer,
  isTransferForbidden,
} from '../../company/index.ts';
import { micros } from '../../sms/index.ts';
import { accountsCarrying } from './draft.repository.ts';
import {
  readAccount,
  readAccountsNamed,
  readSurroundings,
  type Campaign,
  type CampaignAccount,
  type Surroundings,
} from '../campaign.repository.ts';
import { wrongBudget } from './refusals.ts';
import { bilingual } from '../../words/index.ts';
import type { CampaignRoute } from '../campaign.ts';
import type { Audience, Exclusion } from '../audience/audience.repository.ts';
import type { BookingTerms } from '../../reminders/index.ts';
import type { BatchRun } from '../../sending/index.ts';
import { haltOf } from '../run/run.repository.ts';

/** An account that may carry a campaign, in one territory or (undefined) everywhere. */
export interface RouteCarrier {
  readonly account: CampaignAccount;
  readonly territory: Territory | undefined;
}

/** Finds every account that may carry a campaign; refuses one that is unknown or to which a transfer is forbidden. */
export async function carriersOf(
  tx: Transaction,
  { terms, around }: { readonly terms: AccountTerms; readonly around: Surroundings },
  request: Pick<CampaignRequest, 'gateway' | 'purpose' | 'budget'>,
) {
  const routed = request.gateway === undefined;
  const namesAt = (territory?: Territory): readonly [string, ...string[]] =>
    request.gateway === undefined
      ? routedAccounts(around.settings, { ...request, territory, defaultName: terms.defaultName })
      : [request.gateway];
  const known = new Map<string, CampaignAccount>();
  const names = routed
    ? everyRoutedAccount(around.settings, { purpose: request.purpose, defaultName: terms.defaultName })
    : namesAt();
  for (const name of names) known.set(name, await usableAccount(tx, name, around.sector));
  const carriers = (territory: Territory | undefined): RouteCarrier[] =>
    namesAt(territory).flatMap((name) => {
      const account = known.get(name);
      return account === undefined ? [] : [{ account, territory }];
    });
  const everywhere = carriers(undefined);
  const [first] = everywhere;
  if (first === undefined) throw unknownAccount();
  const places = TERRITORIES.map((territory) => ({ territory, carriers: carriers(territory) }));
  const all = [...everywhere, ...places.flatMap((index) => index.carriers)];
  refuseOtherCurrency(
    request,
    terms,
    all.map(({ account }) => account),
  );
  const route: CampaignRoute = { routed, byTerritory: byTerritory(terms, first, places) };
  return { main: first.account, route, all };
}

/** Lists every account that may carry a campaign at its launch: its own, those of territories, and replacements. */
export async function carryingAccountsOf(
  tx: Transaction,
  campaign: Campaign,
  { settings }: Surroundings,
): Promise<readonly CampaignAccount[]> {
  const [accounts = []] = await accountsFor(tx, [accountReferences(campaign, settings)]);
  return accounts;
}

function accountReferences(
  { accountId, route, purpose }: Campaign,
  settings: Surroundings['settings'],
): Parameters<typeof readAccountsNamed>[1] {
  const places = Object.values(route?.byTerritory ?? {}).flatMap((index) => index?.accountId ?? []);
  const known = PURPOSES.find((one) => one === purpose);
  const mayFailOver =
    known !== undefined && route?.routed === true && settings.routes?.failOver?.includes(known);
  const names = mayFailOver === true ? everyRoutedAccount(settings, { purpose: known, defaultName: '' }) : [];
  return { ids: [accountId, ...places], names };
}

/** Reads the accounts to which each of the references refers, in order and without repetition, by one statement. */
async function accountsFor(
  tx: Transaction,
  each: readonly ReturnType<typeof accountReferences>[],
): Promise<readonly (readonly CampaignAccount[])[]> {
  const accounts = await readAccountsNamed(tx, {
    ids: [...new Set(each.flatMap(({ ids }) => ids))],
    names: [...new Set(each.flatMap(({ names }) => names))],
  });
  const byId = new Map(accounts.map((account) => [account.id, account]));
  const byName = new Map(accounts.map((account) => [account.name, account]));
  return each.map(({ ids, names }) => {
    const found = [...ids.map((id) => byId.get(id)), ...names.map((name) => byName.get(name))];
    return [...new Set(found.flatMap((account) => account ?? []))];
  });
}

/** Returns the price of a part by the name of the account and the territory of the number. */
export interface Prices {
  price(name: string, territory: Territory): ReturnType<AccountTerms['price']>;
}

/**
 * Returns the highest price that a part of each campaign may cost now, in its currency; null where none is configured.
 * Numbers of any territory may be carried by any of its accounts.
 */
export async function highestPrices(
  tx: Transaction,
  prices: Prices,
  campaigns: readonly Campaign[],
): Promise<readonly (string | null)[]> {
  if (campaigns.length === 0) return [];
  const { settings } = await readSurroundings(tx);
  const carrying = await accountsFor(
    tx,
    campaigns.map((campaign) => accountReferences(campaign, settings)),
  );
  return campaigns.map(({ currency }, index) => highestPrice(prices, carrying[index] ?? [], currency));
}

const highestPrice = (
  prices: Prices,
  accounts: readonly CampaignAccount[],
  currency: Campaign['currency'],
): string | null =>
  accounts
    .flatMap(({ name }) => TERRITORIES.map((territory) => prices.price(name, territory)))
    .flatMap((price) => (price?.currency === currency ? [price.perPart] : []))
    .reduce<string | null>(
      (most, price) => (most === null || micros(price) > micros(most) ? price : most),
      null,
    );

async function usableAccount(tx: Transaction, name: string, sector: string): Promise<CampaignAccount> {
  const account = await readAccount(tx, { name });
  if (account === undefined) throw unknownAccount();
  await refuseTransfer(tx, { accountId: account.id, sector });
  return account;
}

const unknownAccount = (): Refusal =>
  refusedField('/gateway', bilingual.request.notFound, 'GATEWAY_NOT_FOUND');

/** Refuses a budget unless every account has a price in its currency. */
function refuseOtherCurrency(
  { budget }: Pick<CampaignRequest, 'budget'>,
  terms: AccountTerms,
  all: readonly { readonly name: string }[],
): void {
  const other = all.find(({ name }) => terms.price(name)?.currency !== budget?.currency);
  if (budget === undefined || other === undefined) return;
  const counts = terms.price(other.name)?.currency;
  throw wrongBudget(
    counts === undefined
      ? bilingual.campaign.otherWithoutPrice({ name: other.name })
      : bilingual.campaign.otherInOtherCurrency({ name: other.name, counts }),
  );
}

/**
 * Refuses a budget for a launched campaign unless all its accounts have a price in the currency, including those that
 * carry part of it already.
 */
export async function refuseUnpriced(
  tx: Transaction,
  terms: AccountTerms,
  { campaign, budget }: { readonly campaign: Campaign } & Pick<CampaignRequest, 'budget'>,
): Promise<void> {
  if (budget === undefined) return;
  const accounts = await carryingAccountsOf(tx, campaign, await readSurroundings(tx));
  const carrying = await accountsCarrying(tx, campaign.id);
  refuseOtherCurrency({ budget }, terms, [...accounts, ...carrying]);
  const unpriced = carrying.find(({ isPriced }) => !isPriced);
  if (unpriced === undefined) return;
  throw wrongBudget(bilingual.campaign.partUnpriced({ name: unpriced.name }));
}

/** Returns the territories whose account or price differs from the usual one. */
function byTerritory(
  terms: AccountTerms,
  main: RouteCarrier,
  places: readonly { readonly territory: Territory; readonly carriers: readonly RouteCarrier[] }[],
): CampaignRoute['byTerritory'] {
  const { perPart: usual = null, currency } = terms.price(main.account.name) ?? {};
  return Object.fromEntries(
    places.flatMap(({ territory, carriers: [first = main] }) => {
      const priceThere = terms.price(first.account.name, territory);
      const price = priceThere?.currency === currency ? (priceThere?.perPart ?? null) : null;
      const isUsual = first.account.id === main.account.id && price === usual;
      return isUsual ? [] : [[territory, { accountId: first.account.id, price }]];
    }),
  );
}

/** A campaign as somebody asks for it. */
export interface CampaignRequest {
  readonly name: string;
  readonly purpose: 'marketing' | 'appointment' | 'renewal' | 'payment';
  readonly text: string;
  readonly audience: Audience;
  /** People to leave out. */
  readonly exclude?: readonly Exclusion[] | undefined;
  readonly sender?: string | undefined;
  /** ISO instants. */
  readonly startAt?: string | undefined;
  readonly expireAt?: string | undefined;
  /** `HH:MM` in the recipient's zone: nobody is written to earlier in the day. */
  readonly localTime?: string | null | undefined;
  readonly spread?: { readonly days: number } | undefined;
  readonly ratePerSecond?: number | undefined;
  readonly maxParts?: number | undefined;
  readonly marginMs?: number | undefined;
  readonly budget?: { readonly amount: string; readonly currency: string } | undefined;
  /** The account's name; the default one when absent. */
  readonly gateway?: string | undefined;
  readonly brandId?: string | undefined;
  /** Set when an admin orders a notice to be sent at any hour; the reason is audited. */
  readonly outsideWindow?: { readonly reason: string } | undefined;
}

/** What the configuration, and not the database, knows of accounts. */
export interface AccountTerms extends BookingTerms {
  price(
    name: string,
    territory?: Territory,
  ): { readonly perPart: string; readonly currency: string } | undefined;
}

/**
 * Says whether an account of its route may carry a batch now: the account answers and is not halted, a STOP has come
 * back through it (for advertising), and the transfer to its processor is allowed.
 */
export async function mayCarry(tx: Transaction, run: BatchRun, accountId: string): Promise<boolean> {
  const account = await readAccount(tx, { id: accountId });
  if (account?.isUp !== true) return false;
  if (run.purpose === 'marketing' && !account.fake && !account.proven) return false;
  if ((await haltOf(tx, accountId)) !== undefined) return false;
  return !(await isTransferForbidden(tx, { accountId, sector: run.sector }));
}
