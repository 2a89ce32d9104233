import type { GatewayEvent, ReceiptEvent, ReplyEvent, Said, StopEvent } from '../gateway/gateway.ts';
import type { HeardCall } from '../gateway/heard-call.ts';
import { classifyReply } from '../../sms/index.ts';
import { silenced } from './reply-taking.ts';

const NOTHING: Said = { events: [], unread: 1 };

/** What was said; a reader that fails loses nothing of what is kept. */
export function readSafely<T = HeardCall>(read: (told: T) => Said, told: T): Said {
  try {
    return read(told);
  } catch {
    return NOTHING;
  }
}

/** Whether it tells of a message of ours. */
export const isReceipt = (event: GatewayEvent): event is ReceiptEvent => event.kind === 'receipt';

const isSpoken = (event: GatewayEvent): event is ReplyEvent | StopEvent => event.kind !== 'receipt';

/** Hour of an ISO instant. */
const HOUR = 13;

/** Replies, those that silence first: whoever says STOP waits for nobody. `at` is when they came. */
export function spokenIn({ events }: Said, at: string): readonly (ReplyEvent | StopEvent)[] {
  // Neither an id nor a moment tells a second STOP from the same one told twice: an hour does.
  const spoken = events
    .filter(isSpoken)
    .map(({ isUndated, identity, ...event }) =>
      Object.assign(event, { identity: isUndated === true ? `${identity} ${at.slice(0, HOUR)}` : identity }),
    );
  return [...spoken.filter(isSilencing), ...spoken.filter((event) => !isSilencing(event))];
}

const isSilencing = ({ kind, text }: ReplyEvent | StopEvent): boolean =>
  kind === 'stop' || silenced(classifyReply(text ?? '')) !== undefined;
