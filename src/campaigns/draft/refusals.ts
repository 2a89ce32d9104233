import { DateTime } from 'luxon';
import { Refusal, refusedField, type Transaction } from '../../platform/index.ts';
import { bilingual, type Words, type BareFault } from '../../words/index.ts';
import type { Audience } from '../audience/audience.repository.ts';
import {
  namedImport,
  readSurroundings,
  type Campaign,
  type CampaignAccount,
} from '../campaign.repository.ts';
import { purposeNamed } from '../../sending/index.ts';
import { staleWords, vocabularyOf, type OptOutMeans, type StaleWord } from '../../sms/index.ts';
import { defaultProfile, functionalOpen } from '../../law/index.ts';
import { isoText } from '../../rule/index.ts';
import {
  campaignStartOf,
  departureOf,
  forecast,
  mayLeave,
  rateOf,
  type RehearsalReader,
} from '../rehearsal/departure.ts';
import type { FrozenPlace } from '../audience/freeze.repository.ts';
import { servableNow } from '../audience/series-audience.ts';
import type { ContactDeps } from '../../people/index.ts';
import { clockOf } from '../../person/index.ts';
import { campaignTextPlace } from '../campaign.ts';

/** Makes the refusal of a budget that cannot be kept. */
export const wrongBudget = (message: Words): Refusal => refusedField('/budget', message);

/** Refuses an unknown import, or one of another kind than people. */
export async function refuseOtherFile(tx: Transaction, id: string, pointer: string): Promise<void> {
  const file = await namedImport(tx, id);
  if (file === undefined) throw refusedField(pointer, bilingual.request.notFound, 'IMPORT_NOT_FOUND');
  if (file.kind === 'contacts') return;
  const message = bilingual.campaign.importOfAnotherKind({ kind: file.kind });
  throw refusedField(pointer, message, 'AUDIENCE_NOT_SUPPORTED');
}

/** Refuses an audience until each of its files is read to its end. */
export async function refuseUnread(tx: Transaction, audience: Audience): Promise<void> {
  for (const named of [audience, ...(audience.exclude ?? [])]) {
    if (!('importId' in named)) continue;
    const file = await namedImport(tx, named.importId);
    if (file === undefined) throw new Refusal('IMPORT_NOT_FOUND');
    if (file.state === 'finished') continue;
    const detail = NEVER_FINISHED[file.state];
    throw new Refusal('IMPORT_NOT_FINISHED', detail === undefined ? {} : { detail });
  }
}

const NEVER_FINISHED: Readonly<Record<string, BareFault>> = {
  failed: 'It could not be read, and names nobody: send it again.',
  parked:
    'One of its rows stops its reading: correct that row, send the file again, then cancel this import.',
  cancelled: 'It was cancelled before its last row was read: send it again.',
};

/** The fields of a request that matter for a notice. */
interface NoticeRequest {
  readonly purpose: string;
  readonly text: string;
  readonly expireAt?: string | undefined;
  readonly outsideWindow?: { readonly reason: string } | undefined;
}

/** Returns the profile of a campaign's hours: the tenant's for advertising, that of its purpose for a notice. */
export function profileOfCampaign({ purpose, outsideWindow }: NoticeRequest, own: string): string {
  if (purpose === 'marketing') return own;
  return outsideWindow === undefined ? defaultProfile(purposeNamed(purpose)) : functionalOpen.id;
}

/** Says whether an admin ordered the campaign to be sent at any hour. */
export const isOutsideWindow = ({ profile }: { readonly profile: string }): boolean =>
  profile === functionalOpen.id;

