import type { GatewayEvent, ReceiptEvent, ReplyEvent, CallContents, StopEvent } from '../gateway/gateway.ts';
import type { OperatorCall } from '../gateway/heard-call.ts';
import { classifyReply } from '../../sms/index.ts';
import { silenced } from './reply-taking.ts';

const NOTHING: CallContents = { events: [], unread: 1 };

/** Reads a call; a reader that fails loses nothing of what is kept. */
export function readSafely<T = OperatorCall>(read: (input: T) => CallContents, input: T): CallContents {
  try {
    return read(input);
  } catch {
    return NOTHING;
  }
}

/** Says whether it concerns a message of ours. */
export const isReceipt = (event: GatewayEvent): event is ReceiptEvent => event.kind === 'receipt';

const isReplyOrStop = (event: GatewayEvent): event is ReplyEvent | StopEvent => event.kind !== 'receipt';

/** Hour of an ISO instant. */
const HOUR = 13;

/** Returns the replies, opt-outs first, since a STOP waits for nothing. `at` is their arrival. */
export function repliesIn({ events }: CallContents, at: string): readonly (ReplyEvent | StopEvent)[] {
  // Neither an id nor a moment separates a second STOP from a repetition: an hour does.
  const replies = events
    .filter(isReplyOrStop)
    .map(({ isUndated, identity, ...event }) =>
      Object.assign(event, { identity: isUndated === true ? `${identity} ${at.slice(0, HOUR)}` : identity }),
    );
  return [...replies.filter(isSilencing), ...replies.filter((event) => !isSilencing(event))];
}

const isSilencing = ({ kind, text }: ReplyEvent | StopEvent): boolean =>
  kind === 'stop' || silenced(classifyReply(text ?? '')) !== undefined;
