import type { DateTime } from 'luxon';
import type { Contact } from '../../people/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import type { IfLate } from '../../law/index.ts';
import { isoText } from '../../rule/index.ts';
import { practiceNameIndex, practiceNameMark, type KeptPractice } from '../../company/index.ts';
import {
  sealDetails,
  type ReminderPurpose,
  type Series,
  type SeriesDetails,
  type SeriesKind,
  type Terms,
} from '../series/series.ts';
import type { SeriesFacts } from '../series/series.repository.ts';
import type { StepWish } from '../steps/planned-step.ts';

/** A checked body of any kind. */
export interface Filing {
  readonly kind: SeriesKind;
  readonly purpose: ReminderPurpose;
  readonly source: string;
  readonly actor: string;
  readonly contact: Contact;
  readonly details: SeriesDetails;
  readonly practice: KeptPractice | undefined;
  /** In the zone of its place. */
  readonly event: DateTime;
  /** The event as texts name it; for an appointment, when absent, its moment and place. */
  readonly said: readonly unknown[] | undefined;
  readonly plan: readonly StepWish[];
  readonly terms: Terms;
  readonly ifLate: IfLate | undefined;
  /** The moment from which nothing of it lies ahead. */
  readonly pastFrom: DateTime;
  readonly accountId: string;
  /** True when another account may take over. */
  readonly routed: boolean;
  readonly sender: string;
  readonly sourceRevision: number | undefined;
  readonly notifyChange: boolean | undefined;
  readonly replaceContact: boolean;
  /** True when a cancelled booking is reopened. */
  readonly reopen: boolean;
}

type Known = Pick<Series, 'sourceRevision' | 'notifyChange'>;

/** Returns a series' row from a booking; fields the caller left out keep their value. */
export function filingFactsOf(
  keys: TenantKeys,
  filing: Filing,
  { id, known }: { readonly id: string; readonly known: Known | undefined },
): SeriesFacts {
  const { contact, details, practice, plan, terms, ifLate, accountId, routed, sender } = filing;
  const practiceName = practice?.name ?? details.practice;
  const ref = details.person?.ref;
  return {
    ...momentOf(keys, filing, practiceName),
    contactId: contact.id,
    practiceId: practice?.id ?? null,
    practiceIndex: practiceName === undefined ? null : practiceNameIndex(keys, practiceName),
    accountId,
    routed,
    sender,
    sealed: sealDetails(contact.key, id, details),
    personIndex: ref === undefined ? null : keys.indexOf('person', ref),
    territory: contact.place.territory,
    timeZone: contact.place.timeZone,
    plan,
    terms: ifLate === undefined ? terms : { ...terms, ifLate },
    legalNotice: details.legalNoticeRef !== undefined,
    ...callersWill(filing, known),
  };
}

/** Returns the moment and place that texts name, with a digest that shows whether they became false. */
function momentOf(
  keys: TenantKeys,
  { kind, event, said, details }: Filing,
  practiceName: string | undefined,
): Pick<SeriesFacts, 'eventAt' | 'eventWall' | 'eventZone' | 'facts'> {
  const eventWall = event.toFormat("yyyy-MM-dd'T'HH:mm");
  const eventZone = event.zoneName ?? 'utc';
  const eventAt = isoText(event.toUTC());
  const at = practiceName === undefined ? undefined : practiceNameMark(keys, practiceName);
  const parts = said ?? [eventAt, eventWall, eventZone, at, details.place ?? ''];
  return { eventAt, eventWall, eventZone, facts: keys.digest(JSON.stringify([kind, ...parts])) };
}

const callersWill = (
  { sourceRevision, notifyChange }: Filing,
  known: Known | undefined,
): Pick<SeriesFacts, 'sourceRevision' | 'notifyChange'> => ({
  sourceRevision: sourceRevision ?? known?.sourceRevision ?? null,
  notifyChange: notifyChange ?? known?.notifyChange ?? true,
});
