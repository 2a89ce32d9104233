import type { IfLate } from '../../law/index.ts';
import type { OnDecline } from '../../company/index.ts';

/** The reminder options common to every series. */
interface AnyTerms {
  /** The treatment of one booked too late for its wish; the tenant's choice when absent. */
  readonly ifLate?: IfLate | undefined;
}

/** An appointment counts from its own hour: it needs no other date. */
interface AppointmentTerms extends AnyTerms {
  readonly kind: 'appointment';
  /** The effect of a NON on its reminders; the tenant's choice when absent. */
  readonly onDecline?: OnDecline | undefined;
}

/** The legal regimes of a renewal. */
export const REGIMES = ['consumer', 'insurance'] as const;

export type Regime = (typeof REGIMES)[number];

/** The dates of a contract; `YYYY-MM-DD`. */
export interface SubscriptionTerms extends AnyTerms {
  readonly kind: 'subscription';
  /** The date of renewal, or of the end when nothing renews it. */
  readonly renewsOn: string;
  /** The last day to refuse; a contract that simply ends may have none. */
  readonly refuseBy: string | null;
  readonly tacit: boolean;
  readonly regime: Regime;
}

/** One payment of a plan; its amount is kept encrypted. */
export interface Instalment {
  readonly number: number;
  /** `YYYY-MM-DD`. */
  readonly dueOn: string;
}

/** The dates of a payment plan, in order. */
export interface PaymentTerms extends AnyTerms {
  readonly kind: 'payment-plan';
  readonly instalments: readonly Instalment[];
  /** True when the whole schedule is announced on filing and on change. */
  readonly announce: boolean;
}

/** The dates a series counts from besides its event. */
export type Terms = AppointmentTerms | SubscriptionTerms | PaymentTerms;

/** A paid instalment; valid while its due date stays the same. */
export interface Paid extends Instalment {
  /** ISO instant. */
  readonly paidAt: string;
}

/** Returns the payment date of an instalment; undefined while it is owed. */
export const paidAt = (paid: readonly Paid[], { number, dueOn }: Instalment): string | undefined =>
  paid.find((one) => one.number === number && one.dueOn === dueOn)?.paidAt;

/** The date that a subscription counts back from. */
export const countedFrom = ({ refuseBy, renewsOn }: SubscriptionTerms): string => refuseBy ?? renewsOn;

/** Returns the instalment of a payment plan's step; undefined for the schedule. */
export function instalmentOf(step: string, terms: Terms): Instalment | undefined {
  const [number] = step.split('/');
  return terms.kind === 'payment-plan'
    ? terms.instalments.find((one) => String(one.number) === number)
    : undefined;
}

/** Says whether a step asks for an instalment that was paid since. */
export function isPaidStep(
  step: string,
  { terms, paid }: { readonly terms: Terms; readonly paid: readonly Paid[] },
): boolean {
  const instalment = instalmentOf(step, terms);
  return instalment !== undefined && paidAt(paid, instalment) !== undefined;
}
