import {
  isSupportedCountry,
  parsePhoneNumberFromString,
  type CountryCode,
  type PhoneNumber,
} from 'libphonenumber-js/max';
import { NUMBERING_REGIONS } from '../../law/index.ts';
import type { Territory } from '../../rule/index.ts';
import { bilingual, type Language } from '../../words/index.ts';

/** The type of a line by its numbering plan; only a mobile receives SMS. */
export type LineType = 'mobile' | 'landline' | 'voip' | 'premium' | 'toll-free' | 'unknown';

/** The possible countries of a number written without one. */
export interface PhoneHint {
  /** ISO country of national numbers: `FR`, `RE`, … */
  readonly region?: string | undefined;
  /** The territory where the person is known to be. */
  readonly territory?: Territory | undefined;
}

interface Line {
  readonly e164: string;
  /** ISO country from libphonenumber; every +590 mobile is `GP`. */
  readonly country: string;
  /** Territories that share the number's range; none outside France. */
  readonly territories: readonly Territory[];
  readonly lineType: LineType;
}

interface Why {
  readonly reason: NumberReason;
}

/** The outcome of reading a written phone number. */
export type PhoneReading =
  | (Line & { readonly kind: 'mobile'; readonly fictional: boolean })
  | (Line & Why & { readonly kind: 'landline' | 'other'; readonly code: 'NUMBER_NOT_MOBILE' })
  | (Line & Why & { readonly kind: 'foreign'; readonly code: 'NUMBER_INVALID' })
  | UnreadablePhone;

/** A cell without a single readable number. */
interface UnreadablePhone {
  readonly kind: 'unreadable';
  readonly code: 'PHONE_MISSING' | 'NUMBER_INVALID' | 'PHONE_AMBIGUOUS' | 'PHONE_DAMAGED_BY_EXCEL';
  /** Given where the code alone is ambiguous. */
  readonly reason?: NumberReason;
  /** The possible numbers, when ambiguous. */
  readonly candidates?: readonly string[];
}

const FRENCH = new Set<string>([...NUMBERING_REGIONS, 'BL', 'MF']);
const FRENCH_CODE = /^(?:33|590|594|596|262)\d{9}$|^508(?:\d{6}|\d{9})$|^68[17]\d{6}$|^689\d{8}$/;
const SHARED_590: readonly Territory[] = ['GP', 'BL', 'MF'];

/** Numbers that ARCEP reserves for fiction; libphonenumber takes 0639 for Mayotte's alone. */
const FICTIONAL = /^\+3363998\d{4}$/;

/** The pattern of one number inside a run of digits. */
const ONE = /(?:00)?(?:33|590|594|596|262)0?[1-9]\d{8}|0[1-9]\d{8}/g;
const SEVERAL = new RegExp(`^(?:${ONE.source}){2,}$`);

const INVALID: UnreadablePhone = { kind: 'unreadable', code: 'NUMBER_INVALID' };

const LINE_TYPES: Readonly<Record<string, LineType>> = {
  MOBILE: 'mobile',
  FIXED_LINE_OR_MOBILE: 'mobile',
  FIXED_LINE: 'landline',
  VOIP: 'voip',
  PREMIUM_RATE: 'premium',
  SHARED_COST: 'premium',
  TOLL_FREE: 'toll-free',
};

const REASONS: Readonly<Record<Exclude<LineType, 'mobile'>, NumberReason>> = {
  landline: 'NUMBER_LANDLINE',
  voip: 'NUMBER_VOIP',
  premium: 'NUMBER_PREMIUM',
  'toll-free': 'NUMBER_TOLL_FREE',
  unknown: 'NUMBER_OTHER_LINE',
};

/** Reads any French notation of a number; it never guesses between two. */
export function readPhone(text: string, hint: PhoneHint = {}): PhoneReading {
  const cell = phoneText(text);
  if (cell.kind === 'unreadable')
    return cell.code === 'NUMBER_INVALID' ? { ...cell, reason: 'NUMBER_NOT_WRITTEN' } : cell;
  const { digits } = cell;
  const one = cell.international ? readInternational(digits) : readNational(digits, hint);
  const reading = one.kind === 'unreadable' && digits.length > 15 ? readTwo(digits) : one;
  return reading === INVALID ? { ...INVALID, reason: unreadReason(digits) } : reading;
}

