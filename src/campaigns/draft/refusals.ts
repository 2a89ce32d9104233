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

/** Refuses an account that cannot keep a budget: it has no price, or another currency. */
export const wrongBudget = (message: Words): Refusal => refusedField('/budget', message);

/** Refuses an unknown import, or one without people: nobody would be selected, or left out. */
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

/** The fields that decide whether a campaign is a notice. */
interface NoticeAsked {
  readonly purpose: string;
  readonly text: string;
  readonly expireAt?: string | undefined;
  /** Sends it at any hour, by an admin's order with an audited reason. */
  readonly outsideWindow?: { readonly reason: string } | undefined;
}

/** Returns the profile of its hours: that of its purpose for a notice, the tenant's for advertising. */
export function profileOfCampaign({ purpose, outsideWindow }: NoticeAsked, own: string): string {
  if (purpose === 'marketing') return own;
  return outsideWindow === undefined ? defaultProfile(purposeNamed(purpose)) : functionalOpen.id;
}

/** Says whether a person opened it outside the window. */
export const isOpenedOutside = ({ profile }: { readonly profile: string }): boolean =>
  profile === functionalOpen.id;

/** Checks that a notice has an end and names no single event; advertising is never opened outside its hours. */
export function refuseWrongNotice(asked: NoticeAsked): void {
  if (asked.purpose === 'marketing') {
    if (asked.outsideWindow !== undefined)
      throw refusedField('/outsideWindow', bilingual.campaign.notice.advertisingHasHours);
    return;
  }
  if (asked.expireAt === undefined) throw refusedField('/expireAt', bilingual.campaign.notice.needsAnEnd);
  const named = [...asked.text.matchAll(/\{([A-Za-z]\w*)/g)].flatMap(([, name]) => name ?? []);
  const single = named.filter((name) => isOfAnEvent(asked.purpose, name));
  if (single.length === 0) return;
  const names = `{${single.join('}, {')}}`;
  const message = bilingual.campaign.notice.ofNoSingleEvent({ names });
  throw refusedField('/text', message, 'TEXT_CANNOT_RENDER');
}

/** Says whether a variable belongs to reminders of that purpose and not to advertising. */
const isOfAnEvent = (purpose: string, name: string): boolean =>
  vocabularyOf(purposeNamed(purpose)).known.has(name) && !vocabularyOf('marketing').known.has(name);

/** The facts that decide whether a reply reaches us. */
interface ReplySetting {
  readonly sender: string;
  readonly means: OptOutMeans | undefined;
  /** True when the operator is a fake, where people can answer a name as well. */
  readonly fake: boolean;
}

const YES = /(?<!\p{L})(?:oui|yes)(?!\p{L})/iu;
const LINK = /(?:https?:\/\/|\/(?<=[a-z0-9-]\.[a-z]{2,}\/))\S/i;

/** Says whether a person who wants to go on can say so: by a word to answer, or a page to open. */
export const asksForYes = (text: string, setting: ReplySetting): boolean =>
  LINK.test(text) || (YES.test(text) && canAnswer(setting));

/** Says whether a reply to that sender reaches us. */
export const canAnswer = ({ sender, means, fake }: ReplySetting): boolean =>
  means?.canReceive !== false && (fake || /^\+?\d+$/.test(sender));

/** A question that nobody can answer would end every agreement that it is about. */
export function refuseUnanswerable(text: string, setting: ReplySetting): void {
  if (asksForYes(text, setting)) return;
  const message = YES.test(text)
    ? bilingual.campaign.reconfirmation.senderIsDeaf
    : bilingual.campaign.reconfirmation.asksNothing;
  throw refusedField('/text', message, 'RECONFIRMATION_UNANSWERABLE');
}

/** Says whether its own end has passed. */
export const hasEnded = ({ expireAt }: Pick<Campaign, 'expireAt'>, now: DateTime): boolean =>
  expireAt !== null && DateTime.fromISO(expireAt) <= now;

/** Returns the first moment at which these people may be written to, where the campaign ends before it; else undefined. */
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
    const [ends, starts] = [onTheWall(end, timeZone), onTheWall(start, timeZone)];
    throw refusedField('/expireAt', bilingual.campaign.endBeforeStart({ ends, starts }));
  }
  return { startAt: startAt ?? null, expireAt: expireAt ?? null };
}

/** Refuses an expired campaign: all of it would expire. */
export async function refuseEnded(tx: Transaction, campaign: Campaign, now: DateTime): Promise<void> {
  if (!hasEnded(campaign, now)) return;
  const { timeZone } = await readSurroundings(tx);
  const message = hasPassed(DateTime.fromISO(campaign.expireAt ?? ''), { now, timeZone });
  throw new Refusal('EXPIRE_AT_PASSED', { errors: [{ pointer: '/expireAt', message }] });
}

/** Compares two moments in the tenant's zone. */
function hasPassed(
  end: DateTime,
  { now, timeZone }: { readonly now: DateTime; readonly timeZone: string },
): Words {
  const [ended, today] = [onTheWall(end, timeZone), onTheWall(now, timeZone)];
  return bilingual.campaign.endHasPassed({ ended, today });
}

const onTheWall = (at: DateTime, timeZone: string): string =>
  isoText(at.setZone(timeZone), { suppressMilliseconds: true });

/** A word of the text, and the number of people who would read it once it is false. */
export interface Stale extends StaleWord {
  readonly count: number;
}

/** Finds days in the text that pass before part of the audience is written to; none when the campaign has an end. */
export async function staleInText(
  tx: Transaction,
  { keys, clock }: ContactDeps,
  { campaign, account }: { readonly campaign: Campaign; readonly account: CampaignAccount },
): Promise<readonly Stale[]> {
  if (campaign.expireAt !== null) return [];
  const text = keys.open(campaignTextPlace(campaign.id), campaign.sealed).toString('utf8');
  const now = clock.now();
  if (staleWords(text, dayOf(campaignStartOf(campaign, now))).length === 0) return [];
  const places = await servableNow(tx, { keys, clock }, { campaign, account });
  const total = places.reduce((sum, { count }) => sum + count, 0);
  const rate = rateOf(campaign, account);
  const found = places.flatMap((place) => {
    const ratePerSecond = rate === undefined ? undefined : (rate * place.count) / total;
    return staleAt(text, { campaign, place, now, ratePerSecond });
  });
  return merged(found);
}

/** Refuses a launch whose text becomes false on the way, unless its author acknowledges it. */
export function mayGrowStale(stale: readonly Stale[], acknowledged: readonly string[]): void {
  if (stale.length === 0 || acknowledged.includes('STALE_WHEN_HELD')) return;
  throw new Refusal('STALE_WHEN_HELD', {
    errors: stale.map(({ words, at, count, trueUntil }) => ({
      pointer: '/text',
      message: bilingual.campaign.falseFromThen({ words, at, trueUntil, count }),
    })),
  });
}

/** A day means the requested date, in the reader's zone. */
function staleAt(
  text: string,
  about: {
    readonly campaign: Campaign;
    readonly place: FrozenPlace;
    readonly now: RehearsalReader['now'];
    readonly ratePerSecond: number | undefined;
  },
): readonly Stale[] {
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

/** Joins the findings to one line a word, whatever the number of localities. */
function merged(found: readonly Stale[]): readonly Stale[] {
  const byPlace = Map.groupBy(found, ({ at }) => at);
  return [...byPlace.values()].flatMap((same) => {
    const [first] = same;
    const count = same.reduce((sum, one) => sum + one.count, 0);
    return first === undefined ? [] : [{ ...first, count }];
  });
}
