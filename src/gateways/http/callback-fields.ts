import { readPhone } from '../../sms/index.ts';

/** A number as operators write it, in E.164; undefined when none can be read. */
export function e164Of(written: string): string | undefined {
  const digits = written.trim().replace(/^00/, '+');
  if (/^\+[1-9]\d{6,14}$/.test(digits)) return digits;
  if (/^[1-9]\d{10,14}$/.test(digits)) return `+${digits}`;
  const read = readPhone(digits);
  return 'e164' in read ? read.e164 : undefined;
}
