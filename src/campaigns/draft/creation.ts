import { frenchDay, type Day, type Territory } from '../../rule/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import type { DateTime } from 'luxon';
import { isSimulated, Refusal, type Clock, type Transaction, refusedField } from '../../platform/index.ts';
import { sampleLink } from '../../person/index.ts';
import {
  waysOutUnder,
  checkText,
  checkSender,
  senderFromBrand,
  type Finding,
  type OptOutMeans,
} from '../../sms/index.ts';
import { holdChoices, type KeptPractice } from '../../company/index.ts';
import { carriersOf, type CampaignRequest, type AccountTerms, type RouteCarrier } from './campaign-route.ts';
import {
  timesOf,
  refuseOtherFile,
  wrongBudget,
  profileOfCampaign,
  refuseWrongNotice,
  refuseUnanswerable,
} from './refusals.ts';
import { conditionsOf, isClear, type Audience, type Exclusion } from '../audience/audience.repository.ts';
import { practiceOfNotice, refuseWrongSeries } from '../audience/series-audience.ts';
import {
  insertCampaign,
  readBrands,
  readCampaign,
  readSurroundings,
  unknownContacts,
  type CampaignBrand,
  type DraftFields,
  type Surroundings,
  type CampaignAccount,
} from '../campaign.repository.ts';
import { bilingual, languageOf, type Language, type Words } from '../../words/index.ts';
import { campaignTextPlace } from '../campaign.ts';
import { decisionAt } from '../rehearsal/departure.ts';
import { refusedAs } from '../../sending/index.ts';

/** What creating campaigns needs. */
export interface CreationDeps {
  readonly keys: TenantKeys;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly terms: AccountTerms;
}

/** Creates a draft, which sends nothing before its launch. `by` is the `source` of the caller's key, `author` its actor. */
export async function createCampaign(
  tx: Transaction,
  deps: CreationDeps,
  request: CampaignRequest & { readonly by: string; readonly author: string },
): Promise<{ readonly id: string; readonly status: 'draft' }> {
  // A change of the tenant's profile waits, and then finds the draft.
  await holdChoices(tx, 'follow');
  const id = deps.newId();
  await insertCampaign(tx, {
    id,
    ...(await buildDraft(tx, deps, { ...request, id })),
    source: request.by,
    author: request.author,
    simulated: isSimulated(deps.clock),
    createdAt: deps.clock.now().toISO(),
  });
  return { id, status: 'draft' };
}

/** Builds a draft from a request; refuses one that names something unknown, or that may not be sent. */
export async function buildDraft(
  tx: Transaction,
  deps: CreationDeps,
  request: CampaignRequest & { readonly id: string },
): Promise<DraftFields> {
  refuseWrongNotice(request);
  const audience = await resolvedAudience(tx, request);
  const practice = await practiceOfNotice(tx, deps.keys, audience);
  const around = await readSurroundings(tx);
  const { main, route, all } = await carriersOf(tx, { terms: deps.terms, around }, request);
  const brand = await brandOf(tx, request.brandId);
  const on = frenchDay(deps.clock.now());
  const sender = senderOf(request, { around, account: main, brand, practice, on });
  for (const { account, territory } of withoutRepetition(all)) {
    senderOf({ ...request, sender }, { around, account, brand, practice, on });
    const means = deps.terms.means(account.name);
    if ('reconfirm' in audience) refuseUnanswerable(request.text, { sender, means, fake: account.fake });
    refuseUnsendable(request, {
      around,
      brand,
      practice,
      sender,
      means: means && waysOutUnder(means, sender),
      territory,
      stopLink: sampleLink(around.settings.publicUrl ?? deps.terms.linkBase),
      on,
    });
  }
  const profile = profileOfCampaign(request, around.profile);
  return {
    name: request.name,
    purpose: request.purpose,
    profile,
    sender,
    sealed: deps.keys.seal(campaignTextPlace(request.id), request.text),
    audience,
    accountId: main.id,
    route,
    brandId: brand?.id ?? null,
    ...timesOf(request, { now: deps.clock.now(), timeZone: around.timeZone }),
    ...paceOf(request, { profile, now: deps.clock.now() }),
    // A margin that the request leaves out is that of the law on the day of sending.
    marginMs: request.marginMs ?? null,
    ratePerSecond: request.ratePerSecond ?? null,
    maxParts: request.maxParts ?? null,
    ...budgetPriceOf(request, deps.terms.price(main.name)),
  };
}

