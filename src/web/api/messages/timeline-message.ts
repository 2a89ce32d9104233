import { z } from 'zod';
import { exclusionWords } from '../../../people/index.ts';
import {
  decisionAt,
  mayLeave,
  campaignStartOf,
  readCampaignsOf,
  campaignWorkflowId,
  viewsOf,
  type Campaign,
} from '../../../campaigns/index.ts';
import {
  findMessage,
  reasonIn,
  messageId,
  type WaitingFor,
  type FoundMessage,
  type MessageView,
} from '../../../sending/index.ts';
import {
  readSeries,
  readSeriesOf,
  seriesWorkflowId,
  seqOf,
  viewSeries,
  waitingFor,
  readSteps,
  STEP_STATES,
  stepName,
  type Series,
  type Step,
} from '../../../reminders/index.ts';
import {
  actsOn,
  heldBy,
  inOrder,
  refuseSeries,
  eventWords,
  personActs,
  stateWords,
  actWords,
  type TimelineReader,
  type Happened,
  type HeldShown,
  type Timeline,
} from './timeline-entry.ts';
import { wordsIn, type Language } from '../../../words/index.ts';
import { orNotFound } from '../../server/route.ts';

const RuleKept = z.object({ id: z.string(), title: z.string(), level: z.string(), source: z.string() });

/** Makes the timeline of a message: why it was sent when it was, or why it waits. */
export async function messageTimeline(look: TimelineReader, id: string): Promise<Timeline> {
  const found = orNotFound(await findMessage(look.tx, look.keys, id));
  const { view } = found;
  if (view.seriesId !== null) refuseSeries(look);
  const held = view.state === 'ready' ? messageHold(look, await holding(look, [found]), found) : null;
  return {
    about: { kind: 'message', id, title: view.to ?? id, state: view.state },
    happened: inOrder([...happenedTo(look, view), ...(await actsOn(look, id))]),
    next: nextOf(look, view, held),
    heldBy: held,
    related: relatedTo(view),
    workflowId: workflowOf(view),
  };
}

function happenedTo({ language }: TimelineReader, view: MessageView): Happened[] {
  return view.timeline.map(({ at, clock, event, code }) => ({
    at,
    clock,
    event,
    text: event === 'ended' ? endedWords(view, language) : withCode(eventWords(event, language), code),
    ...(event === 'marked' && view.decision !== null ? { rules: rulesOf(view.decision.rules) } : {}),
  }));
}

const withCode = (text: string, code: string | undefined): string =>
  code === undefined ? text : `${text} (${code})`;

function endedWords({ state, reason }: MessageView, language: TimelineReader['language']): string {
  const text = stateWords(state, language);
  return reason === null ? text : `${text} ${exclusionWords(reason, language).why}`;
}

/** Reads the rules that a decision has stored; one without a name is left out. */
function rulesOf(kept: unknown): NonNullable<Happened['rules']> {
  const lines = Array.isArray(kept) ? (kept as readonly unknown[]) : [];
  return lines.flatMap((line) => {
    const parsed = RuleKept.safeParse(line);
    return parsed.success ? [parsed.data] : [];
  });
}

function nextOf(
  { language }: TimelineReader,
  { state, notBefore }: MessageView,
  held: HeldShown | null,
): Timeline['next'] {
  if (state === 'uncertain') return [{ at: null, text: personActs(language) }];
  if (state !== 'ready') return [];
  return [{ at: held?.until ?? notBefore, text: held?.text ?? stateWords(state, language) }];
}

/** What may hold messages back: series, campaigns and their reasons to wait, by the id of the series or campaign. */
export interface Holding {
  readonly series: ReadonlyMap<string, Series>;
  readonly campaigns: ReadonlyMap<string, Campaign>;
  readonly waits: ReadonlyMap<string, WaitingFor | null>;
}

/** Reads what may hold these messages and campaigns back; the number of statements does not depend on theirs. */
export async function holding(
  { tx, now, language }: TimelineReader,
  messages: readonly FoundMessage[],
  launched: readonly Campaign[] = [],
): Promise<Holding> {
  const seriesIds = new Set(messages.flatMap(({ view }) => view.seriesId ?? []));
  const campaignIds = new Set(messages.flatMap(({ view }) => view.campaignId ?? []));
  const series = seriesIds.size === 0 ? [] : await readSeriesOf(tx, [...seriesIds]);
  const theirs = await readCampaignsOf(tx, [...campaignIds]);
  const campaigns = new Map([...launched.map((one) => [one.id, one] as const), ...theirs]);
  const views = await viewsOf(tx, [...campaigns.values()], { now, language });
  return {
    series: new Map(series.map((one) => [one.id, one])),
    campaigns,
    waits: new Map(views.map(({ id, waitingFor: waits }) => [id, waits])),
  };
}

/** Returns the reason why a ready message was not sent yet. */
export function messageHold(
  look: TimelineReader,
  held: Holding,
  { view: { seriesId, campaignId }, locality }: FoundMessage,
): HeldShown | null {
  if (seriesId !== null) {
    const series = held.series.get(seriesId);
    return series === undefined ? null : seriesHold(look, series);
  }
  return campaignId === null ? null : campaignHold(look, held, { campaignId, locality });
}

