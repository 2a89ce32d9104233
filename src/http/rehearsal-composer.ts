import { isSameText, type RehearsalDeps } from '../campaigns/rehearsal.ts';
import {
  readAccount,
  readBrands,
  readSurroundings,
  type Campaign,
} from '../campaigns/campaign.repository.ts';
import { textPlace } from '../campaigns/creation.ts';
import { saidByNotice } from '../campaigns/series-audience.ts';
import { linkAddress } from '../contacts/opt-out-link.ts';
import type { Transaction } from '../database/connection.ts';
import { composerOfCampaign } from '../messages/compose-campaign.ts';
import { purposeNamed } from '../messages/purpose.ts';
import type { OptOutMeans } from '../sms/stop-mention.ts';
import type { Api } from './api.ts';
import { accountTerms } from './gateway-terms.ts';
import { linkBase } from './opt-out-link.ts';
import { Purpose as LinkedPurpose } from './schema.ts';

/** What a campaign is rehearsed with: its texts are composed as the send path composes them. */
export async function rehearsalDeps(
  tx: Transaction,
  { vault, clock, gateways, optOut }: Api,
  campaign: Campaign,
): Promise<Omit<RehearsalDeps, 'language'>> {
  const keys = await vault.tenant(tx);
  const around = await readSurroundings(tx);
  const account = await readAccount(tx, { id: campaign.accountId });
  const [brand] = campaign.brandId === null ? [] : await readBrands(tx, campaign.brandId);
  const text = keys.open(textPlace(campaign.id), campaign.sealed).toString('utf8');
  const means = accountTerms(gateways).means(account?.name ?? '');
  const linked = LinkedPurpose.safeParse(campaign.purpose);
  const base = await linkBase(tx, optOut);
  const year = clock.now().toUTC().year;
  const composer = composerOfCampaign(keys, {
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
  });
  return { clock, keys, composer, isSameForAll: isSameText(text) };
}

/** Letters cannot be answered. */
const waysOut = (means: OptOutMeans | undefined, sender: string): OptOutMeans => ({
  stopCode: means?.stopCode,
  canReceive: means?.canReceive === true && /^\+?\d+$/.test(sender),
  stopMentionReclassifies: means?.stopMentionReclassifies === true,
});