/** Refuses a text, a name or a sender that may not be sent; the faults are given in both languages. */
function refuseUnsendable(
  request: CampaignRequest,
  under: Omit<Publisher, 'account'> & {
    readonly sender: string;
    readonly means: OptOutMeans | undefined;
    /** Undefined for everywhere. */
    readonly territory: Territory | undefined;
    readonly stopLink: string;
  },
): void {
  const { around, brand, practice, ...facts } = under;
  const faultsIn = (readBy: Language): readonly Finding[] =>
    checkText({
      ...facts,
      readBy,
      text: request.text,
      name: request.name,
      purpose: request.purpose,
      sector: practice?.sector ?? around.sector,
      language: languageOf(around.locale),
      brand: practice?.displayName ?? brand?.name ?? around.tenantName,
      ownDomains: around.domains,
      maxParts: request.maxParts,
    }).findings.filter(({ severity }) => severity === 'error');
  const faults = faultsIn('fr');
  const [first] = faults;
  if (first === undefined) return;
  const english = faultsIn('en');
  throw new Refusal(refusedAs(first), {
    errors: faults.map(({ message, ruleId, in: field }, index) => ({
      pointer: field === 'sender' || field === 'name' ? `/${field}` : '/text',
      message: { fr: `${message} (${ruleId})`, en: `${english[index]?.message ?? message} (${ruleId})` },
    })),
  });
}

/** The locality for which hours are checked while no recipient is known. */
const SOMEWHERE = { territory: 'FR', timeZone: 'Europe/Paris' } as const;

/** Returns the pace of a draft; refuses a local time after which no hour is ever open. */
function paceOf(
  { localTime = null, spread, purpose }: Pick<CampaignRequest, 'localTime' | 'spread' | 'purpose'>,
  { profile, now }: { readonly profile: string; readonly now: DateTime<true> },
): { readonly localTime: string | null; readonly spreadDays: number | null } {
  const pace = { localTime, spreadDays: spread?.days ?? null };
  if (localTime === null) return pace;
  const campaign = {
    purpose,
    profile,
    marginMs: null,
    expireAt: null,
    startAt: null,
    launchedAt: null,
    goodFriday: null,
    ...pace,
  };
  const first = decisionAt(campaign, SOMEWHERE, { at: now, now, language: 'fr' });
  if (first !== undefined && first.at.setZone(SOMEWHERE.timeZone).toFormat('HH:mm') >= localTime) return pace;
  throw refusedField('/localTime', bilingual.campaign.nobodyFromThatHour);
}

async function resolvedAudience(
  tx: Transaction,
  { audience, exclude = [], purpose }: CampaignRequest,
): Promise<Audience> {
  refuseWrongSeries(purpose, audience);
  await refuseUnknown(tx, audience, '/audience');
  for (const [index, list] of exclude.entries()) await refuseUnknown(tx, list, `/exclude/${index}`);
  return exclude.length === 0 ? audience : { ...audience, exclude };
}

/** Refuses an audience or a list that names something unknown. */
async function refuseUnknown(tx: Transaction, named: Audience | Exclusion, under: string): Promise<void> {
  if ('contactIds' in named && (await unknownContacts(tx, named.contactIds)) > 0)
    throw refusedField(`${under}/contactIds`, bilingual.request.notFound, 'CONTACT_NOT_FOUND');
  if ('importId' in named) await refuseOtherFile(tx, named.importId, `${under}/importId`);
  for (const [field, id] of campaignsIn(named))
    if ((await readCampaign(tx, id)) === undefined)
      throw refusedField(`${under}/${field}`, bilingual.request.notFound, 'CAMPAIGN_NOT_FOUND');
}

