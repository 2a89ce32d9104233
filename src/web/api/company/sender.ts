import { z } from 'zod';
import { Refusal } from '../../../platform/index.ts';
import type { Day } from '../../../law/index.ts';
import { checkSender, foundInEach } from '../../../sms/index.ts';

/** The sender of a message, within the bounds of the law: `refuseSender`. */
export const Sender = z.string().min(3).max(15);

/** Refuses a sender that operators or the sector do not allow. */
export function refuseSender(
  sender: string,
  about: { readonly sector: string; readonly pointer: string; readonly on: Day },
): void {
  const errors = foundInEach((language) => checkSender(sender, { ...about, language }))
    .filter(({ severity }) => severity === 'error')
    .map(({ message }) => ({ in: 'body' as const, pointer: about.pointer, message }));
  if (errors.length > 0) throw new Refusal('SENDER_INVALID', { errors });
}
