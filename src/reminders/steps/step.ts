import { Duration, DateTime } from 'luxon';
import type { StepReason } from '../series/reason.ts';
import { bilingual, languageOf, type Language, type Words } from '../../words/index.ts';
import { momentInWords } from '../../law/index.ts';
import type { StepNote } from '../../platform/index.ts';
import { reasonIn, messageId } from '../../sending/index.ts';
import type { Eligibility } from '../series/reminder-eligibility.repository.ts';
import type { WebhookEvent } from '../../company/index.ts';
import { seqOf, type Series } from '../series/series.ts';

type StepState = 'planned' | 'skipped' | 'cancelled' | 'sent' | 'failed' | 'expired' | 'uncertain';

/** A stored step, with its message if there is one; instants are ISO 8601. */
export interface Step {
  readonly revision: number;
  readonly position: number;
  readonly step: string;
  /** Hexadecimal digest of the event in its text. */
  readonly facts: string;
  /** The event in its text. */
  readonly eventAt: string;
  readonly wantedAt: string;
  readonly plannedAt: string | null;
  readonly state: StepState;
  readonly code: string | null;
  readonly because: StepReason | null;
  /** The start of this state. */
  readonly since: string;
  readonly message: StepMessage | null;
}

export interface StepMessage {
  readonly state:
    | 'ready'
    | 'submitting'
    | 'accepted'
    | 'delivered'
    | 'undelivered'
    | 'uncertain'
    | 'excluded'
    | 'failed'
    | 'expired';
  readonly reason: string | null;
  readonly acceptedAt: string | null;
  /** Milliseconds of machine time since its mark; null without one. */
  readonly markedMsAgo: number | null;
}

const OPTED_OUT_REASONS = new Set(['CONSENT_WITHDRAWN', 'SUPPRESSED']);

/** Returns the ledger's outcome of a step's message; undefined while it is on its way. */
export function settledBy({
  state,
  reason,
}: StepMessage): { state: StepState; code: string | null } | undefined {
  switch (state) {
    case 'ready':
    case 'submitting':
      return undefined;
    case 'accepted':
    case 'delivered':
    case 'undelivered':
      return { state: 'sent', code: null };
    case 'uncertain':
      return { state: 'uncertain', code: null };
    case 'failed':
      return { state: 'failed', code: reason };
    case 'expired':
      return { state: 'expired', code: 'PAST' };
    case 'excluded':
      return excludedAs(reason ?? 'CANCELLED');
    default:
      return state satisfies never;
  }
}

function excludedAs(reason: string): { state: StepState; code: string } {
  if (OPTED_OUT_REASONS.has(reason)) return { state: 'cancelled', code: 'STOPPED' };
  return reason === 'CANCELLED'
    ? { state: 'cancelled', code: 'CANCELLED' }
    : { state: 'skipped', code: reason };
}

export const seqOfStep = ({ revision, position }: Pick<Step, 'revision' | 'position'>): number =>
  seqOf(revision, position);

/** Says whether a step's message is made and has no outcome yet. */
export const isUnderWay = ({ message }: Step): boolean =>
  message !== null && (message.state === 'ready' || message.state === 'submitting');

/** Says whether somebody may have read a step's message. */
export const hasLeft = ({ state }: Step): boolean => state === 'sent' || state === 'uncertain';

/** Says whether a step's message was sent, or is about to be under the current revision. */
export const isSentOrUnderWay = (step: Step, revision: number): boolean =>
  hasLeft(step) || (isUnderWay(step) && (step.message?.state === 'submitting' || step.revision === revision));

/** Returns a step after its ready messages were ended, as by a cancellation. */
export const endedIfReady = (step: Step): Step =>
  step.message?.state === 'ready'
    ? { ...step, message: { ...step.message, state: 'excluded', reason: 'CANCELLED' } }
    : step;

type Unit = 'months' | 'weeks' | 'days' | 'hours' | 'minutes';

/** The words for each unit of a lead: one, and several. */
const UNITS: Readonly<Record<Unit, Readonly<Record<Language, readonly [one: string, several: string]>>>> =
  bilingual.step.units;

const NAMED: Readonly<Record<string, Words>> = bilingual.step.named;

const REMINDER: Words = bilingual.step.reminder;
const INSTALMENT: Words = bilingual.step.instalment;
const SIDE = bilingual.step.side;

/** The states of a step, in words. */
export const STEP_STATES: Readonly<Record<StepState, Words>> = bilingual.step.states;

/** Names a step: `Rappel, 2 jours avant`, `Échéance 2, 3 jours après`, or the event it corrects. */
export function stepName(step: string, language: Language): string {
  const known = NAMED[step]?.[language];
  if (known !== undefined) return known;
  const [, number, side, lead = ''] = /^(?:(\d+)\/)?(-?)(P\w{1,19})$/.exec(step) ?? [];
  const name = number === undefined ? REMINDER[language] : `${INSTALMENT[language]} ${number}`;
  const leadWords = leadInWords(lead, language);
  if (leadWords === '') return `${name} ${step}`;
  return `${name}, ${leadWords} ${SIDE[side === '-' ? 'after' : 'before'][language]}`;
}