function campaignsIn(named: Audience | Exclusion): readonly (readonly [string, string])[] {
  if ('notServedBy' in named) return [['notServedBy', named.notServedBy]];
  if ('servedBy' in named) return [['servedBy', named.servedBy]];
  if (!('filter' in named)) return [];
  return conditionsOf(named.filter)
    .filter((condition) => isClear(condition) && condition.field === 'receivedCampaign')
    .flatMap(({ value }) => (Array.isArray(value) ? value.map(String) : [String(value)]))
    .map((id) => ['filter', id]);
}

/** Leaves out the territories of accounts that are checked for everywhere. */
const withoutRepetition = (carriers: readonly RouteCarrier[]): Iterable<RouteCarrier> => {
  const everywhere = new Set(
    carriers.filter(({ territory }) => territory === undefined).map(({ account }) => account.id),
  );
  return carriers.filter(({ account, territory }) => territory === undefined || !everywhere.has(account.id));
};

async function brandOf(tx: Transaction, id: string | undefined): Promise<CampaignBrand | undefined> {
  const brands = await readBrands(tx, id);
  if (id !== undefined && brands.length === 0)
    throw refusedField('/brandId', bilingual.request.notFound, 'BRAND_NOT_FOUND');
  return brands.length === 1 ? brands[0] : undefined;
}

export function budgetPriceOf(
  { budget }: Pick<CampaignRequest, 'budget'>,
  price: { readonly perPart: string; readonly currency: string } | undefined,
): Pick<DraftFields, 'budget' | 'price' | 'currency'> {
  const bare = { price: price?.perPart ?? null, currency: price?.currency ?? 'EUR' };
  if (budget === undefined) return { ...bare, budget: null };
  if (price === undefined) throw wrongBudget(bilingual.campaign.withoutPrice);
  if (budget.currency !== price.currency)
    throw wrongBudget(bilingual.campaign.inOtherCurrency({ currency: price.currency }));
  return { ...bare, budget: budget.amount };
}

/** Who writes: the tenant, and the brand or practice in whose name it does. */
interface Publisher {
  /** The day of the request. */
  readonly on: Day;
  readonly around: Surroundings;
  readonly account: CampaignAccount;
  readonly brand: CampaignBrand | undefined;
  /** The practice of a notice. */
  readonly practice: KeptPractice | undefined;
}

/** Returns the sender of the request, else that of the named brand or practice, else the tenant's, else the brand's. */
function senderOf(request: Pick<CampaignRequest, 'sender' | 'brandId'>, publisher: Publisher): string {
  const { around, account, on } = publisher;
  const own = ownSenders(publisher);
  const sender = request.sender ?? namedSender(request, publisher) ?? own[0];
  if (sender === undefined) throw senderInvalid(bilingual.request.missing);
  const faultIn = (language: Language): string | undefined =>
    checkSender(sender, { on, sector: around.sector, language })[0]?.message;
  const [fr, en] = [faultIn('fr'), faultIn('en')];
  if (fr !== undefined && en !== undefined) throw senderInvalid({ fr, en });
  const listed = around.settings.senders ?? undefined;
  const isFree = listed === undefined && account.fake;
  if (!isFree && ![...own, ...(listed ?? [])].includes(sender)) throw new Refusal('SENDER_NOT_YOURS');
  return sender;
}

/** Returns the sender of the practice or brand that the request names, which precedes the tenant's as in a booking. */
const namedSender = (
  { brandId }: Pick<CampaignRequest, 'brandId'>,
  { practice, brand }: Publisher,
): string | undefined =>
  practice?.sender ?? (brandId === undefined ? undefined : (brand?.sender ?? undefined));

/** Lists the senders that are the tenant's own, the preferred one first. */
const ownSenders = ({ around, brand, practice, on }: Publisher): string[] =>
  [
    around.tenantSender,
    brand?.sender,
    practice?.sender,
    senderFromBrand(brand?.name ?? around.tenantName, on),
  ].flatMap((sender) => sender ?? []);

const senderInvalid = (message: Words): Refusal => refusedField('/sender', message, 'SENDER_INVALID');
