import { readPhone } from '../../sms/phone-number.ts';
import type { RawRequest } from '../gateway.ts';
import { readJson } from './read-json.ts';

/** A number as operators write it, in E.164; undefined when none can be read. */
export function e164Of(written: string): string | undefined {
  const digits = written.trim().replace(/^00/, '+');
  if (/^\+[1-9]\d{6,14}$/.test(digits)) return digits;
  if (/^[1-9]\d{10,14}$/.test(digits)) return `+${digits}`;
  const read = readPhone(digits);
  return 'e164' in read ? read.e164 : undefined;
}

/** The JSON of a callback; undefined when it is none. */
export const jsonOf = ({ body }: RawRequest): unknown => readJson(body.toString('utf8'));

/** The fields of a callback by GET, and of a form by POST. */
export function fieldsOf({ method, url, body }: RawRequest): Readonly<Record<string, string>> {
  const query = Object.fromEntries(new URL(url).searchParams);
  return method === 'POST'
    ? { ...query, ...Object.fromEntries(new URLSearchParams(body.toString('utf8'))) }
    : query;
}
