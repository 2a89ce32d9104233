import type { HouseState, HouseWatch, RotationState, FiguredProcess } from '../../platform/index.ts';
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
export interface Counted {
  readonly messages: readonly MessageSum[];
  readonly work: readonly WorkSum[];
  readonly accounts: readonly AccountSum[];
  readonly answers: readonly AnswerSum[];
  readonly bills: readonly NamedBill[];
  readonly inbox: InboxSum | undefined;
  readonly webhooks: WebhookSum | undefined;
  readonly processes: readonly FiguredProcess[];
  readonly house: (HouseState & RotationState & HouseWatch) | undefined;
}
