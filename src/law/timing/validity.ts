import type { DateTime } from 'luxon';
import { READ_ON, REMINDERS, SINCE_EVER, type Rule } from '../rule.ts';

/** WIN-07: a message dies before its window closes or its event comes. */
export const validity: Rule = {
  id: 'WIN-07',
  title: { fr: 'Validité du message', en: 'Validity of the message' },
  level: 'HOUSE',
  source: 'House policy',
  confidence: 'read',
  readOn: READ_ON,
  inForceFrom: SINCE_EVER,
  purposes: ['marketing', ...REMINDERS],
  reading: {
    fr: 'Un SMS qui attend un téléphone éteint ne doit arriver ni après la fermeture, ni après l’événement, ni après sa date limite.',
    en: 'An SMS that waits for a switched-off phone must not arrive after the close, the event or its own limit.',
  },
  parameters: {},
};

/** What may end a message before it leaves. */
export interface Ends {
  readonly eventAt?: DateTime | undefined;
  readonly expireAt?: DateTime | undefined;
}

/** The end that a moment would come after, if any: from its event on, nothing leaves. */
export function endBy(ms: number, { eventAt, expireAt }: Ends): 'EVENT_PAST' | 'EXPIRE_AT' | undefined {
  if (eventAt && ms >= eventAt.toMillis()) return 'EVENT_PAST';
  return expireAt && ms >= expireAt.toMillis() ? 'EXPIRE_AT' : undefined;
}

/** When the operator must give up: the close of the window, the event or the limit, whichever comes first. */
export function soonest(closes: number, { eventAt, expireAt }: Ends): number {
  return Math.min(closes, eventAt?.toMillis() ?? closes, expireAt?.toMillis() ?? closes);
}
