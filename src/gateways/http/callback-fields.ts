import { readPhone } from '../../sms/index.ts';

/** Converts an operator's notation of a number to E.164; undefined when it is unreadable. */
export function e164Of(written: string): string | undefined {
  const digits = written.trim().replace(/^00/, '+');
  if (/^\+[1-9]\d{6,14}$/.test(digits)) return digits;
  if (/^[1-9]\d{10,14}$/.test(digits)) return `+${digits}`;
  const read = readPhone(digits);
  return 'e164' in read ? read.e164 : undefined;
}
