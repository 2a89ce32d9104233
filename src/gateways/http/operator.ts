import type { AnsweredExchange, HttpRequest } from '../exchange.ts';
import type {
  Call,
  Capabilities,
  Gateway,
  Health,
  ReconcileQuestion,
  Reconciled,
  StopList,
  SubmitResult,
} from '../../sending/index.ts';

/** The answer to a question, its JSON parsed; undefined when there was none. */
export type OperatorAnswer =
  | { readonly status: number; readonly json: unknown; readonly answeredAt: number }
  | undefined;

/** Asks the operator something that sends nothing. */
export type Ask = (request: HttpRequest) => Promise<OperatorAnswer>;

/** One operator's HTTP protocol: the requests to write and the meaning of answers; it keeps no connection. */
export interface HttpOperator {
  readonly kind: Gateway['kind'];
  readonly capabilities: Capabilities;
  /** A harmless request that opens a connection. */
  readonly greeting: HttpRequest;
  /** Called with the answer to each greeting. */
  readonly greeted?: (answer: AnsweredExchange) => void;
  /** Builds the request of one call, signed at that instant of the machine. */
  requestFor(call: Call, machineMs: number): HttpRequest;
  resultOf(call: Call, answer: AnsweredExchange): SubmitResult;
  reconcile(question: ReconcileQuestion, ask: Ask): Promise<Reconciled>;
  health(ask: Ask): Promise<Health>;
  readonly pullStops?: (ask: Ask) => Promise<StopList>;
}