const COUNTRIES: Readonly<Record<string, Territory>> = {
  '590': 'GP',
  '594': 'GF',
  '596': 'MQ',
  '508': 'PM',
  '681': 'WF',
  '687': 'NC',
  '689': 'PF',
};

/** Returns the territory by which operators charge a number; the mainland for ranges that they do not distinguish. */
export function chargedIn(e164: string): Territory {
  const code = e164.slice(1, 4);
  if (code === '262') return /^\+262(?:269|639)/.test(e164) ? 'YT' : 'RE';
  return COUNTRIES[code] ?? 'FR';
}

/** Territories whose numbers operators do not distinguish from those of another one. */
const NUMBERED_AS: Readonly<Record<string, Territory>> = {
  'FR-57': 'FR',
  'FR-67': 'FR',
  'FR-68': 'FR',
  MF: 'GP',
  BL: 'GP',
};

/** Returns the territory by which operators charge the numbers of a territory, unless its people brought theirs along. */
export const chargedThere = (territory: string): string => NUMBERED_AS[territory] ?? territory;

/** Masks a number: country, first digit and the last two. */
export function maskPhone(e164: string): string {
  const shown = /^\+(?:33|590|594|596|262)\d(?=\d{8}$)/.exec(e164)?.[0] ?? countryPrefix(e164);
  const hidden = Math.max(0, e164.length - shown.length - 2);
  return shown + '•'.repeat(hidden) + e164.slice(shown.length + hidden);
}

const countryPrefix = (e164: string): string =>
  /^\+(?:508|681|687|689|377)/.exec(e164)?.[0] ?? e164.slice(0, e164.startsWith('+') ? 3 : 0);

function readInternational(digits: string): PhoneReading {
  const number = parsePhoneNumberFromString(`+${digits}`);
  return number === undefined ? INVALID : described(number);
}

function described(number: PhoneNumber): PhoneReading {
  const e164: string = number.number;
  if (FICTIONAL.test(e164)) {
    return { kind: 'mobile', e164, country: 'FR', territories: ['FR'], lineType: 'mobile', fictional: true };
  }
  const { country } = number;
  if (country === undefined || !number.isValid()) return INVALID;
  const lineType = LINE_TYPES[number.getType() ?? ''] ?? 'unknown';
  const line = { e164, country, territories: territoriesOf(country), lineType };
  if (!FRENCH.has(country)) {
    const reason = country === 'MC' ? 'NUMBER_MONACO' : 'NUMBER_FOREIGN';
    return { kind: 'foreign', ...line, code: 'NUMBER_INVALID', reason };
  }
  if (lineType === 'mobile') return { kind: 'mobile', ...line, fictional: false };
  const kind = lineType === 'landline' ? 'landline' : 'other';
  return { kind, ...line, code: 'NUMBER_NOT_MOBILE', reason: REASONS[lineType] };
}

/** Returns the possible territories of a country code: +590 serves three. */
function territoriesOf(country: string): readonly Territory[] {
  if (SHARED_590.some((territory) => territory === country)) return SHARED_590;
  return NUMBERING_REGIONS.filter((region) => region === country);
}

const readIn = (digits: string, region: CountryCode): PhoneReading => {
  const number = parsePhoneNumberFromString(digits, region);
  return number === undefined ? INVALID : described(number);
};

function readNational(digits: string, hint: PhoneHint): PhoneReading {
  const { region } = hint;
  if (region !== undefined && isSupportedCountry(region) && !FRENCH.has(region))
    return readIn(digits, region);
  const known = [region, hint.territory?.slice(0, 2)];
  const regions = NUMBERING_REGIONS.toSorted((a, b) => rank(a, known) - rank(b, known));
  return digits.length === 9 || digits.length === 10
    ? readInSharedPlan(digits, regions)
    : readShort(digits, regions, known);
}

