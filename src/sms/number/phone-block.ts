import { readPhone, type PhoneHint, type PhoneReading } from './phone-number.ts';

type Mobile = Extract<PhoneReading, { kind: 'mobile' }>;

/** The common form of a French mobile; numbers are assigned by blocks of ten thousand. */
const WRITTEN = /^(\+33|0)([67]\d{4})(\d{4})$/;
const SPACED = /[ .-]/g;
const NATIONAL = 1_000_000;

/** Readings of one number of each block, valid for the others. At most 40,000, half of them national. */
const blocks = new Map<number, Mobile>();

/** Returns the same as `readPhone`, faster for the numbers that fill a file. */
export function readPhoneByBlock(text: string, hint: PhoneHint = {}): PhoneReading {
  // Mainland and overseas share one plan, in which no block is given twice: only another country reads it otherwise.
  if (hint.region !== undefined && hint.region !== 'FR') return readPhone(text, hint);
  const parts = WRITTEN.exec(text) ?? WRITTEN.exec(text.replaceAll(SPACED, ''));
  if (parts === null) return readPhone(text, hint);
  const [, prefix, block, own = ''] = parts;
  const key = Number(block) + (prefix === '0' ? NATIONAL : 0);
  const known = blocks.get(key);
  if (known !== undefined) return { ...known, e164: known.e164.slice(0, -own.length) + own };
  const reading = readPhone(text, hint);
  if (reading.kind === 'mobile') blocks.set(key, reading);
  return reading;
}
