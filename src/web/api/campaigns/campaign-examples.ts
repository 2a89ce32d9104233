import { z } from 'zod';
import {
  examplesOf,
  campaignTextPlace,
  readLastRehearsal,
  isSameText,
  type RehearsalDeps,
  readAccount,
  readBrands,
  readSurroundings,
  type Campaign,
  mostPartsOf,
  saidByNotice,
} from '../../../campaigns/index.ts';
import { linkAddress, sampleLink } from '../../../person/index.ts';
import { Refusal, type Transaction } from '../../../platform/index.ts';
import { MARKETING } from '../../../base/index.ts';
import type { TenantKeys } from '../../../crypto/index.ts';
import {
  composerOfCampaign,
  type CampaignText,
  type Composer,
  purposeNamed,
} from '../../../sending/index.ts';
import { chargedIn, chargedThere, standIn, waysOutUnder, type OptOutMeans } from '../../../sms/index.ts';
import { languageOf } from '../../../words/index.ts';
import { type Api, route, type Context, tagged, noteAct } from '../../server/route.ts';
import { ById, Flag, PurposeField as LinkedPurpose } from '../../server/schema.ts';
import { accountTerms } from '../../../gateways/index.ts';
import { linkBase } from '../people/opt-outs.ts';
import { knownCampaign, ownCampaign } from './campaign.ts';

const Example = z
  .object({
    to: z.string().describe('Masked.'),
    text: z.string(),
    encoding: z.enum(['GSM-7', 'UCS-2']),
    parts: z.int(),
    units: z.int(),
    remaining: z.int(),
    offenders: z
      .array(z.object({ character: z.string(), at: z.int(), instead: z.string().nullable() }))
      .readonly(),
  })
  .meta({ id: 'Example' });

/** The text of a campaign, and the messages of its cheapest and its most expensive recipient. */
export const ExamplesShown = z
  .object({
    text: z.string().describe('As it was written.'),
    sender: z.string(),
    clear: z.boolean().describe('False: stand-ins of the same weight for what is known of people.'),
    cheapest: Example.nullable(),
    dearest: Example.nullable(),
  })
  .meta({ id: 'Examples' });

/** The routes of examples, which are messages as people of the audience would receive them. */
export const campaignExampleRoutes = tagged('Campaigns', [
  route('GET /v1/campaigns/{id}/examples', {
    roles: MARKETING,
    summary:
      'Shows its text, and the message of its cheapest and its dearest recipient by the last rehearsal; `clear=true` shows an admin what is known of them.',
    params: ById,
    query: z.strictObject({ clear: Flag.optional() }),
    reply: ExamplesShown,
    run: async (call) => {
      const { tx, caller, params, query } = call;
      await ownCampaign(tx, caller, { id: params.id, word: 'read the text of' });
      const campaign = await knownCampaign(tx, params.id);
      const clear = query.clear === true;
      if (clear) await noteClearExamples(call, params.id);
      const composer = clear
        ? (await rehearsalDeps(tx, call.api, campaign)).composer
        : await standInComposer(tx, call.api, campaign);
      const keys = await call.api.vault.tenant(tx);
      const last = await readLastRehearsal(tx, campaign.id);
      return {
        text: keys.open(campaignTextPlace(campaign.id), campaign.sealed).toString('utf8'),
        sender: campaign.sender,
        clear,
        ...(await examplesOf(tx, composer, last?.report ?? null)),
      };
    },
  }),
]);

/** Records in the audit that an admin read personal texts; refuses everybody else. */
async function noteClearExamples(call: Context, subject: string): Promise<void> {
  if (call.caller.role !== 'admin')
    throw new Refusal('ROLE_NOT_ALLOWED', {
      detail: 'This role sees stand-ins for what is known of people.',
    });
  await noteAct(call, 'campaign.examples-read', { subject });
}

/** Returns what a rehearsal needs; it composes texts as the send path does. */
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

/** Returns a composer for readers who may not see personal data, which writes stand-ins of the same size. */
async function standInComposer(tx: Transaction, api: Api, campaign: Campaign): Promise<Composer> {
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

/** Returns the accounts that would send a campaign, and their prices, which may depend on the number. */
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

/** A composer, and the accounts whose way to opt out it writes. */
interface ByPlace {
  readonly composer: Composer;
  readonly everywhere: string;
  readonly elsewhere: ReadonlyMap<string, string>;
}

/** Returns a composer whose texts have the way to opt out of the account that sends to the recipient's place. */
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

/** Returns the data that all texts of a campaign share. */
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
