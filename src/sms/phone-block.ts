import { readPhone, type PhoneHint, type PhoneReading } from './phone-number.ts';

type Mobile = Extract<PhoneReading, { kind: 'mobile' }>;

/** A French mobile as most files write it; numbers are given out by blocks of ten thousand. */
const WRITTEN = /^(\+33|0)([67]\d{4})(\d{4})$/;
const MOST_BLOCKS = 40_000;

/** What was read of one number of each block: it holds for the others. */
const blocks = new Map<string, Mobile>();

/** What `readPhone` answers, sooner for the numbers of which a file is full. */
export function readPhoneByBlock(text: string, hint: PhoneHint = {}): PhoneReading {
  const [written, prefix = '', block = '', own = ''] = WRITTEN.exec(text.replaceAll(/[ .-]/g, '')) ?? [];
  if (written === undefined) return readPhone(text, hint);
  const key = `${prefix}${block}|${hint.region ?? ''}|${hint.territory ?? ''}`;
  const known = blocks.get(key);
  if (known !== undefined) return { ...known, e164: known.e164.slice(0, -own.length) + own };
  const reading = readPhone(text, hint);
  if (blocks.size >= MOST_BLOCKS) blocks.clear();
  if (reading.kind === 'mobile') blocks.set(key, reading);
  return reading;
}
