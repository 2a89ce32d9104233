import { readPhone, withoutNationalZero } from '../../sms/index.ts';

/** A number of Nouméa or Mata-Utu with its country, or a mobile of the mainland without its 0. */
const OF_TWO_PLACES = /^68[17]\d{6}$/;

const compact = (written: string): string => written.replaceAll(/[\s.-]/g, '');

/** Converts an operator's notation of a number to E.164; undefined when it is unreadable. */
export function e164Of(written: string): string | undefined {
  const digits = written.trim().replace(/^00/, '+');
  if (/^\+[1-9]\d{6,14}$/.test(digits)) return `+${withoutNationalZero(digits.slice(1))}`;
  if (/^[1-9]\d{10,14}$/.test(digits)) return `+${withoutNationalZero(digits)}`;
  const read = readPhone(digits);
  return 'e164' in read ? read.e164 : undefined;
}

/** Does the same for an operator that writes the country without its plus. */
export function internationalOf(written: string): string | undefined {
  const bare = compact(written);
  return e164Of(/^[1-9]\d*$/.test(bare) ? `+${bare}` : written);
}

/** Does the same where it is not documented whether a number has its country: both possible ones, that with it first. */
export function numbersOf(written: string): readonly string[] {
  const bare = compact(written);
  const readings = OF_TWO_PLACES.test(bare) ? [`+${bare}`, bare] : [written];
  return [...new Set(readings.map(e164Of))].filter((one) => one !== undefined);
}
