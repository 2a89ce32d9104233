import { DateTime } from 'luxon';
import { z } from 'zod';
import { readContacts, type Contact } from '../../people/index.ts';
import { clockOf } from '../../person/index.ts';
import type { Transaction, ReasonInWords } from '../../platform/index.ts';
import { mapInSlices } from '../../base/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { messageId, reasonIn, type WaitingFor } from '../../sending/index.ts';
import {
  seriesDetailsOf,
  seriesWorkflowId,
  isCalledOff,
  paidAt,
  instalmentOf,
  REGIMES,
  type Series,
  type SeriesDetails,
  type PaymentTerms,
  type SubscriptionTerms,
} from './series.ts';
import { situationsOf } from './outlook.ts';
import { seqOfStep, type Step } from '../steps/step.ts';
import { languageOf, type Language } from '../../words/index.ts';
import { ending, notReached, type StepReason } from './reason.ts';
import type { SeriesSituation } from '../steps/owed-steps.ts';

/** A series as answers show it. */
export type SeriesView = ReturnType<typeof shownSeries>;

interface ViewDeps {
  readonly keys: TenantKeys;
  readonly now: DateTime;
  readonly language: Language;
}

/** Builds the view of a series, read only: its row, its messages, its person. */
export async function viewSeries(tx: Transaction, deps: ViewDeps, series: Series): Promise<SeriesView> {
  const [view] = await viewSeriesPage(tx, deps, [series]);
  if (view === undefined) throw new TypeError('a series has no view');
  return view;
}

/** Builds the views of a page of series, read only, with as many statements as for one. */
export async function viewSeriesPage(
  tx: Transaction,
  deps: ViewDeps,
  page: readonly Series[],
): Promise<SeriesView[]> {
  if (page.length === 0) return [];
  return seriesViews(tx, deps, await situationsOf(tx, deps.now, page));
}

/** A series, its person and its steps, as they were just considered. */
type Known = Pick<SeriesSituation, 'series' | 'eligibility' | 'steps'>;

/** Builds the view of a series that was just considered; all its steps, those in force first. */
export async function seriesView(
  tx: Transaction,
  { keys, language }: Pick<ViewDeps, 'keys' | 'language'>,
  known: Known,
): Promise<SeriesView> {
  return shownSeries(known, { holders: await holdersOf(tx, keys, [known]), language });
}

/** Builds the views of several series that were just considered, with one statement. */
export async function seriesViews(
  tx: Transaction,
  { keys, language }: Pick<ViewDeps, 'keys' | 'language'>,
  known: readonly Known[],
): Promise<SeriesView[]> {
  const holders = await holdersOf(tx, keys, known);
  return mapInSlices(known, (one) => shownSeries(one, { holders, language }));
}

/** Reads the people of some series by their ids; those who were erased are absent. */
export async function holdersOf(
  tx: Transaction,
  keys: TenantKeys,
  known: readonly Pick<Known, 'series'>[],
): Promise<ReadonlyMap<string, Contact>> {
  const ids = new Set(known.map(({ series }) => series.contactId));
  const contacts = await readContacts(tx, keys, [...ids]);
  return new Map(contacts.map((contact) => [contact.id, contact]));
}

/** Builds the view of a series whose person was read. */
export function shownSeries(
  { series, eligibility, steps }: Known,
  { holders, language }: { readonly holders: ReadonlyMap<string, Contact>; readonly language: Language },
) {
  const contact = holders.get(series.contactId);
  const details = contact && seriesDetailsOf(contact.key, series);
  const shown = { series, language, zone: clockOf(eligibility) };
  /** The reason of exclusion, when nothing may be sent. */
  const why: string | null = eligibility.why;
  return {
    ...plainFields(series, details),
    waitingFor: waitingFor(series, language),
    sendable: eligibility.sendable,
    why,
    steps: steps.toSorted(inForceFirst).map((step) => stepView(step, shown)),
  };
}

function plainFields(series: Series, details: SeriesDetails | undefined) {
  const { id, kind, state, revision, contactId, endedBecause, simulated } = series;
  const { confirmedAt, declinedAt, answerReplyId, noShowAt, cancellationRequestedAt } = series;
  return {
    id,
    seriesId: id,
    kind,
    /** Null once the person was erased. */
    externalId: details?.externalId ?? null,
    state,
    revision,
    contactId,
    ...eventView(series, details),
    timeZone: series.eventZone,
    practice: details?.practice ?? null,
    endedBecause,
    confirmedAt,
    declinedAt,
    answerReplyId,
    unclearAt: series.unclearAt,
    unclearReplyId: series.unclearReplyId,
    noShowAt,
    cancellationRequestedAt,
    simulated,
    workflowId: seriesWorkflowId(id),
  };
}

