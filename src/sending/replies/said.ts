import type { GatewayEvent, ReceiptEvent, ReplyEvent, Said, StopEvent } from '../gateway/gateway.ts';
import type { HeardCall } from '../gateway/heard-call.ts';
import { classifyReply } from '../../sms/index.ts';
import { silenced } from './reply-taking.ts';

const NOTHING: Said = { events: [], unread: 1 };

/** Reads a call; a reader that fails loses nothing of what is kept. */
export function readSafely<T = HeardCall>(read: (told: T) => Said, told: T): Said {
  try {
    return read(told);
  } catch {
    return NOTHING;
  }
}

/** Says whether it concerns a message of ours. */
export const isReceipt = (event: GatewayEvent): event is ReceiptEvent => event.kind === 'receipt';

const isSpoken = (event: GatewayEvent): event is ReplyEvent | StopEvent => event.kind !== 'receipt';

/** Hour of an ISO instant. */
const HOUR = 13;

/** Returns the replies, opt-outs first, since a STOP waits for nothing. `at` is their arrival. */
export function spokenIn({ events }: Said, at: string): readonly (ReplyEvent | StopEvent)[] {
  // Neither an id nor a moment separates a second STOP from a repetition: an hour does.
  const spoken = events
    .filter(isSpoken)
    .map(({ isUndated, identity, ...event }) =>
      Object.assign(event, { identity: isUndated === true ? `${identity} ${at.slice(0, HOUR)}` : identity }),
    );
  return [...spoken.filter(isSilencing), ...spoken.filter((event) => !isSilencing(event))];
}

const isSilencing = ({ kind, text }: ReplyEvent | StopEvent): boolean =>
  kind === 'stop' || silenced(classifyReply(text ?? '')) !== undefined;
