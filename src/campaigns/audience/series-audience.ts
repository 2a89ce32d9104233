import type { TenantKeys } from '../../crypto/index.ts';
import { type Transaction, type Refusal, refusedField } from '../../platform/index.ts';
import type { SeriesKind } from '../../reminders/index.ts';
import type { ContactDeps } from '../../people/index.ts';
import {
  tenantOf,
  practiceNameIndexes,
  practiceById,
  practicesById,
  type KeptPractice,
} from '../../company/index.ts';
import { needsSealed, pickedAudience, type Audience, type SeriesAudience } from './audience.repository.ts';
import { readCampaign, type Campaign, type CampaignAccount } from '../campaign.repository.ts';
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

/** Refuses a notice for anybody but people who expect an event of its purpose, and advertising for such people. */
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

export async function practiceOfNotice(
  tx: Transaction,
  keys: TenantKeys,
  audience: Audience,
): Promise<KeptPractice | undefined> {
  const practice = await practiceIn(tx, keys, audience);
  if (practice !== undefined || !('series' in audience) || audience.series.practiceId === undefined)
    return practice;
  throw refusedField('/audience/series/practiceId', bilingual.request.notFound, 'PRACTICE_NOT_FOUND');
}

const practiceIn = async (
  tx: Transaction,
  keys: TenantKeys,
  audience: Audience,
): Promise<KeptPractice | undefined> =>
  'series' in audience && audience.series.practiceId !== undefined
    ? practiceById(tx, keys, audience.series.practiceId)
    : undefined;

/** Resolves what SQL cannot compare in an audience: sealed attributes, the practice's name, the contract's name. */
export async function readableAudience(
  tx: Transaction,
  keysOf: () => Promise<TenantKeys>,
  { audience, at }: { readonly audience: Audience; readonly at: string },
): Promise<Audience> {
  if (!('series' in audience)) return pickedAudience(tx, keysOf, { audience, at });
  const { exclude } = audience;
  const keys = await keysOf();
  const series = withPracticeIndexes(keys, audience.series, await practiceIn(tx, keys, audience));
  if (series.service === undefined) return { series, exclude };
  return { contactIds: await contactsOfService(tx, keys, { series, at }), exclude };
}

/** Adds the blind indexes of the practice's name, which find bookings that gave its name alone. */
function withPracticeIndexes(
  keys: TenantKeys,
  series: SeriesAudience,
  practice: KeptPractice | undefined,
): SeriesAudience {
  const indexes = practice === undefined ? [] : practiceNameIndexes(keys, practice.name);
  return { ...series, practiceIndexes: indexes.map((index) => index.toString('hex')) };
}

/** Returns the values that the text of a notice may use: those of its practice, else those of the tenant. */
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

interface CampaignWithAccount {
  readonly campaign: Campaign;
  readonly account: CampaignAccount;
}

/** Counts the people to whom a campaign could write if it were frozen now, by locality; stores nothing. */
export async function servableNow(
  tx: Transaction,
  { keys, clock }: ContactDeps,
  question: CampaignWithAccount,
): Promise<readonly FrozenPlace[]> {
  const at = clock.now().toISO();
  const { audience } = question.campaign;
  const readable = await readableAudience(tx, () => Promise.resolve(keys), { audience, at });
  return servableByPlace(tx, termsOf(question, readable, at));
}

/**
 * Judges one person as a freeze of each campaign would now, with as many statements as for one campaign; returns the
 * results in order, undefined where the person is not in the audience. No audience may need sealed data.
 */
export async function personNow(
  tx: Transaction,
  { keys, clock }: ContactDeps,
  { contactId, each }: { readonly contactId: string; readonly each: readonly CampaignWithAccount[] },
): Promise<readonly (Judged | undefined)[]> {
  const ids = each.flatMap(({ campaign: { audience } }) =>
    'series' in audience ? (audience.series.practiceId ?? []) : [],
  );
  const practices = await practicesById(tx, keys, [...new Set(ids)]);
  const at = clock.now().toISO();
  const terms = each.map((question) =>
    termsOf(question, clearAudience(keys, question.campaign.audience, practices), at),
  );
  return judgedPerson(tx, terms, contactId);
}

function clearAudience(
  keys: TenantKeys,
  audience: Audience,
  practices: ReadonlyMap<string, KeptPractice>,
): Audience {
  if (needsSealed(audience)) throw new TypeError('an audience needs sealed data');
  if (!('series' in audience)) return audience;
  const { series, exclude } = audience;
  return { series: withPracticeIndexes(keys, series, practices.get(series.practiceId ?? '')), exclude };
}

const termsOf = (
  { campaign: { purpose, brandId }, account }: CampaignWithAccount,
  audience: Audience,
  at: string,
): FreezeTerms => ({ audience, purpose, brandId, fake: account.fake, at });
