import type { DateTime } from 'luxon';
import type { ExclusionReason } from '../../people/index.ts';
import type { IfLate, Purpose, Locality } from '../../law/index.ts';
import type { StepReason } from '../series/reason.ts';
import type { StepWish } from './step-offset.ts';

/** The facts that decide when the reminders of one event are sent; every moment is an argument. */
export interface PlanQuestion {
  readonly plan: readonly StepWish[];
  /** Positions with a settled outcome: not planned again. */
  readonly settled?: ReadonlySet<number>;
  readonly purpose: Purpose;
  /** In the zone where it happens. */
  readonly eventAt: DateTime;
  /** The recipient's place; undefined when it is unknown. */
  readonly locality: Locality | undefined;
  /** The law clock. */
  readonly now: DateTime;
  /** The start of a position's plan; a moment missed since then is made up for. */
  readonly plannedSince?: ReadonlyMap<number, DateTime>;
  /** The treatment of a step whose event was booked too late for it. */
  readonly ifLate?: IfLate | undefined;
  /** Positions that were skipped for a reason that a late departure would not cure. */
  readonly skippedBefore?: ReadonlySet<number>;
  /** True when a message of this event was sent already: a step that a change makes late is left to the correction. */
  readonly saidBefore?: boolean;
  /** The reason why the person is not eligible at all; null when they are. */
  readonly exclusion: ExclusionReason | null;
  /** The moments at which messages of this event were sent. */
  readonly left: readonly DateTime[];
  /** The moment of a correction; it replaces reminders within half a day. */
  readonly correctionAt?: DateTime | undefined;
}

/** One reminder and its plan. */
export interface PlannedStep {
  readonly position: number;
  readonly step: string;
  readonly wantedAt: DateTime;
  /** The event in its text, when it differs from the series' own. */
  readonly eventAt?: DateTime;
  /** Set while `planned`, and kept by an `expired` step. */
  readonly plannedAt?: DateTime;
  readonly state: 'planned' | 'skipped' | 'expired';
  /** Always given unless planned at the wished moment. */
  readonly reason?: StepReason;
}
