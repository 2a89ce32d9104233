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
import { outlookOf } from './outlook.ts';
import { kindOf, ownText } from './series-composer.ts';
import { seriesDetailsOf, seqOf, type ReminderPurpose, type Series } from './series.ts';
import { readSeries, readSeriesOf } from './series.repository.ts';
import type { SeriesSituation } from './situation.ts';
import { readEligibilities, type Eligibility } from './reminder-eligibility.repository.ts';
import { readSteps, readStepsOf } from '../steps/step.repository.ts';
import { wakeSeries } from './notify.repository.ts';
import type { Step } from '../steps/step.ts';

export type { ChoiceChange } from './choice-change.repository.ts';

/** The expected effect of a change of choices on planned reminders. */
export interface RemindersForeseen {
  readonly reminders: readonly ReminderMoved[];
  /** Count of series it may concern, and of those examined: the soonest. */
  readonly concerned: number;
  readonly looked: number;
}

/** Maximum number of series examined: read together and planned twice each; for texts, read one by one. */
const MOST_LOOKED = 300;

/** Series signalled by one statement. */
const WOKEN_AT_ONCE = 1_000;

/** The choices to compare, of the tenant or of one practice. */
interface Asked {
  readonly now: DateTime<true>;
  readonly change: ChoiceChange;
  readonly practiceId?: string | undefined;
}

/** Computes what would move under other choices of the tenant or a practice, by the planner of bookings; nothing is changed. */
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
  situation: SeriesSituation | undefined,
  { practiceSays }: SeriesConcerned,
  { change, practiceId }: Asked,
): ReminderMoved[] {
  if (situation === undefined) return [];
  const { series, eligibility } = situation;
  const isSaidElsewhere = practiceSays && practiceId === undefined;
  const chosen: Eligibility = {
    ...eligibility,
    ...change,
    goodFriday: isSaidElsewhere ? eligibility.goodFriday : (change.goodFriday ?? eligibility.goodFriday),
  };
  // Steps that have drifted since they were planned move at the next look, with any choice.
  const before = outlookOf(situation).steps;
  const after = outlookOf({ ...situation, eligibility: chosen }).steps;
  // A choice no longer moves what is being sent.
  const unsent = after.filter(({ message }) => message === null);
  return remindersMoved({ series, eligibility, before, after: unsent });
}

/** Signals series that a change may concern to plan again; a practice's own choice concerns its own alone. */
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

/** Planned reminders with the tenant's own text, or the default one, of these purposes. */
export interface TextsForeseen {
  readonly reminders: number;
  readonly concerned: number;
  readonly looked: number;
}

/** Counts planned reminders with the tenant's text of a purpose, not one of their booking. */
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
    if (series !== undefined) reminders += await stepsWithTenantText(tx, keys, series);
  }
  return { reminders, concerned: all, looked: ids.length };
}

async function stepsWithTenantText(tx: Transaction, keys: TenantKeys, series: Series): Promise<number> {
  const contact = await findContact(tx, { keys }, series.contactId);
  if (contact === undefined) return 0;
  const { text } = seriesDetailsOf(contact.key, series);
  const steps = await readSteps(tx, series);
  return steps.filter(
    (step) =>
      step.state === 'planned' &&
      step.message === null &&
      ownText(kindOf(series, step), { booked: text, usual: TENANTS }) === TENANTS,
  ).length;
}

/** A placeholder for any text of the tenant. */
const TENANTS = 'the text of the tenant';

/** A reminder that would be sent at another moment; null: it is sent only before, or only after the change. */
export interface ReminderMoved {
  readonly seriesId: string;
  readonly step: string;
  readonly territory: string;
  readonly timeZone: string;
  /** ISO instants. */
  readonly from: string | null;
  readonly to: string | null;
}

/** Reads the situations of some series by two queries, however many; at most some thousand. */
export async function situationsOf(
  tx: Transaction,
  now: DateTime<true>,
  series: readonly Series[],
): Promise<readonly SeriesSituation[]> {
  const eligibilities = await readEligibilities(tx, { about: series, at: now.toISO() });
  const steps = await readStepsOf(tx, series);
  return series.flatMap((one, place) => {
    const eligibility = eligibilities[place];
    return eligibility === undefined
      ? []
      : [{ series: one, eligibility, steps: steps.get(one.id) ?? [], now }];
  });
}

/** The steps of one series now, and under the change. */
interface Compared {
  readonly series: Series;
  readonly eligibility: Eligibility;
  readonly before: readonly Step[];
  readonly after: readonly Step[];
}

/** Lists reminders that would be sent at another moment, or only before or only after. */
export function remindersMoved({ series, eligibility, before, after }: Compared): ReminderMoved[] {
  const known = new Map(before.map((step) => [keyOf(step), step]));
  const { territory, timeZone } = eligibility;
  return after.flatMap((step) => {
    const [from, to] = [departs(known.get(keyOf(step))), departs(step)];
    return same(from, to) ? [] : [{ seriesId: series.id, step: step.step, territory, timeZone, from, to }];
  });
}

/** Returns the moment of a step; null when it was sent, or will not be. */
export const departs = (step: Step | undefined): string | null =>
  step?.state === 'planned' ? step.plannedAt : null;

const keyOf = ({ revision, position }: Step): number => seqOf(revision, position);

const same = (one: string | null, other: string | null): boolean =>
  one === other || (one !== null && other !== null && Date.parse(one) === Date.parse(other));
