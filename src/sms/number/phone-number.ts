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

interface WithReason {
  readonly reason: NumberReason;
}

/** The outcome of reading a written phone number. */
export type PhoneReading =
  | (Line & { readonly kind: 'mobile'; readonly fictional: boolean })
  | (Line & WithReason & { readonly kind: 'landline' | 'other'; readonly code: 'NUMBER_NOT_MOBILE' })
  | (Line & WithReason & { readonly kind: 'foreign'; readonly code: 'NUMBER_INVALID' })
  | UnreadablePhone;

/** A cell in which not exactly one number can be read. */
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

/** One number inside a run of digits. */
const ONE_NUMBER = /(?:00)?(?:33|590|594|596|262)0?[1-9]\d{8}|0[1-9]\d{8}/g;
const SEVERAL_NUMBERS = new RegExp(`^(?:${ONE_NUMBER.source}){2,}$`);

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

/** Reads a number in any French notation; a cell that may hold several numbers is ambiguous and never guessed. */
export function readPhone(text: string, hint: PhoneHint = {}): PhoneReading {
  const cell = phoneText(text);
  if (cell.kind === 'unreadable')
    return cell.code === 'NUMBER_INVALID' ? { ...cell, reason: 'NUMBER_NOT_WRITTEN' } : cell;
  const { digits } = cell;
  const first = cell.international ? readInternational(digits) : readNational(digits, hint);
  const reading = first.kind === 'unreadable' && digits.length > 15 ? readSeveral(digits) : first;
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

/** Returns the territory by which operators charge the numbers assigned in a territory. */
export const chargedThere = (territory: string): string => NUMBERED_AS[territory] ?? territory;

/** Masks a number but for its country, its first digit and its last two. */
export function maskPhone(e164: string): string {
  const visible = /^\+(?:33|590|594|596|262)\d(?=\d{8}$)/.exec(e164)?.[0] ?? countryPrefix(e164);
  const hidden = Math.max(0, e164.length - visible.length - 2);
  return visible + '•'.repeat(hidden) + e164.slice(visible.length + hidden);
}

const countryPrefix = (e164: string): string =>
  /^\+(?:508|681|687|689|377)/.exec(e164)?.[0] ?? e164.slice(0, e164.startsWith('+') ? 3 : 0);

function readInternational(digits: string): PhoneReading {
  const number = parsePhoneNumberFromString(`+${digits}`);
  return number === undefined ? INVALID : describe(number);
}

function describe(number: PhoneNumber): PhoneReading {
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
  return number === undefined ? INVALID : describe(number);
};

function readNational(digits: string, hint: PhoneHint): PhoneReading {
  const { region } = hint;
  if (region !== undefined && isSupportedCountry(region) && !FRENCH.has(region))
    return readIn(digits, region);
  const hints = [region, hint.territory?.slice(0, 2)];
  const regions = NUMBERING_REGIONS.toSorted((a, b) => rank(a, hints) - rank(b, hints));
  return digits.length === 9 || digits.length === 10
    ? readInSharedPlan(digits, regions)
    : readShort(digits, regions, hints);
}

const rank = (region: string, hints: readonly (string | undefined)[]): number => {
  const index = hints.findIndex((place) => place !== undefined && planRegion(place) === region);
  return index === -1 ? hints.length : index;
};

const planRegion = (place: string): string => (place === 'MF' || place === 'BL' ? 'GP' : place);

/**
 * Reads nine or ten digits of the plan that the mainland and overseas share, in which no mobile range is assigned
 * twice.
 */
function readInSharedPlan(digits: string, regions: readonly CountryCode[]): PhoneReading {
  let fallback: PhoneReading = INVALID;
  for (const region of regions) {
    const reading = readIn(digits, region);
    if (reading.kind === 'mobile') return reading;
    if (fallback.kind === 'unreadable') fallback = reading;
  }
  return fallback.kind === 'unreadable' ? readWithoutPlus(digits) : fallback;
}

/** Reads six or eight digits, by the plans of the Pacific and of Saint-Pierre, which overlap. */
function readShort(
  digits: string,
  regions: readonly CountryCode[],
  hints: readonly (string | undefined)[],
): PhoneReading {
  const readings = regions.map((region) => ({ region, reading: readIn(digits, region) }));
  const hinted = readings.find(
    ({ region, reading }) => hints.includes(region) && reading.kind !== 'unreadable',
  );
  if (hinted !== undefined) return hinted.reading;
  const mobiles = readings.flatMap(({ reading }) => (reading.kind === 'mobile' ? [reading] : []));
  const candidates = [...new Set(mobiles.map(({ e164 }) => e164))];
  const [only] = mobiles;
  if (only === undefined) return readWithoutPlus(digits);
  if (candidates.length === 1 && (only.fictional || isSurelyMobile(only.e164))) return only;
  return { kind: 'unreadable', code: 'PHONE_AMBIGUOUS', candidates };
}

const isSurelyMobile = (e164: string): boolean => parsePhoneNumberFromString(e164)?.getType() === 'MOBILE';

/** Removes the national zero after a country code, as in "330612345678". */
export const withoutNationalZero = (digits: string): string =>
  digits.replace(/^(33|590|594|596|262)0(?=\d{9}$)|^(508)0(?=(?:\d{6}|\d{9})$)/, '$1$2');

/**
 * Reads "33612345678", as a spreadsheet leaves it; only French country codes, so that other digits are not taken for
 * numbers.
 */
function readWithoutPlus(digits: string): PhoneReading {
  const bare = digits.replace(/^0+/, '');
  const tidy = withoutNationalZero(bare);
  return FRENCH_CODE.test(tidy) ? readInternational(tidy) : INVALID;
}

/** Reads several numbers in one cell: one when they are all the same, else ambiguous. */
function readSeveral(digits: string): PhoneReading {
  const numbers = SEVERAL_NUMBERS.test(digits) ? (digits.match(ONE_NUMBER) ?? []) : [];
  const readings = numbers.map((number) => readPhone(number));
  const candidates = [
    ...new Set(readings.flatMap((reading) => (reading.kind === 'unreadable' ? [] : [reading.e164]))),
  ];
  const [first] = readings;
  if (first === undefined) return INVALID;
  if (candidates.length === 1 && readings.every(({ kind }) => kind === first.kind)) return first;
  return { kind: 'unreadable', code: 'PHONE_AMBIGUOUS', candidates };
}

/** Returns the code and the reason by which a number that cannot be used is refused. */
export function refusedNumber(reading: Exclude<PhoneReading, { kind: 'mobile' }>): {
  readonly code: Exclude<UnreadablePhone['code'], 'PHONE_MISSING'> | 'NUMBER_NOT_MOBILE';
  readonly reason?: NumberReason;
} {
  const { reason } = reading;
  const code = reading.code === 'PHONE_MISSING' ? 'NUMBER_INVALID' : reading.code;
  return reason === undefined ? { code } : { code, reason };
}

const SENTENCES = bilingual.sms.numbers;

/** The reason why a number cannot be written to, finer than the code of its refusal. */
export type NumberReason = keyof typeof SENTENCES;

/** Returns the sentence of a reason, without the number itself. */
export const numberSentence = (reason: NumberReason, language: Language): string =>
  SENTENCES[reason][language];

/** Numbers of machines: 14 digits since 2014, ten before; those overseas have their own country code. */
const MACHINE = /^(?:(?:33|262|508|590|594|596)0?|0?)70[0-4]\d{6,10}$/;

/** Short numbers: emergency, 1xx, 10xx, 116xxx, 118xxx, 3xxx and SMS codes of five digits. */
const SHORT = /^(?:1\d|1[01]\d|19\d|10\d{2}|116\d{3}|118\d{3}|3\d{3}|[3-8]\d{4})$/;

function unreadReason(digits: string): NumberReason {
  if (MACHINE.test(digits.replace(/^00/, ''))) return 'NUMBER_M2M';
  if (/^118\d{3}$/.test(digits)) return 'NUMBER_PREMIUM';
  return SHORT.test(digits) ? 'NUMBER_SHORT' : 'NUMBER_NOT_ASSIGNED';
}

/** The digits of a cell without decoration, and whether they begin with a country code. */
type PhoneText =
  | { readonly kind: 'digits'; readonly international: boolean; readonly digits: string }
  | {
      readonly kind: 'unreadable';
      readonly code: Exclude<UnreadablePhone['code'], 'PHONE_AMBIGUOUS'>;
    };

const SCIENTIFIC = /^[+-]?\d+(?:[.,]\d+)?E[+-]?\d+$/i;
const LABEL =
  /^(?:t[ée]l(?:[ée]phone)?|portable|port|mobile|mob|gsm|sms|num[ée]ro|n[°o]|no)(?![\p{L}])[\s.:]*/iu;

/** Removes the decoration that spreadsheets, phone books and people put around a number. */
const withoutDecoration = (cell: string): string =>
  cell
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^[='"’`]+|(?<!['"’])['"’]+$/g, '')
    // A column of numbers that became floats on its way: 33612345678.0
    .replace(/^(\+?\d{8,13})[.,]0+$/, '$1')
    .replace(/;(?:ext|phone-context|isub)=.*/i, '')
    .replace(/\([^)\d]*\)?/g, (aside) => (aside.endsWith(')') && /\p{L}/u.test(aside) ? ' ' : aside));