/** Words a lead: `2 jours`, `1 month 2 weeks`; empty for an invalid duration. */
export function leadInWords(lead: string, language: Language): string {
  const span = Duration.fromISO(lead);
  if (!span.isValid) return '';
  const parts = Object.entries(span.toObject()).flatMap(([unit, value]) =>
    isUnit(unit) && value !== 0 ? [`${value} ${UNITS[unit][language][value > 1 ? 1 : 0]}`] : [],
  );
  return parts.join(' ');
}

const isUnit = (name: string): name is Unit => Object.hasOwn(UNITS, name);

const LETTERS: Readonly<Record<Unit, string>> = {
  months: 'M',
  weeks: 'W',
  days: 'D',
  hours: 'H',
  minutes: 'M',
};

/** Parses leads between commas, in words of either language or in ISO 8601; the latter may also be separated by spaces. */
export const leadsFromWords = (text: string): readonly string[] =>
  text
    .split(',')
    .flatMap((part) => {
      const pieces = part.trim().split(/\s+/);
      return pieces.every((piece) => piece.startsWith('P')) ? pieces : [leadFromWords(part)];
    })
    .filter((lead) => lead !== '');

/** Parses a lead in words of either language to `P2D`; returns the words themselves where they are none. */
function leadFromWords(words: string): string {
  const parts = [...words.trim().matchAll(/(\d{1,4})\s*(\p{L}+)\s*/guy)];
  const read = parts.map(([, value = '', name = '']) => ({ value, unit: unitNamed(name.toLowerCase()) }));
  const isWhole = parts.reduce((length, [all]) => length + all.length, 0) === words.trim().length;
  if (read.length === 0 || !isWhole || read.some(({ unit }) => unit === undefined)) return words.trim();
  const iso = (units: readonly Unit[]): string =>
    units
      .flatMap((unit) =>
        read.filter((part) => part.unit === unit).map(({ value }) => `${value}${LETTERS[unit]}`),
      )
      .join('');
  const time = iso(['hours', 'minutes']);
  return `P${iso(['months', 'weeks', 'days'])}${time === '' ? '' : `T${time}`}`;
}

const unitNamed = (name: string): Unit | undefined =>
  Object.keys(UNITS)
    .filter(isUnit)
    .find(
      (unit) => [UNITS[unit].fr, UNITS[unit].en].flat().includes(name) || (unit === 'hours' && name === 'h'),
    );

/** Steps described in a plan: a series of a year has more than a page shows, and each plan carries the notes. */
const MOST_NOTES = 20;

/** Describes the last steps for the page of a series, each with its moment and its reason. */
export function stepNotes(steps: readonly Step[], eligibility: Eligibility): readonly StepNote[] {
  const language = languageOf(eligibility.locale);
  return steps.slice(-MOST_NOTES).map((step) => ({
    step: stepName(step.step, language),
    state: STEP_STATES[step.state][language],
    moment: momentInWords(DateTime.fromISO(momentOf(step), { zone: eligibility.timeZone }), language),
    because: step.because === null ? '' : reasonIn(step.because, language).text,
  }));
}

const momentOf = (step: Step): string =>
  (hasLeft(step) ? step.message?.acceptedAt : undefined) ?? step.plannedAt ?? step.wantedAt;

/** The states that are events for the back office, which itself causes a step to be cancelled. */
const NEWS: Partial<Record<StepState, 'reminder.sent' | 'reminder.skipped' | 'message.uncertain'>> = {
  sent: 'reminder.sent',
  skipped: 'reminder.skipped',
  failed: 'reminder.skipped',
  expired: 'reminder.skipped',
  uncertain: 'message.uncertain',
};

/** Returns the events of these changes: a step that came to be sent, or not to be. */
export function stepNews({
  series,
  before,
  changed,
}: {
  readonly series: Pick<Series, 'id' | 'batchId'>;
  readonly before: readonly Step[];
  readonly changed: readonly Step[];
}): WebhookEvent[] {
  const was = new Map(before.map((step) => [seqOfStep(step), step.state]));
  return changed.flatMap((step) => {
    const seq = seqOfStep(step);
    const type = NEWS[step.state];
    if (type === undefined || was.get(seq) === step.state) return [];
    const { step: name, revision, state, code, message } = step;
    const about = {
      revision,
      step: name,
      state,
      ...(code === null ? {} : { code }),
      ...(message === null ? {} : { messageId: messageId({ batchId: series.batchId, seq }) }),
    };
    return [{ type, subject: series.id, about }];
  });
}
