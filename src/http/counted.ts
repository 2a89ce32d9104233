import type { HouseState, HouseWatch, RotationState } from '../database/instance.repository.ts';
import type {
  AccountSum,
  AnswerSum,
  InboxSum,
  MessageSum,
  WorkSum,
} from '../database/ledger-sums.repository.ts';
import type { Bill } from '../messages/bill.ts';
import type { WebhookSum } from '../database/webhook-sums.repository.ts';
import type { FiguredProcess } from '../database/process-figures.repository.ts';

/** What an operator says it counted. */
type NamedBill = Bill & { readonly name: string };

/** What one count of the whole instance found. */
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
