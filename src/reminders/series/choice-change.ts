import { setImmediate as breath } from 'node:timers/promises';
import type { DateTime } from 'luxon';
import type { Clock, Transaction, TenantKeys } from '../../platform/index.ts';
import { findContact } from '../../people/index.ts';
import {
  concernedAfter,
  seriesAhead,
  seriesConcerned,
  type ChoiceChange,
  type SeriesConcerned,
} from './choice-change.repository.ts';
import { remindersMoved, situationsOf, type ReminderMoved } from './moved-reminder.ts';
import { outlookOf } from './outlook.ts';
import { kindOf, ownText } from './series-composer.ts';
import { detailsOf } from './series-details.ts';
import { readSeries, readSeriesOf } from './series.repository.ts';
import type { ReminderPurpose, Series } from './series.ts';
import type { Situation } from './situation.ts';
import type { Standing } from './standing.repository.ts';
import { readSteps } from '../steps/step.repository.ts';
import { wakeSeries } from './telling.repository.ts';

export type { ChoiceChange } from './choice-change.repository.ts';

/** What a change of choices would do to reminders that are planned. */
export interface RemindersForeseen {
  readonly reminders: readonly ReminderMoved[];
  /** Series that it may concern, and how many of them were looked at: those whose turn comes soonest. */
  readonly concerned: number;
  readonly looked: number;
}

/** Series that one look covers: read together and planned twice each; for texts, read one by one. */
const MOST_LOOKED = 300;

/** Series woken by one statement. */
const WOKEN_AT_ONCE = 1_000;

/** What would be chosen otherwise, by the tenant, or by one practice for its own. */
interface Asked {
  readonly now: DateTime<true>;
  readonly change: ChoiceChange;
  readonly practiceId?: string | undefined;
}

/** What would move by the planner of bookings if the tenant, or a practice, chose otherwise; nothing is changed. */
export async function remindersForeseen(tx: Transaction, asked: Asked): Promise<RemindersForeseen> {
  const { series: found, all } = await seriesConcerned(tx, { ...asked, most: MOST_LOOKED });
  const ids = found.map(({ id }) => id);
  const situations = await situationsOf(tx, asked.now, await readSeriesOf(tx, ids));
  const byId = new Map(situations.map((one) => [one.series.id, one]));
  const reminders: ReminderMoved[] = [];
  for (const one of found) {
    reminders.push(...foreseen(byId.get(one.id), one, asked));
    // Two plans of a series take some 2 ms: other calls go between.
    await breath();
  }
  return { reminders, concerned: all, looked: found.length };
}

function foreseen(
  situation: Situation | undefined,
  { practiceSays }: SeriesConcerned,
  { change, practiceId }: Asked,
): ReminderMoved[] {
  if (situation === undefined) return [];
  const { series, standing } = situation;
  const isSaidElsewhere = practiceSays && practiceId === undefined;
  const chosen: Standing = {
    ...standing,
    ...change,
    goodFriday: isSaidElsewhere ? standing.goodFriday : (change.goodFriday ?? standing.goodFriday),
  };
  // What has drifted since it was planned moves at its next look, whatever is chosen.
  const before = outlookOf(situation).steps;
  const after = outlookOf({ ...situation, standing: chosen }).steps;
  // A choice no longer moves what is being sent.
  const unsent = after.filter(({ message }) => message === null);
  return remindersMoved({ series, standing, before, after: unsent });
}

/** Series that a change may concern plan themselves again; a practice's own word concerns its own alone. */
export async function wakeConcerned(
  tx: Transaction,
  { clock }: { readonly clock: Clock },
  asked: { readonly change: ChoiceChange; readonly practiceId?: string | undefined },
): Promise<void> {
  const about = { class: 'change', machineMs: clock.machine() } as const;
  let after: string | undefined;
  do {
    const ids = await concernedAfter(tx, { ...asked, now: clock.now(), after, most: WOKEN_AT_ONCE });
    await wakeSeries(tx, ids, about);
    after = ids.length < WOKEN_AT_ONCE ? undefined : ids.at(-1);
  } while (after !== undefined);
}

/** Planned reminders whose text is the tenant's own, or the usual one, of these purposes. */
export interface TextsForeseen {
  readonly reminders: number;
  readonly concerned: number;
  readonly looked: number;
}

/** How many planned reminders say the tenant's text of a purpose, not one of their booking. */
export async function textsForeseen(
  tx: Transaction,
  keys: TenantKeys,
  purposes: readonly ReminderPurpose[],
): Promise<TextsForeseen> {
  if (purposes.length === 0) return { reminders: 0, concerned: 0, looked: 0 };
  const { ids, all } = await seriesAhead(tx, { purposes, most: MOST_LOOKED });
  let reminders = 0;
  for (const id of ids) {
    const series = await readSeries(tx, id);
    if (series !== undefined) reminders += await spokenByTenant(tx, keys, series);
  }
  return { reminders, concerned: all, looked: ids.length };
}

async function spokenByTenant(tx: Transaction, keys: TenantKeys, series: Series): Promise<number> {
  const contact = await findContact(tx, { keys }, series.contactId);
  if (contact === undefined) return 0;
  const { text } = detailsOf(contact.key, series);
  const steps = await readSteps(tx, series);
  return steps.filter(
    (step) =>
      step.state === 'planned' &&
      step.message === null &&
      ownText(kindOf(series, step), { booked: text, usual: TENANTS }) === TENANTS,
  ).length;
}

/** Stands for whatever text the tenant chooses. */
const TENANTS = 'the text of the tenant';
