import { z } from 'zod';
import { exclusionWords } from '../../../people/index.ts';
import {
  decisionAt,
  mayLeave,
  campaignStartOf,
  readCampaign,
  type Campaign,
  campaignWorkflowId,
  viewOf,
} from '../../../campaigns/index.ts';
import { Refusal } from '../../../platform/index.ts';
import { type WaitingFor, findMessage, type FoundMessage, type MessageView } from '../../../sending/index.ts';
import { readSeries, seriesWorkflowId } from '../../../reminders/index.ts';
import { seriesHold } from './timeline-series.ts';
import { actsOn, heldBy, inOrder, refuseSeries, type TimelineReader } from './timeline-look.ts';
import type { Happened, HeldShown, Timeline } from './timeline-schema.ts';
import { eventWords, personActs, stateWords } from './timeline-words.ts';

const RuleKept = z.object({ id: z.string(), title: z.string(), level: z.string(), source: z.string() });

/** Builds one message's timeline: the reason for its time, or for its wait. */
export async function messageTimeline(look: TimelineReader, id: string): Promise<Timeline> {
  const found = await findMessage(look.tx, look.keys, id);
  if (found === undefined) throw new Refusal('NOT_FOUND');
  const { view } = found;
  if (view.seriesId !== null) refuseSeries(look);
  const held = view.state === 'ready' ? await messageHold(look, found) : null;
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

/** Reads rules as the decision kept them; a line without a name is left out. */
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

/** Returns the reason why a ready message was not sent yet. */
export async function messageHold(
  look: TimelineReader,
  { view, locality }: FoundMessage,
): Promise<HeldShown | null> {
  const { tx } = look;
  if (view.seriesId !== null) {
    const series = await readSeries(tx, view.seriesId);
    return series === undefined ? null : seriesHold(look, series);
  }
  const campaign = view.campaignId === null ? undefined : await readCampaign(tx, view.campaignId);
  return campaign === undefined ? null : campaignHold(look, campaign, locality);
}

/** Returns the reason why a launched campaign has not written to somebody there. */
export async function campaignHold(
  look: TimelineReader,
  campaign: Campaign,
  locality: FoundMessage['locality'],
): Promise<HeldShown | null> {
  const { tx, now, language } = look;
  const { waitingFor } = await viewOf(tx, campaign, { now, language });
  const held = heldWith(waitingFor, locality);
  if (held !== null && held.until === null) return heldBy(look, held);
  const decision = decisionAt(campaign, locality, { now, language, at: campaignStartOf(campaign, now) });
  if (decision?.verdict === 'allow') return held && heldBy(look, held);
  if (!mayLeave(decision) || decision.because === undefined) return null;
  return heldBy(look, { ...decision.because, until: decision.at.toISO() });
}

/** Returns the cause besides the hour that holds everybody of a place: a person without an end, an operator until a moment. */
const heldWith = (
  waitingFor: WaitingFor | null,
  { territory }: FoundMessage['locality'],
): WaitingFor | null =>
  waitingFor?.ruleId === null && waitingFor.byTerritory.some((place) => place.territory === territory)
    ? waitingFor
    : null;

function relatedTo({ campaignId, seriesId, contactId }: MessageView): Timeline['related'] {
  const named = [
    ['campaign', campaignId],
    ['series', seriesId],
    ['contact', contactId],
  ] as const;
  return named.flatMap(([kind, id]) => (id === null ? [] : [{ kind, id }]));
}

const workflowOf = ({ campaignId, seriesId }: MessageView): string | null =>
  campaignId !== null
    ? campaignWorkflowId(campaignId)
    : seriesId === null
      ? null
      : seriesWorkflowId(seriesId);
