import {
  isSameText,
  type RehearsalDeps,
  readAccount,
  readBrands,
  readSurroundings,
  type Campaign,
  campaignTextPlace,
  mostPartsOf,
  saidByNotice,
} from '../../../campaigns/index.ts';
import { linkAddress, sampleLink } from '../../../people/index.ts';
import type { Transaction, TenantKeys } from '../../../platform/index.ts';
import {
  composerOfCampaign,
  type CampaignText,
  type Composer,
  purposeNamed,
} from '../../../sending/index.ts';
import { chargedIn, chargedThere, standIn, waysOutUnder, type OptOutMeans } from '../../../sms/index.ts';
import type { Api } from '../../server/api.ts';
import { accountTerms } from '../../../gateways/index.ts';
import { linkBase } from '../people/opt-out-link.ts';
import { PurposeField as LinkedPurpose } from '../../server/schema.ts';
import { languageOf } from '../../../words/index.ts';

/** Collects the dependencies of a rehearsal: its texts are composed as the send path composes them. */
export async function rehearsalDeps(
  tx: Transaction,
  api: Api,
  campaign: Campaign,
): Promise<Omit<RehearsalDeps, 'language'>> {
  const keys = await api.vault.tenant(tx);
  const written = await writtenFor(tx, api, { campaign, keys });
  const { composer, ...carried } = await composerByPlace(tx, api, { campaign, keys, written });
  return { clock: api.clock, keys, composer, ...carriedBy(api, carried, written.text) };
}

/** Returns a composer for readers without access to personal data: its stand-ins weigh what the words weigh. */
export async function standInComposer(tx: Transaction, api: Api, campaign: Campaign): Promise<Composer> {
  const keys = await api.vault.tenant(tx);
  const written = await writtenFor(tx, api, { campaign, keys });
  const link = sampleLink(await linkBase(tx, api.optOut));
  const stopLinkOf = written.stopLinkOf === undefined ? undefined : () => link;
  const made = await composerByPlace(tx, api, {
    campaign,
    keys,
    written: { ...written, stopLinkOf, insteadOf: standIn },
  });
  return made.composer;
}

/** Returns the carrying accounts of a campaign and their prices: where these differ by number, each number is checked. */
function carriedBy(
  { gateways }: Api,
  { everywhere, elsewhere }: Pick<ByPlace, 'everywhere' | 'elsewhere'>,
  text: string,
): Pick<RehearsalDeps, 'isSameForAll' | 'carrierOf'> {
  const terms = accountTerms(gateways);
  const names = new Set([everywhere, ...elsewhere.values()]);
  const differs = gateways.some(({ name, price }) => names.has(name) && price?.byTerritory !== undefined);
  const isSameForAll = isSameText(text) && !differs;
  return {
    isSameForAll,
    carrierOf: (territory, to) => {
      const gateway = elsewhere.get(territory) ?? everywhere;
      const charged = chargedIn(to);
      const counted = isSameForAll ? chargedThere(territory) : charged;
      return { gateway, territory: counted, price: terms.price(gateway, charged) };
    },
  };
}

/** A composer, and the accounts whose opt-outs it writes. */
interface ByPlace {
  readonly composer: Composer;
  readonly everywhere: string;
  readonly elsewhere: ReadonlyMap<string, string>;
}

/** Texts have the opt-out of the account that sends to the people's place. */
async function composerByPlace(
  tx: Transaction,
  { gateways }: Api,
  {
    campaign,
    keys,
    written,
  }: { readonly campaign: Campaign; readonly keys: TenantKeys; readonly written: CampaignText },
): Promise<ByPlace> {
  const everywhere = composerOfCampaign(keys, written);
  const elsewhere = new Map<string, { readonly name: string; readonly composer: Composer }>();
  for (const [territory, place] of Object.entries(campaign.route?.byTerritory ?? {})) {
    const account = place && (await readAccount(tx, { id: place.accountId }));
    const name = account?.name ?? '';
    const means = waysOut(accountTerms(gateways).means(name), campaign.sender);
    elsewhere.set(territory, { name, composer: composerOfCampaign(keys, { ...written, means }) });
  }
  return {
    composer: { compose: (row) => (elsewhere.get(row.territory ?? '')?.composer ?? everywhere).compose(row) },
    everywhere: (await readAccount(tx, { id: campaign.accountId }))?.name ?? '',
    elsewhere: new Map([...elsewhere].map(([territory, { name }]) => [territory, name])),
  };
}

/** Collects the data shared by all texts of a campaign. */
async function writtenFor(
  tx: Transaction,
  { clock, gateways, optOut }: Api,
  { campaign, keys }: { readonly campaign: Campaign; readonly keys: TenantKeys },
): Promise<CampaignText> {
  const around = await readSurroundings(tx);
  const account = await readAccount(tx, { id: campaign.accountId });
  const [brand] = campaign.brandId === null ? [] : await readBrands(tx, campaign.brandId);
  const text = keys.open(campaignTextPlace(campaign.id), campaign.sealed).toString('utf8');
  const means = accountTerms(gateways).means(account?.name ?? '');
  const linked = LinkedPurpose.safeParse(campaign.purpose);
  const base = await linkBase(tx, optOut);
  const year = clock.now().toUTC().year;
  return {
    text,
    purpose: purposeNamed(campaign.purpose),
    sender: campaign.sender,
    brand: brand?.name ?? around.tenantName,
    sector: around.sector,
    language: languageOf(around.locale),
    maxParts: mostPartsOf(campaign, clock.now()),
    means: waysOut(means, campaign.sender),
    said: campaign.purpose === 'marketing' ? undefined : await saidByNotice(tx, keys, campaign.id),
    stopLinkOf:
      base === undefined || !linked.success
        ? undefined
        : (contactId) => linkAddress(base, optOut.tokens.tokenOf({ contactId, purpose: linked.data, year })),
  };
}

const NO_MEANS: OptOutMeans = { canReceive: false, stopMentionReclassifies: false };

const waysOut = (means: OptOutMeans | undefined, sender: string): OptOutMeans =>
  waysOutUnder(means ?? NO_MEANS, sender);
