import { purposeNamed } from '../../sending/index.ts';
import { vocabularyOf } from '../../sms/index.ts';
import { refusedField } from './refused-field.ts';
import { functionalOpen, functional } from '../../law/index.ts';
import { bilingual } from '../../words/index.ts';

/** The usual hours of a notice, and those that an admin may open. */
const HOURS = { usual: functional.id, open: functionalOpen.id } as const;

/** The fields that decide whether a campaign is a notice. */
export interface NoticeAsked {
  readonly purpose: string;
  readonly text: string;
  readonly expireAt?: string | undefined;
  /** Sends it at any hour, by an admin's order with an audited reason. */
  readonly outsideWindow?: { readonly reason: string } | undefined;
}

/** Returns the profile of its hours: that of reminders for a notice, the tenant's for advertising. */
export function profileOfCampaign({ purpose, outsideWindow }: NoticeAsked, own: string): string {
  if (purpose === 'marketing') return own;
  return outsideWindow === undefined ? HOURS.usual : HOURS.open;
}

/** Says whether a person opened it outside the window. */
export const isOpenedOutside = ({ profile }: { readonly profile: string }): boolean => profile === HOURS.open;

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
