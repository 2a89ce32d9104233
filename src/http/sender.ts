import { z } from 'zod';
import { Refusal } from '../errors.ts';
import type { Language } from '../law/rule.ts';
import { checkSender } from '../sms/sender.ts';

/** What stands where a number would: 3 to 11 letters and digits. */
export const Sender = z.string().min(3).max(15);

/** Refuses a sender that operators or the sector would refuse. */
export function refuseSender(
  sender: string,
  about: { readonly sector: string; readonly language: Language; readonly pointer: string },
): void {
  const errors = checkSender(sender, about)
    .filter(({ severity }) => severity === 'error')
    .map(({ message }) => ({ in: 'body' as const, pointer: about.pointer, message }));
  if (errors.length > 0) throw new Refusal('SENDER_INVALID', { errors });
}
