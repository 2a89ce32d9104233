import type { Reason } from '../series/reason.ts';

/** What may have become of a step. */
export type StepState = 'planned' | 'skipped' | 'cancelled' | 'sent' | 'failed' | 'expired' | 'uncertain';

/** A step as stored, with its message if there is one; instants are ISO 8601. */
export interface Step {
  readonly revision: number;
  readonly position: number;
  readonly step: string;
  /** Hexadecimal digest of what its text says of the event. */
  readonly facts: string;
  /** The event that its text names. */
  readonly eventAt: string;
  readonly wantedAt: string;
  readonly plannedAt: string | null;
  readonly state: StepState;
  readonly code: string | null;
  readonly because: Reason | null;
  /** When it came to be in this state. */
  readonly since: string;
  readonly message: StepMessage | null;
}

/** The message of a step, as the ledger has it. */
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
  /** Milliseconds of machine time since it was marked; none while it was not. */
  readonly markedMsAgo: number | null;
}

const GONE_FROM_CONSENT = new Set(['CONSENT_WITHDRAWN', 'SUPPRESSED']);

/** What the ledger says of a step whose message exists; nothing while that is on its way. */
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

/** Whether its message is made and its fate is open. */
export const isUnderWay = ({ message }: Step): boolean =>
  message !== null && (message.state === 'ready' || message.state === 'submitting');

/** Whether somebody may have read it. */
export const hasLeft = ({ state }: Step): boolean => state === 'sent' || state === 'uncertain';

/** Whether it has left, or is about to under the revision in force. */
export const isLeaving = (step: Step, revision: number): boolean =>
  hasLeft(step) || (isUnderWay(step) && (step.message?.state === 'submitting' || step.revision === revision));

/** A step once messages that are ready have been ended, as a cancellation does. */
export const endedIfReady = (step: Step): Step =>
  step.message?.state === 'ready'
    ? { ...step, message: { ...step.message, state: 'excluded', reason: 'CANCELLED' } }
    : step;
