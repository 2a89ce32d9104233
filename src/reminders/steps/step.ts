import type { StepReason } from '../series/reason.ts';

/** The states of a step. */
export type StepState = 'planned' | 'skipped' | 'cancelled' | 'sent' | 'failed' | 'expired' | 'uncertain';

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

/** A step's message in the ledger. */
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

const GONE_FROM_CONSENT = new Set(['CONSENT_WITHDRAWN', 'SUPPRESSED']);

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
  if (GONE_FROM_CONSENT.has(reason)) return { state: 'cancelled', code: 'STOPPED' };
  return reason === 'CANCELLED'
    ? { state: 'cancelled', code: 'CANCELLED' }
    : { state: 'skipped', code: reason };
}

/** Says whether its message is made and has no outcome yet. */
export const isUnderWay = ({ message }: Step): boolean =>
  message !== null && (message.state === 'ready' || message.state === 'submitting');

/** Says whether somebody may have read it. */
export const hasLeft = ({ state }: Step): boolean => state === 'sent' || state === 'uncertain';

/** Says whether it was sent, or is about to be under the current revision. */
export const isSentOrUnderWay = (step: Step, revision: number): boolean =>
  hasLeft(step) || (isUnderWay(step) && (step.message?.state === 'submitting' || step.revision === revision));

/** Returns a step after its ready messages were ended, as by a cancellation. */
export const endedIfReady = (step: Step): Step =>
  step.message?.state === 'ready'
    ? { ...step, message: { ...step.message, state: 'excluded', reason: 'CANCELLED' } }
    : step;
