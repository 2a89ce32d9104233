/** The content of a cell without decoration: digits, and whether a plus preceded them. */
export type PhoneText =
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
