import type {
  HousekeepingState,
  HousekeepingWatch,
  RotationState,
  FiguredProcess,
} from '../../platform/index.ts';
import type {
  AccountSum,
  AnswerSum,
  InboxSum,
  MessageSum,
  WorkSum,
  WebhookSum,
} from '../../operations/index.ts';
import type { Bill } from '../../sending/index.ts';

/** An operator's count, with its account. */
type NamedBill = Bill & { readonly name: string };

/** The results of one count of the whole instance. */
export interface InstanceCounts {
  readonly messages: readonly MessageSum[];
  readonly work: readonly WorkSum[];
  readonly accounts: readonly AccountSum[];
  readonly answers: readonly AnswerSum[];
  readonly bills: readonly NamedBill[];
  readonly inbox: InboxSum | undefined;
  readonly webhooks: WebhookSum | undefined;
  readonly processes: readonly FiguredProcess[];
  readonly housekeeping: (HousekeepingState & RotationState & HousekeepingWatch) | undefined;
}
