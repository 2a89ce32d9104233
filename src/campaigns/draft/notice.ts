import { purposeNamed } from '../../sending/index.ts';
import { vocabularyOf } from '../../sms/index.ts';
import { refusedField } from './refused-field.ts';
import { functionalOpen, functional } from '../../law/index.ts';
import { bilingual } from '../../words/index.ts';

/** The hours of a notice, and those that an admin opens. */
const HOURS = { usual: functional.id, open: functionalOpen.id } as const;

/** What of a campaign tells whether it is a notice, and how it is held. */
export interface NoticeAsked {
  readonly purpose: string;
  readonly text: string;
  readonly expireAt?: string | undefined;
  /** An admin sends it at any hour, for a reason that is audited. */
  readonly outsideWindow?: { readonly reason: string } | undefined;
}

/** The profile by which it leaves: that of reminders for a notice, the tenant's for advertising. */
export function profileOfCampaign({ purpose, outsideWindow }: NoticeAsked, own: string): string {
  if (purpose === 'marketing') return own;
  return outsideWindow === undefined ? HOURS.usual : HOURS.open;
}

/** Whether somebody opened it outside the window. */
export const isOpenedOutside = ({ profile }: { readonly profile: string }): boolean => profile === HOURS.open;

/** A notice ends by itself, and speaks of no single event; advertising is never opened outside its hours. */
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

/** What reminders of that purpose may say, and advertising may not. */
const isOfAnEvent = (purpose: string, name: string): boolean =>
  vocabularyOf(purposeNamed(purpose)).known.has(name) && !vocabularyOf('marketing').known.has(name);