const rank = (region: string, known: readonly (string | undefined)[]): number => {
  const at = known.findIndex((place) => place !== undefined && plan(place) === region);
  return at === -1 ? known.length : at;
};

const plan = (place: string): string => (place === 'MF' || place === 'BL' ? 'GP' : place);

/** Reads ten digits: one plan for mainland and overseas, in which no mobile range is assigned twice. */
function readInSharedPlan(digits: string, regions: readonly CountryCode[]): PhoneReading {
  let second: PhoneReading = INVALID;
  for (const region of regions) {
    const reading = readIn(digits, region);
    if (reading.kind === 'mobile') return reading;
    if (second.kind === 'unreadable') second = reading;
  }
  return second.kind === 'unreadable' ? readWithoutPlus(digits) : second;
}

/** Reads six or eight digits: plans of the Pacific and of Saint-Pierre, which overlap. */
function readShort(
  digits: string,
  regions: readonly CountryCode[],
  known: readonly (string | undefined)[],
): PhoneReading {
  const readings = regions.map((region) => ({ region, reading: readIn(digits, region) }));
  const hinted = readings.find(
    ({ region, reading }) => known.includes(region) && reading.kind !== 'unreadable',
  );
  if (hinted !== undefined) return hinted.reading;
  const mobiles = readings.flatMap(({ reading }) => (reading.kind === 'mobile' ? [reading] : []));
  const candidates = [...new Set(mobiles.map(({ e164 }) => e164))];
  const [only] = mobiles;
  if (only === undefined) return readWithoutPlus(digits);
  if (candidates.length === 1 && (only.fictional || strictlyMobile(only.e164))) return only;
  return { kind: 'unreadable', code: 'PHONE_AMBIGUOUS', candidates };
}

const strictlyMobile = (e164: string): boolean => parsePhoneNumberFromString(e164)?.getType() === 'MOBILE';

/** Removes the national zero that "330612345678" keeps after its country code. */
export const withoutNationalZero = (digits: string): string =>
  digits.replace(/^(33|590|594|596|262)0(?=\d{9}$)|^(508)0(?=(?:\d{6}|\d{9})$)/, '$1$2');

/** Reads "33612345678", as a spreadsheet leaves it: French codes only, so that noise stays noise. */
function readWithoutPlus(digits: string): PhoneReading {
  const bare = digits.replace(/^0+/, '');
  const tidy = withoutNationalZero(bare);
  return FRENCH_CODE.test(tidy) ? readInternational(tidy) : INVALID;
}

/** Reads two numbers or more in one cell; a repeated one counts once. */
function readTwo(digits: string): PhoneReading {
  const written = SEVERAL.test(digits) ? (digits.match(ONE) ?? []) : [];
  const readings = written.map((number) => readPhone(number));
  const candidates = [...new Set(readings.flatMap((one) => (one.kind === 'unreadable' ? [] : [one.e164])))];
  const [first] = readings;
  if (first === undefined) return INVALID;
  if (candidates.length === 1 && readings.every(({ kind }) => kind === first.kind)) return first;
  return { kind: 'unreadable', code: 'PHONE_AMBIGUOUS', candidates };
}

/** Describes, for a refusal, a number that cannot be used. */
export function refusedNumber(reading: Exclude<PhoneReading, { kind: 'mobile' }>): {
  readonly code: Exclude<UnreadablePhone['code'], 'PHONE_MISSING'> | 'NUMBER_NOT_MOBILE';
  readonly reason?: NumberReason;
} {
  const { reason } = reading;
  const code = reading.code === 'PHONE_MISSING' ? 'NUMBER_INVALID' : reading.code;
  return reason === undefined ? { code } : { code, reason };
}

const SENTENCES = bilingual.sms.numbers;

/** The reason why nobody can be written to at a number, finer than the code of its refusal. */
export type NumberReason = keyof typeof SENTENCES;