const inForceFirst = (one: Step, other: Step): number =>
  other.revision - one.revision || one.position - other.position;

/** Shows a step for answers; instants have the recipient's offset. */
function stepView(
  step: Step,
  { series, language, zone }: { readonly series: Series; readonly language: Language; readonly zone: string },
) {
  const { message } = step;
  const seq = seqOfStep(step);
  const sent = message?.acceptedAt ?? null;
  return {
    step: step.step,
    revision: step.revision,
    wantedAt: inZone(step.wantedAt, zone),
    plannedAt: step.plannedAt === null ? null : inZone(step.plannedAt, zone),
    state: step.state,
    ...(sent === null ? {} : { sentAt: inZone(sent, zone), delivery: deliveryOf(message?.state) }),
    ...(step.because === null ? {} : { because: reasonIn(step.because, language) }),
    ...(message === null ? {} : { messageId: messageId({ batchId: series.batchId, seq }) }),
  };
}

const deliveryOf = (state: string | undefined): 'pending' | 'delivered' | 'undelivered' =>
  state === 'delivered' || state === 'undelivered' ? state : 'pending';

const inZone = (at: string, zone: string): string =>
  DateTime.fromISO(at, { zone }).toISO({ suppressMilliseconds: true }) ?? at;

/** Keeps only the steps of the current revision, with its corrections of earlier ones. */
export const inForceOnly = (view: SeriesView): SeriesView => ({
  ...view,
  steps: view.steps.filter(({ revision }) => revision === view.revision),
});

const InstalmentShown = z
  .object({
    number: z.int(),
    dueOn: z.string(),
    amount: z.string().nullable(),
    currency: z.string().nullable(),
    paidAt: z.string().nullable(),
  })
  .meta({ id: 'Instalment' });

/** The event of a series in answers, by its kind. */
export const eventShown = {
  /** Given for an appointment: with the offset of its place. */
  startsAt: z.string().optional(),
  service: z.string().nullish(),
  renewsOn: z.string().optional(),
  refuseBy: z.string().nullish(),
  tacitRenewal: z.boolean().optional(),
  regime: z.enum(REGIMES).optional(),
  legalNoticeRef: z.string().nullish(),
  /** `missing` until the letter is recorded: no SMS replaces it. */
  legalNotice: z.enum(['recorded', 'missing', 'not-needed']).optional(),
  label: z.string().nullish(),
  announce: z.boolean().optional(),
  instalments: z.array(InstalmentShown).readonly().optional(),
};

type EventView = Readonly<z.output<z.ZodObject<typeof eventShown>>>;

/** Describes the event of a series; encrypted parts are null once its person was erased. */
function eventView(series: Series, details: SeriesDetails | undefined): EventView {
  const { terms } = series;
  switch (terms.kind) {
    case 'appointment':
      return {
        startsAt:
          DateTime.fromISO(series.eventAt, { zone: series.eventZone }).toISO({
            suppressMilliseconds: true,
          }) ?? series.eventAt,
      };
    case 'subscription':
      return contractView(terms, series, details);
    case 'payment-plan':
      return {
        label: details?.label ?? null,
        announce: terms.announce,
        ...instalmentsView(terms, series, details),
      };
    default:
      return terms satisfies never;
  }
}

function contractView(
  { renewsOn, refuseBy, tacit, regime }: SubscriptionTerms,
  { legalNotice }: Series,
  details: SeriesDetails | undefined,
): EventView {
  const recorded = legalNotice ? 'recorded' : 'missing';
  return {
    service: details?.service ?? null,
    renewsOn,
    refuseBy,
    tacitRenewal: tacit,
    regime,
    legalNoticeRef: details?.legalNoticeRef ?? null,
    legalNotice: tacit ? recorded : 'not-needed',
  };
}

const instalmentsView = (
  { instalments }: PaymentTerms,
  { paid }: Series,
  details: SeriesDetails | undefined,
): Pick<EventView, 'instalments'> => ({
  instalments: instalments.map((instalment) => {
    const found = details?.amounts?.find(({ number }) => number === instalment.number);
    const { amount = null, currency = null } = found ?? {};
    return { ...instalment, amount, currency, paidAt: paidAt(paid, instalment) ?? null };
  }),
});

