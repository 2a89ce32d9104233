import { isSameText, type RehearsalDeps } from '../campaigns/rehearsal.ts';
import {
  readAccount,
  readBrands,
  readSurroundings,
  type Campaign,
} from '../campaigns/campaign.repository.ts';
import { textPlace } from '../campaigns/creation.ts';
import { saidByNotice } from '../campaigns/series-audience.ts';
import { linkAddress, sampleLink } from '../contacts/opt-out-link.ts';
import type { Transaction } from '../database/connection.ts';
import type { TenantKeys } from '../database/tenant-keys.ts';
import { composerOfCampaign, type CampaignText } from '../messages/compose-campaign.ts';
import type { Composer } from '../messages/prepared.ts';
import { purposeNamed } from '../messages/purpose.ts';
import { standIn } from '../sms/stand-in.ts';
import { waysOutUnder, type OptOutMeans } from '../sms/stop-mention.ts';
import type { Api } from './api.ts';
import { accountTerms } from './gateway-terms.ts';
import { linkBase } from './opt-out-link.ts';
import { Purpose as LinkedPurpose } from './schema.ts';

/** What a campaign is rehearsed with: its texts are composed as the send path composes them. */
export async function rehearsalDeps(
  tx: Transaction,
  api: Api,
  campaign: Campaign,
): Promise<Omit<RehearsalDeps, 'language'>> {
  const keys = await api.vault.tenant(tx);
  const written = await writtenFor(tx, api, { campaign, keys });
  const composer = await composerByPlace(tx, api, { campaign, keys, written });
  return { clock: api.clock, keys, composer, isSameForAll: isSameText(written.text) };
}

/** The same texts for eyes that may read nothing of a person: stand-ins weigh what their words weigh. */
export async function standInComposer(tx: Transaction, api: Api, campaign: Campaign): Promise<Composer> {
  const keys = await api.vault.tenant(tx);
  const written = await writtenFor(tx, api, { campaign, keys });
  const link = sampleLink(await linkBase(tx, api.optOut));
  const stopLinkOf = written.stopLinkOf === undefined ? undefined : () => link;
  return composerByPlace(tx, api, {
    campaign,
    keys,
    written: { ...written, stopLinkOf, insteadOf: standIn },
  });
}

/** Texts have the way out of the account that sends to where people are. */
async function composerByPlace(
  tx: Transaction,
  { gateways }: Api,
  {
    campaign,
    keys,
    written,
  }: { readonly campaign: Campaign; readonly keys: TenantKeys; readonly written: CampaignText },
): Promise<Composer> {
  const everywhere = composerOfCampaign(keys, written);
  const elsewhere = new Map<string, Composer>();
  for (const [territory, place] of Object.entries(campaign.route?.byTerritory ?? {})) {
    const account = place && (await readAccount(tx, { id: place.accountId }));
    const means = waysOut(accountTerms(gateways).means(account?.name ?? ''), campaign.sender);
    elsewhere.set(territory, composerOfCampaign(keys, { ...written, means }));
  }
  return { compose: (row) => (elsewhere.get(row.territory ?? '') ?? everywhere).compose(row) };
}

/** What all texts of a campaign have in common. */
async function writtenFor(
  tx: Transaction,
  { clock, gateways, optOut }: Api,
  { campaign, keys }: { readonly campaign: Campaign; readonly keys: TenantKeys },
): Promise<CampaignText> {
  const around = await readSurroundings(tx);
  const account = await readAccount(tx, { id: campaign.accountId });
  const [brand] = campaign.brandId === null ? [] : await readBrands(tx, campaign.brandId);
  const text = keys.open(textPlace(campaign.id), campaign.sealed).toString('utf8');
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
    language: around.locale.startsWith('en') ? 'en' : 'fr',
    maxParts: campaign.maxParts,
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
