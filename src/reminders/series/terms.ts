import type { IfLate } from '../../law/index.ts';
import type { OnDecline } from '../../company/index.ts';

/** What every series may say of its reminders. */
interface AnyTerms {
  /** What becomes of one booked too late for its wish; as the tenant chose when absent. */
  readonly ifLate?: IfLate | undefined;
}

/** An appointment counts from its own hour: it needs no other date. */
interface AppointmentTerms extends AnyTerms {
  readonly kind: 'appointment';
  /** What a NON does to its reminders; as the tenant chose when absent. */
  readonly onDecline?: OnDecline | undefined;
}

/** The rule of law that a renewal follows. */
export const REGIMES = ['consumer', 'insurance'] as const;

/** The rule of law that a renewal follows. */
export type Regime = (typeof REGIMES)[number];

/** The dates of a contract; `YYYY-MM-DD`. */
export interface SubscriptionTerms extends AnyTerms {
  readonly kind: 'subscription';
  /** When it renews, or ends when nothing renews it. */
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
  /** Whether the whole schedule is told on filing and on change. */
  readonly announce: boolean;
}

/** What a series counts from besides its event; dates alone. */
export type Terms = AppointmentTerms | SubscriptionTerms | PaymentTerms;

/** An instalment that was paid; it holds while its due date stands. */
export interface Paid extends Instalment {
  /** ISO instant. */
  readonly paidAt: string;
}

/** When an instalment was paid; nothing while it is owed. */
export const paidAt = (paid: readonly Paid[], { number, dueOn }: Instalment): string | undefined =>
  paid.find((one) => one.number === number && one.dueOn === dueOn)?.paidAt;

/** The date that a subscription counts back from. */
export const countedFrom = ({ refuseBy, renewsOn }: SubscriptionTerms): string => refuseBy ?? renewsOn;

/** The instalment that a step of a payment plan is about; nothing for the schedule. */
export function instalmentOf(step: string, terms: Terms): Instalment | undefined {
  const [number] = step.split('/');
  return terms.kind === 'payment-plan'
    ? terms.instalments.find((one) => String(one.number) === number)
    : undefined;
}

/** Whether a step asks for what was paid since. */
export function isPaidStep(
  step: string,
  { terms, paid }: { readonly terms: Terms; readonly paid: readonly Paid[] },
): boolean {
  const instalment = instalmentOf(step, terms);
  return instalment !== undefined && paidAt(paid, instalment) !== undefined;
}
