import type { HouseState, HouseWatch, RotationState } from '../database/instance.repository.ts';
import type {
  AccountSum,
  AnswerSum,
  InboxSum,
  MessageSum,
  WorkSum,
} from '../database/ledger-sums.repository.ts';
import type { WebhookSum } from '../database/webhook-sums.repository.ts';
import type { FiguredProcess } from '../database/process-figures.repository.ts';

/** What one count of the whole instance found. */
export interface Counted {
  readonly messages: readonly MessageSum[];
  readonly work: readonly WorkSum[];
  readonly accounts: readonly AccountSum[];
  readonly answers: readonly AnswerSum[];
  readonly inbox: InboxSum | undefined;
  readonly webhooks: WebhookSum | undefined;
  readonly processes: readonly FiguredProcess[];
  readonly house: (HouseState & RotationState & HouseWatch) | undefined;
}