/** Refuses a notice without an end or with a variable of a single event, and advertising outside its hours. */
export function refuseWrongNotice(request: NoticeRequest): void {
  if (request.purpose === 'marketing') {
    if (request.outsideWindow !== undefined)
      throw refusedField('/outsideWindow', bilingual.campaign.notice.advertisingHasHours);
    return;
  }
  if (request.expireAt === undefined) throw refusedField('/expireAt', bilingual.campaign.notice.needsAnEnd);
  const named = [...request.text.matchAll(/\{([A-Za-z]\w*)/g)].flatMap(([, name]) => name ?? []);
  const single = named.filter((name) => isOfAnEvent(request.purpose, name));
  if (single.length === 0) return;
  const names = `{${single.join('}, {')}}`;
  const message = bilingual.campaign.notice.ofNoSingleEvent({ names });
  throw refusedField('/text', message, 'TEXT_CANNOT_RENDER');
}

/** Says whether a variable is known to reminders of a purpose and not to advertising. */
const isOfAnEvent = (purpose: string, name: string): boolean =>
  vocabularyOf(purposeNamed(purpose)).known.has(name) && !vocabularyOf('marketing').known.has(name);

/** What decides whether a reply reaches us. */
interface ReplySetting {
  readonly sender: string;
  readonly means: OptOutMeans | undefined;
  /** True when the account is a fake, where people can answer a name too. */
  readonly fake: boolean;
}

const YES = /(?<!\p{L})(?:oui|yes)(?!\p{L})/iu;
const LINK = /(?:https?:\/\/|\/(?<=[a-z0-9-]\.[a-z]{2,}\/))\S/i;

/** Says whether a text lets people confirm their agreement: by a word to answer, or by a link. */
export const asksForYes = (text: string, setting: ReplySetting): boolean =>
  LINK.test(text) || (YES.test(text) && canAnswer(setting));

/** Says whether a reply to a sender reaches us. */
export const canAnswer = ({ sender, means, fake }: ReplySetting): boolean =>
  means?.canReceive !== false && (fake || /^\+?\d+$/.test(sender));

/** Refuses a reconfirmation that nobody can answer: it would end every agreement that it is about. */
export function refuseUnanswerable(text: string, setting: ReplySetting): void {
  if (asksForYes(text, setting)) return;
  const message = YES.test(text)
    ? bilingual.campaign.reconfirmation.senderIsDeaf
    : bilingual.campaign.reconfirmation.asksNothing;
  throw refusedField('/text', message, 'RECONFIRMATION_UNANSWERABLE');
}

/** Says whether the end of a campaign has passed. */
export const hasEnded = ({ expireAt }: Pick<Campaign, 'expireAt'>, now: DateTime): boolean =>
  expireAt !== null && DateTime.fromISO(expireAt) <= now;

/** Returns the first moment at which these people may be written to, if the campaign ends before it; else undefined. */
export function endsBefore(
  campaign: Campaign,
  places: readonly Pick<FrozenPlace, 'territory' | 'timeZone' | 'count'>[],
  reader: RehearsalReader,
): DateTime | undefined {
  if (campaign.expireAt === null) return undefined;
  const momentsOf = (of: Campaign): DateTime[] =>
    places.flatMap((place) => {
      const { decision } = departureOf(of, place, reader);
      return mayLeave(decision) ? [decision.at] : [];
    });
  if (momentsOf(campaign).length > 0) return undefined;
  return DateTime.min(...momentsOf({ ...campaign, expireAt: null }));
}

/** Refuses a campaign that ends before it starts, or has already ended. */
export function timesOf(
  { startAt, expireAt }: { readonly startAt?: string | undefined; readonly expireAt?: string | undefined },
  { now, timeZone }: { readonly now: DateTime; readonly timeZone: string },
): Pick<Campaign, 'startAt' | 'expireAt'> {
  const [start, end] = [startAt, expireAt].map((at) => (at === undefined ? at : DateTime.fromISO(at)));
  if (end !== undefined && end <= now) throw refusedField('/expireAt', hasPassed(end, { now, timeZone }));
  if (start !== undefined && end !== undefined && end <= start) {
    const [ends, starts] = [localTime(end, timeZone), localTime(start, timeZone)];
    throw refusedField('/expireAt', bilingual.campaign.endBeforeStart({ ends, starts }));
  }
  return { startAt: startAt ?? null, expireAt: expireAt ?? null };
}

/** Refuses a campaign whose end has passed: every message would expire. */
export async function refuseEnded(tx: Transaction, campaign: Campaign, now: DateTime): Promise<void> {
  if (!hasEnded(campaign, now)) return;
  const { timeZone } = await readSurroundings(tx);
  const message = hasPassed(DateTime.fromISO(campaign.expireAt ?? ''), { now, timeZone });
  throw new Refusal('EXPIRE_AT_PASSED', { errors: [{ pointer: '/expireAt', message }] });
}

/** Writes that an end has passed, in the tenant's zone. */
function hasPassed(
  end: DateTime,
  { now, timeZone }: { readonly now: DateTime; readonly timeZone: string },
): Words {
  const [ended, today] = [localTime(end, timeZone), localTime(now, timeZone)];
  return bilingual.campaign.endHasPassed({ ended, today });
}

const localTime = (at: DateTime, timeZone: string): string =>
  isoText(at.setZone(timeZone), { suppressMilliseconds: true });

/** A word of the text that becomes false, and how many people would read it after that. */
export interface StaleCount extends StaleWord {
  readonly count: number;
}

/** Finds words for days that pass before the last people are written to; none when the campaign has an end. */
export async function staleWordsIn(
  tx: Transaction,
  { keys, clock }: ContactDeps,
  { campaign, account }: { readonly campaign: Campaign; readonly account: CampaignAccount },
): Promise<readonly StaleCount[]> {
  if (campaign.expireAt !== null) return [];
  const text = keys.open(campaignTextPlace(campaign.id), campaign.sealed).toString('utf8');
  const now = clock.now();
  if (staleWords(text, dayOf(campaignStartOf(campaign, now))).length === 0) return [];
  const places = await servableNow(tx, { keys, clock }, { campaign, account });
  const total = places.reduce((sum, { count }) => sum + count, 0);
  const rate = rateOf(campaign, account);
  const found = places.flatMap((place) => {
    const ratePerSecond = rate === undefined ? undefined : (rate * place.count) / total;
    return staleAtPlace(text, { campaign, place, now, ratePerSecond });
  });
  return oneForEachWord(found);
}

/** Refuses a launch whose text becomes false during sending, unless its author acknowledges that. */
export function refuseStale(stale: readonly StaleCount[], acknowledged: readonly string[]): void {
  if (stale.length === 0 || acknowledged.includes('STALE_WHEN_HELD')) return;
  throw new Refusal('STALE_WHEN_HELD', {
    errors: stale.map(({ words, at, count, trueUntil }) => ({
      pointer: '/text',
      message: bilingual.campaign.falseFromThen({ words, at, trueUntil, count }),
    })),
  });
}

/** Finds words for days that pass in one locality; a day means the date of the start there. */
function staleAtPlace(
  text: string,
  about: {
    readonly campaign: Campaign;
    readonly place: FrozenPlace;
    readonly now: RehearsalReader['now'];
    readonly ratePerSecond: number | undefined;
  },
): readonly StaleCount[] {
  const { campaign, place, now, ratePerSecond } = about;
  const reader = { now, language: 'fr' } as const;
  const departure = departureOf(campaign, place, reader);
  if (!mayLeave(departure.decision)) return [];
  const { lastDepartureAt } = forecast(campaign, [departure], { ...reader, ratePerSecond });
  const last = lastDepartureAt === null ? departure.decision.at : DateTime.fromISO(lastDepartureAt);
  const lastDay = dayOf(last.setZone(clockOf(place)));
  return staleWords(text, dayOf(campaignStartOf(campaign, now).setZone(clockOf(place))))
    .filter(({ trueUntil }) => trueUntil < lastDay)
    .map((word) => Object.assign(word, { count: place.count }));
}

const dayOf = (at: DateTime): string => at.toFormat('yyyy-MM-dd');

/** Sums the findings of all localities, one for each word. */
function oneForEachWord(found: readonly StaleCount[]): readonly StaleCount[] {
  const byPlace = Map.groupBy(found, ({ at }) => at);
  return [...byPlace.values()].flatMap((same) => {
    const [first] = same;
    const count = same.reduce((sum, one) => sum + one.count, 0);
    return first === undefined ? [] : [{ ...first, count }];
  });
}
