import { Refusal } from '../../../platform/index.ts';
import { reasonIn, messageId } from '../../../sending/index.ts';
import {
  readSeries,
  seqOf,
  seriesWorkflowId,
  type Series,
  viewSeries,
  type Step,
  waitingFor,
  readSteps,
  STEP_STATES,
  stepName,
} from '../../../reminders/index.ts';
import { actsOn, heldBy, inOrder, type TimelineReader } from './timeline-look.ts';
import type { Happened, HeldShown, Timeline } from './timeline-schema.ts';
import { actWords } from './timeline-words.ts';
import { type Language, wordsIn } from '../../../words/index.ts';

/** Builds a series' timeline: each past step, and the wait of the next one. */
export async function seriesTimeline(look: TimelineReader, id: string): Promise<Timeline> {
  const series = await readSeries(look.tx, id);
  if (series === undefined) throw new Refusal('NOT_FOUND');
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

/** Lists a person's answers about an appointment: the recorded one, and the one still to be read. */
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

/** Returns the wait of a series' next step. */
export function seriesHold(look: TimelineReader, series: Series): HeldShown | null {
  const held = waitingFor(series, look.language);
  return held && heldBy(look, held);
}

/** Lists the steps to come, soonest first. */
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

/** Describes a step, and why it differs from its wish. */
const explained = (step: Step, language: Language): string =>
  stepWords(step, language) + (step.because === null ? '' : ` ${reasonIn(step.because, language).text}`);

/** Words a step and its state: `Rappel, 2 jours avant : parti.` */
function stepWords({ step, state }: Pick<Step, 'step' | 'state'>, language: Language): string {
  const colon = wordsIn(language).punctuation.colon;
  return `${stepName(step, language)}${colon}${STEP_STATES[state][language]}.`;
}

const moment = ({ plannedAt, wantedAt }: Step): number => Date.parse(plannedAt ?? wantedAt);

/** Describes the outcome of a step; a pending one has not happened. */
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