const StoredWait = z.object({
  code: z.string(),
  ruleId: z.string().nullable().default(null),
  until: z.string().nullable().default(null),
  // Reasons of the law, and reasons that an earlier version kept, are in the tenant's language alone.
  text: z.union([z.string(), z.object({ fr: z.string(), en: z.string() })]),
});

/** Returns the reason kept with the last plan, for its person's place, in the reader's language. */
export function waitingFor(
  { waiting, territory }: Pick<Series, 'waiting' | 'territory'>,
  language: Language,
): WaitingFor | null {
  if (waiting === null) return null;
  const { until, ruleId, ...because } = StoredWait.parse(waiting);
  return { ...reasonIn(because, language), ruleId, until, byTerritory: [{ territory, count: 1, until }] };
}

/** The period of events; ISO instants, both inclusive. */
export interface EventPeriod {
  readonly from: string;
  readonly to: string;
}

/**
 * Returns the reason why somebody must phone: the person was not informed and will not be, or their answer waits
 * for somebody. Undefined when they are or will be informed, and nobody has to act.
 */
export function whyUnreached(
  { series, steps, eligibility }: Known,
  period: EventPeriod,
): ReasonInWords | undefined {
  const language = languageOf(eligibility.locale);
  const answer = answerToAct(series);
  if (answer !== undefined) return reasonIn(notReached(answer, null), language);
  const about = steps.filter((step) => isWithinPeriod(step, { series, period }));
  const current = about.filter(({ revision }) => revision === series.revision);
  if (about.some((step) => isReached(step) && isStillTrue(step, { series, current }))) return undefined;
  const reason = reasonOf({ series, steps, eligibility }, current);
  return reason && reasonIn(reason, language);
}

/** Returns a person's answer that the back office has to act on, as long as the booking is unchanged. */
function answerToAct({ state, declinedAt, unclearAt }: Series): 'DECLINED' | 'ANSWER_UNCLEAR' | undefined {
  if (isCalledOff(state)) return undefined;
  if (unclearAt !== null) return 'ANSWER_UNCLEAR';
  return declinedAt === null ? undefined : 'DECLINED';
}

/** Says whether a step is about an event in the period; a payment plan has many events, any other series one. */
function isWithinPeriod(
  { step }: Step,
  { series, period }: { readonly series: Series; readonly period: EventPeriod },
): boolean {
  const instalment = instalmentOf(step, series.terms);
  if (series.terms.kind !== 'payment-plan') return true;
  if (instalment === undefined) return false;
  const noon = DateTime.fromISO(`${instalment.dueOn}T12:00`, { zone: series.eventZone }).toMillis();
  return noon >= Date.parse(period.from) && noon <= Date.parse(period.to);
}

function reasonOf(
  { series, steps, eligibility: { left } }: Known,
  current: readonly Step[],
): StepReason | undefined {
  const wrong = current.find((step) => ['moved', 'cancelled'].includes(step.step) && isLost(step));
  if (wrong !== undefined) return notReached('CORRECTION_IMPOSSIBLE', wrong.because);
  if (owesNothing(series, current)) return undefined;
  if (left || series.state === 'stopped') return ending('STOPPED');
  if (steps.some(({ message }) => message?.state === 'undelivered')) return notReached('UNDELIVERED', null);
  if (current.some(({ state }) => state === 'uncertain')) return notReached('UNCERTAIN', null);
  if (series.state === 'paused') return notReached('PAUSED', null);
  return current.at(-1)?.because ?? notReached('NOT_SENT', null);
}

/** Says whether nobody has to phone: the event is off, a message is planned, or the date is paid or announced by another. */
function owesNothing({ state, kind }: Series, current: readonly Step[]): boolean {
  if (isCalledOff(state)) return true;
  if (state === 'open' && current.some((step) => step.state === 'planned')) return true;
  return kind === 'payment-plan' && current.some(({ code }) => code === 'PAID' || code === 'COLLAPSED');
}

/** Says whether a message is true under the current revision; of a cancelled event only its cancellation is. */
function isStillTrue(
  step: Step,
  { series, current }: { readonly series: Series; readonly current: readonly Step[] },
): boolean {
  if (isCalledOff(series.state)) return step.step === 'cancelled' && current.includes(step);
  return series.terms.kind === 'payment-plan'
    ? current.some(({ eventAt }) => Date.parse(eventAt) === Date.parse(step.eventAt))
    : step.facts === series.facts.toString('hex');
}

const isLost = ({ state }: Step): boolean => ['skipped', 'expired', 'failed'].includes(state);

const isReached = ({ state, message }: Step): boolean => state === 'sent' && message?.state !== 'undelivered';