const withoutLabel = (text: string): string => text.replace(LABEL, '').replace(LABEL, '').trim();

/** Maximum characters of a cell: four times what two numbers with their labels take. */
export const LONGEST_NUMBER = 200;

/** Reads the digits of a cell of at most `LONGEST_NUMBER` characters; "(0)" after a country code is decoration. */
export function phoneText(cell: string): PhoneText {
  if (cell.length > LONGEST_NUMBER) return { kind: 'unreadable', code: 'NUMBER_INVALID' };
  const text = withoutLabel(withoutDecoration(cell));
  if (text === '') return { kind: 'unreadable', code: 'PHONE_MISSING' };
  if (SCIENTIFIC.test(text.replaceAll(' ', '')))
    return { kind: 'unreadable', code: 'PHONE_DAMAGED_BY_EXCEL' };

  const joined = text.replace(/\b(?:ou|et|or|and)\b/gi, '/').replace(/^((?:\+|00)[\d ]+)\(0\)/, '$1');
  const digits = joined.replace(/\D/g, '');
  // A cell of more than forty digits is no list of numbers, and would cost a long search for one.
  if (/\p{L}/u.test(joined) || digits === '' || digits.length > 40) {
    return { kind: 'unreadable', code: 'NUMBER_INVALID' };
  }
  return { kind: 'digits', ...prefixed(joined.trim().startsWith('+'), digits) };
}