/** Returns the reason why a launched campaign has not written to somebody of a place. */
export function campaignHold(
  look: TimelineReader,
  { campaigns, waits }: Holding,
  { campaignId, locality }: { readonly campaignId: string } & Pick<FoundMessage, 'locality'>,
): HeldShown | null {
  const campaign = campaigns.get(campaignId);
  if (campaign === undefined) return null;
  const { now, language } = look;
  const held = heldWith(waits.get(campaignId) ?? null, locality);
  if (held !== null && held.until === null) return heldBy(look, held);
  const decision = decisionAt(campaign, locality, { now, language, at: campaignStartOf(campaign, now) });
  if (decision?.verdict === 'allow') return held && heldBy(look, held);
  if (!mayLeave(decision) || decision.because === undefined) return null;
  return heldBy(look, { ...decision.because, until: decision.at.toISO() });
}

/**
 * Returns what holds everybody of a place back other than the hour: a person, without an end, or an operator, until a
 * moment.
 */
const heldWith = (waits: WaitingFor | null, { territory }: FoundMessage['locality']): WaitingFor | null =>
  waits?.ruleId === null && waits.byTerritory.some((place) => place.territory === territory) ? waits : null;

function relatedTo({ campaignId, seriesId, contactId }: MessageView): Timeline['related'] {
  const abouts = [
    ['campaign', campaignId],
    ['series', seriesId],
    ['contact', contactId],
  ] as const;
  return abouts.flatMap(([kind, id]) => (id === null ? [] : [{ kind, id }]));
}

const workflowOf = ({ campaignId, seriesId }: MessageView): string | null =>
  campaignId !== null
    ? campaignWorkflowId(campaignId)
    : seriesId === null
      ? null
      : seriesWorkflowId(seriesId);

/** Makes the timeline of a series: its past steps, and what the next one waits for. */
export async function seriesTimeline(look: TimelineReader, id: string): Promise<Timeline> {
  const series = orNotFound(await readSeries(look.tx, id));
  const view = await viewSeries(look.tx, look, series);
  const steps = await readSteps(look.tx, series);
  return {
    about: { kind: 'series', id, title: view.externalId ?? id, state: view.state },
    happened: inOrder([
      ...steps.flatMap((step) => settled(look, series, step)),
      ...(await actsOn(look, id)),
      ...unclearOn(look, series),
    ]),
    next: stepsToCome(look, series, steps),
    heldBy: seriesHold(look, series),
    related: [{ kind: 'contact', id: series.contactId }],
    workflowId: seriesWorkflowId(id),
  };
}

/** Lists a person's answers about an appointment: the recorded one, and one that somebody still has to read. */
export function answersOn(look: TimelineReader, series: Series): Happened[] {
  const { confirmedAt, declinedAt } = series;
  return [
    ...answerAt(look, 'confirmed', confirmedAt),
    ...answerAt(look, 'declined', declinedAt),
    ...unclearOn(look, series),
  ];
}

const unclearOn = (look: TimelineReader, { unclearAt }: Series): Happened[] =>
  answerAt(look, 'reply-unclear', unclearAt);

const answerAt = ({ language }: TimelineReader, what: string, at: string | null): Happened[] => {
  const event = `appointment.${what}`;
  return at === null
    ? []
    : [{ at, clock: 'law', event, text: actWords(event, { language }), actor: 'person' }];
};

export function seriesHold(look: TimelineReader, series: Series): HeldShown | null {
  const held = waitingFor(series, look.language);
  return held && heldBy(look, held);
}

/** Lists the steps to come, the soonest first. */
export function stepsToCome(
  { language }: TimelineReader,
  series: Series,
  steps: readonly Step[],
): Timeline['next'] {
  return steps
    .filter(({ state, revision }) => state === 'planned' && revision === series.revision)
    .toSorted((one, other) => moment(one) - moment(other))
    .map((step) => stepToCome(language, series, step));
}

const stepToCome = (language: Language, series: Series, step: Step): Timeline['next'][number] => ({
  at: step.plannedAt,
  text: explained(step, language),
  ...named(series, step),
});

const explained = (step: Step, language: Language): string =>
  stepWords(step, language) + (step.because === null ? '' : ` ${reasonIn(step.because, language).text}`);

/** Writes a step and its state, such as `Rappel, 2 jours avant : parti.` */
function stepWords({ step, state }: Pick<Step, 'step' | 'state'>, language: Language): string {
  const colon = wordsIn(language).punctuation.colon;
  return `${stepName(step, language)}${colon}${STEP_STATES[state][language]}.`;
}

const moment = ({ plannedAt, wantedAt }: Step): number => Date.parse(plannedAt ?? wantedAt);

/** Returns the outcome of a step as an event; none for a planned step. */
function settled({ language }: TimelineReader, series: Series, step: Step): Happened[] {
  if (step.state === 'planned') return [];
  const at = step.message?.acceptedAt ?? step.since;
  return [
    {
      at,
      clock: 'law',
      event: `step.${step.state}`,
      text: explained(step, language),
      ...named(series, step),
    },
  ];
}

const named = ({ batchId }: Series, { message, revision, position }: Step): { readonly messageId?: string } =>
  message === null ? {} : { messageId: messageId({ batchId, seq: seqOf(revision, position) }) };