/** Returns the sentence of a reason, without the number itself. */
export const numberSentence = (reason: NumberReason, language: Language): string =>
  SENTENCES[reason][language];

/** 14 digits since 2014, ten for the first of them; overseas ranges write their own country code. */
const MACHINE = /^(?:(?:33|262|508|590|594|596)0?|0?)70[0-4]\d{6,10}$/;

/** Emergency, 1xx, 10xx, 116xxx, 118xxx, 3xxx and SMS codes of five digits. */
const SHORT = /^(?:1\d|1[01]\d|19\d|10\d{2}|116\d{3}|118\d{3}|3\d{3}|[3-8]\d{4})$/;

/** Explains why digits are no number of a person. */
function unreadReason(digits: string): NumberReason {
  if (MACHINE.test(digits.replace(/^00/, ''))) return 'NUMBER_M2M';
  if (/^118\d{3}$/.test(digits)) return 'NUMBER_PREMIUM';
  return SHORT.test(digits) ? 'NUMBER_SHORT' : 'NUMBER_NOT_ASSIGNED';
}

/** The content of a cell without decoration: digits, and whether a plus preceded them. */
type PhoneText =
  | { readonly kind: 'digits'; readonly international: boolean; readonly digits: string }
  | {
      readonly kind: 'unreadable';
      readonly code: 'PHONE_MISSING' | 'PHONE_DAMAGED_BY_EXCEL' | 'NUMBER_INVALID';
    };

const SCIENTIFIC = /^[+-]?\d+(?:[.,]\d+)?E[+-]?\d+$/i;
const LABEL =
  /^(?:t[ée]l(?:[ée]phone)?|portable|port|mobile|mob|gsm|sms|num[ée]ro|n[°o]|no)(?![\p{L}])[\s.:]*/iu;

/** Removes decoration by spreadsheets, phone books and people around a number. */
const plain = (cell: string): string =>
  cell
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^[='"’`]+|(?<!['"’])['"’]+$/g, '')
    // A column of numbers that became floats on its way: 33612345678.0
    .replace(/^(\+?\d{8,13})[.,]0+$/, '$1')
    .replace(/;(?:ext|phone-context|isub)=.*/i, '')
    .replace(/\([^)\d]*\)?/g, (beside) => (beside.endsWith(')') && /\p{L}/u.test(beside) ? ' ' : beside));

const withoutLabel = (text: string): string => text.replace(LABEL, '').replace(LABEL, '').trim();

/** Maximum characters of a number with its decoration: two of them with their labels fit in it four times. */
export const LONGEST_NUMBER = 200;

/** Reads a cell down to its digits; "(0)" after a country code is decoration. A longer cell holds no number. */
export function phoneText(cell: string): PhoneText {
  if (cell.length > LONGEST_NUMBER) return { kind: 'unreadable', code: 'NUMBER_INVALID' };
  const text = withoutLabel(plain(cell));
  if (text === '') return { kind: 'unreadable', code: 'PHONE_MISSING' };
  if (SCIENTIFIC.test(text.replaceAll(' ', '')))
    return { kind: 'unreadable', code: 'PHONE_DAMAGED_BY_EXCEL' };

  const joined = text.replace(/\b(?:ou|et|or|and)\b/gi, '/').replace(/^((?:\+|00)[\d ]+)\(0\)/, '$1');
  const digits = joined.replace(/\D/g, '');
  // More than forty digits is no list of numbers, and would cost a long search for one.
  if (/\p{L}/u.test(joined) || digits === '' || digits.length > 40) {
    return { kind: 'unreadable', code: 'NUMBER_INVALID' };
  }
  return { kind: 'digits', ...prefixed(joined.trim().startsWith('+'), digits) };
}

/** Detects a country code by its plus or its 00; no country code starts with a zero. */
function prefixed(plus: boolean, digits: string): { international: boolean; digits: string } {
  if (digits.startsWith('00')) return { international: true, digits: digits.replace(/^0+/, '') };
  return { international: plus && !digits.startsWith('0'), digits };
}

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