/** Recognises a country code by a plus or by 00; no country code begins with a zero. */
function prefixed(plus: boolean, digits: string): { international: boolean; digits: string } {
  if (digits.startsWith('00')) return { international: true, digits: digits.replace(/^0+/, '') };
  return { international: plus && !digits.startsWith('0'), digits };
}

type Mobile = Extract<PhoneReading, { kind: 'mobile' }>;

/** The common form of a French mobile; numbers are assigned by blocks of ten thousand. */
const WRITTEN = /^(\+33|0)([67]\d{4})(\d{4})$/;
const SPACED = /[ .-]/g;
const NATIONAL = 1_000_000;

/**
 * The reading of one number of each block, which holds for all others of the block. At most 40,000, half of them
 * national.
 */
const blocks = new Map<number, Mobile>();

/** Returns the same as `readPhone`, faster for a number whose block was read before, as in a long file. */
export function readPhoneByBlock(text: string, hint: PhoneHint = {}): PhoneReading {
  // The mainland and overseas share one plan, in which no block is assigned twice: only a hint of another country changes the reading.
  if (hint.region !== undefined && hint.region !== 'FR') return readPhone(text, hint);
  const parts = WRITTEN.exec(text) ?? WRITTEN.exec(text.replaceAll(SPACED, ''));
  if (parts === null) return readPhone(text, hint);
  const [, prefix, block, own = ''] = parts;
  const key = Number(block) + (prefix === '0' ? NATIONAL : 0);
  const sameBlock = blocks.get(key);
  if (sameBlock !== undefined) return { ...sameBlock, e164: sameBlock.e164.slice(0, -own.length) + own };
  const reading = readPhone(text, hint);
  if (reading.kind === 'mobile') blocks.set(key, reading);
  return reading;
}
