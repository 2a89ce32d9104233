import type { Transaction, TenantKeys, Refusal, Clock } from '../../platform/index.ts';
import type { SeriesKind } from '../../reminders/index.ts';
import { tenantOf, practiceNameIndexes, practiceById, type KeptPractice } from '../../company/index.ts';
import { pickedAudience, type Audience } from './audience.repository.ts';
import { readCampaign, type Campaign, type CampaignAccount } from '../campaign.repository.ts';
import { NOT_FOUND, refusedField } from '../draft/refusals.ts';
import {
  contactsOfService,
  judgedPerson,
  servableByPlace,
  type FreezeTerms,
  type FrozenPlace,
  type Judged,
} from './freeze.repository.ts';
import { bilingual, type Words } from '../../words/index.ts';

const PURPOSE_OF: Readonly<Record<SeriesKind, string>> = {
  appointment: 'appointment',
  subscription: 'renewal',
  'payment-plan': 'payment',
};

/** Checks that a notice is for people who expect an event of its purpose, and advertising for nobody because of that. */
export function refuseWrongSeries(purpose: string, audience: Audience): void {
  if (purpose !== 'marketing' && !('series' in audience))
    throw unsupported('/audience', bilingual.campaign.notice.needsSeries);
  if (!('series' in audience)) return;
  const fitting = PURPOSE_OF[audience.series.kind];
  if (fitting !== purpose)
    throw unsupported('/audience/series/kind', bilingual.campaign.notice.ofAnotherPurpose({ fitting }));
}

const unsupported = (pointer: string, message: Words): Refusal =>
  refusedField(pointer, message, 'AUDIENCE_NOT_SUPPORTED');

/** Returns the practice of a notice, if it names one. */
export async function practiceOfNotice(
  tx: Transaction,
  keys: TenantKeys,
  audience: Audience,
): Promise<KeptPractice | undefined> {
  const practice = await practiceIn(tx, keys, audience);
  if (practice !== undefined || !('series' in audience) || audience.series.practiceId === undefined)
    return practice;
  throw refusedField('/audience/series/practiceId', NOT_FOUND, 'PRACTICE_NOT_FOUND');
}

const practiceIn = async (
  tx: Transaction,
  keys: TenantKeys,
  audience: Audience,
): Promise<KeptPractice | undefined> =>
  'series' in audience && audience.series.practiceId !== undefined
    ? practiceById(tx, keys, audience.series.practiceId)
    : undefined;

/** Converts an audience to comparable terms: names are encrypted, or indexed by a key. */
export async function readableAudience(
  tx: Transaction,
  keysOf: () => Promise<TenantKeys>,
  { audience, at }: { readonly audience: Audience; readonly at: string },
): Promise<Audience> {
  if (!('series' in audience)) return pickedAudience(tx, keysOf, { audience, at });
  const { exclude } = audience;
  const keys = await keysOf();
  const practice = await practiceIn(tx, keys, audience);
  const indexes = practice === undefined ? [] : practiceNameIndexes(keys, practice.name);
  const series = { ...audience.series, practiceIndexes: indexes.map((index) => index.toString('hex')) };
  if (series.service === undefined) return { series, exclude };
  return { contactIds: await contactsOfService(tx, keys, { asked: series, at }), exclude };
}

/** Returns the sender that a notice may name: its practice, else the tenant. */
export async function saidByNotice(
  tx: Transaction,
  keys: TenantKeys,
  campaignId: string,
): Promise<Readonly<Record<'practice' | 'phone' | 'address', string | undefined>> | undefined> {
  const campaign = await readCampaign(tx, campaignId);
  if (campaign === undefined) return undefined;
  const practice = await practiceIn(tx, keys, campaign.audience);
  const tenant = await tenantOf(tx);
  return {
    practice: practice?.displayName ?? tenant?.name,
    phone: practice?.phone ?? tenant?.contact.phone,
    address: practice?.address,
  };
}

interface Deps {
  readonly keys: TenantKeys;
  readonly clock: Clock;
}

interface Asked {
  readonly campaign: Campaign;
  readonly account: CampaignAccount;
}

/** Counts the people a campaign could write to if it were frozen now, by locality; nothing of it is kept. */
export const servableNow = async (
  tx: Transaction,
  deps: Deps,
  asked: Asked,
): Promise<readonly FrozenPlace[]> => servableByPlace(tx, await termsNow(tx, deps, asked));

/** Judges one person as a freeze would now; undefined for a person outside the audience. */
export const personNow = async (
  tx: Transaction,
  deps: Deps,
  { contactId, ...asked }: Asked & { readonly contactId: string },
): Promise<Judged | undefined> => judgedPerson(tx, await termsNow(tx, deps, asked), contactId);

async function termsNow(
  tx: Transaction,
  { keys, clock }: Deps,
  { campaign, account }: Asked,
): Promise<FreezeTerms> {
  const { purpose, brandId } = campaign;
  const at = clock.now().toISO();
  const audience = await readableAudience(tx, () => Promise.resolve(keys), {
    audience: campaign.audience,
    at,
  });
  return { audience, purpose, brandId, fake: account.fake, at };
}
