import type { DateTime } from 'luxon';
import type { ExclusionReason } from '../../people/index.ts';
import type { IfLate, Purpose, Locality } from '../../law/index.ts';
import type { Reason } from '../series/reason.ts';
import type { StepWish } from './step-offset.ts';

/** What decides when the reminders of one event leave; every moment is an argument. */
export interface PlanQuestion {
  readonly plan: readonly StepWish[];
  /** Positions whose fate is settled: not planned again. */
  readonly settled?: ReadonlySet<number>;
  readonly purpose: Purpose;
  /** In the zone where it happens. */
  readonly eventAt: DateTime;
  /** Where the recipient is; none when it cannot be told. */
  readonly locality: Locality | undefined;
  /** The law clock. */
  readonly now: DateTime;
  /** Since when a position stood planned; a moment missed since then is made up for. */
  readonly plannedSince?: ReadonlyMap<number, DateTime>;
  /** What becomes of a step whose event was booked too late for it. */
  readonly ifLate?: IfLate | undefined;
  /** Positions that were skipped for a reason that a late departure would not mend. */
  readonly skippedBefore?: ReadonlySet<number>;
  /** Whether a message of this event has left already: what a change makes late is left to the correction. */
  readonly toldBefore?: boolean;
  /** Why the person may not be written to at all; null when they may. */
  readonly barred: ExclusionReason | null;
  /** When messages of this event left already. */
  readonly left: readonly DateTime[];
  /** When a correction leaves; it takes the place of what would come within half a day. */
  readonly correctionAt?: DateTime | undefined;
}

/** One reminder and what becomes of it. */
export interface PlannedStep {
  readonly position: number;
  readonly step: string;
  readonly wantedAt: DateTime;
  /** The event that its text names, when that is not the series' own. */
  readonly eventAt?: DateTime;
  /** Set while `planned`, and kept by an `expired` step. */
  readonly plannedAt?: DateTime;
  readonly state: 'planned' | 'skipped' | 'expired';
  /** Always there unless planned at the moment wished. */
  readonly reason?: Reason;
}
