import { wordsIn, inEachLanguage, type Catalogue, type Language } from '../words/index.ts';
import { Refusal } from '../platform/index.ts';
import { LONGEST_ROW } from '../base/index.ts';

/** The kinds of files that people send in place of a CSV, each with the advice for it. */
const KINDS = {
  xlsx: 'sheet',
  xls: 'sheet',
  'xml-workbook': 'sheet',
  ods: 'sheet',
  numbers: 'sheet',
  html: 'sheet',
  docx: 'document',
  rtf: 'document',
  pdf: 'document',
  picture: 'document',
  gzip: 'archive',
  archive: 'archive',
  json: 'data',
  xml: 'data',
  vcard: 'data',
  calendar: 'data',
  database: 'data',
  binary: 'data',
} as const satisfies Record<string, keyof Catalogue['importing']['foreign']['cures']>;

type ForeignKind = keyof typeof KINDS;

/** The signatures of kinds, with their offsets; office files begin as a zip does and are not here. */
const SIGNS: readonly (readonly [ForeignKind, number, string])[] = [
  ['xls', 0, '\u00D0\u00CF\u0011\u00E0\u00A1\u00B1\u001A\u00E1'],
  ['xls', 0, '\u0009\u0008'],
  ['pdf', 0, '%PDF-'],
  ['picture', 0, '\u0089PNG\r\n'],
  ['picture', 0, '\u00FF\u00D8\u00FF'],
  ['picture', 0, 'GIF8'],
  ['picture', 0, 'II*\0'],
  ['picture', 0, 'MM\0*'],
  ['picture', 8, 'WEBP'],
  ['picture', 4, 'ftyp'],
  ['gzip', 0, '\u001F\u008B\u0008'],
  ['archive', 0, 'PK\u0005\u0006'],
  ['archive', 0, '7z\u00BC\u00AF\u0027\u001C'],
  ['archive', 0, 'Rar!\u001A\u0007'],
  ['archive', 0, '\u00FD7zXZ\0'],
  ['archive', 4, '1AY&SY'],
  ['archive', 0, 'x\u009C'],
  ['archive', 0, '\u0028\u00B5\u002F\u00FD'],
  ['archive', 257, 'ustar'],
  ['database', 0, 'SQLite format 3\0'],
  ['database', 4, 'Standard Jet DB'],
  ['database', 4, 'Standard ACE DB'],
  ['rtf', 0, '{\\rtf'],
];

/** Names among the first entries of a zip, by which office files are recognized. */
const ENTRIES: readonly (readonly [ForeignKind, string])[] = [
  ['xlsx', 'xl/'],
  ['docx', 'word/'],
  ['ods', 'opendocument.spreadsheet'],
  ['numbers', '.iwa'],
];

/** Patterns for the beginning of texts that have no rows; no heading begins so. */
const BEGINNINGS: readonly (readonly [ForeignKind, RegExp])[] = [
  ['xml-workbook', /^<\?xml[^]{0,2000}(?:Excel\.Sheet|office:spreadsheet)/i],
  ['html', /^<(?:!doctype\s+html|html|head|meta|body|table|style|script|div)\b/i],
  ['xml', /^<[?!a-z]/i],
  ['json', /^(?:\{\s*["}]|\[\s*["{[])/],
  ['vcard', /^BEGIN:VCARD/i],
  ['calendar', /^BEGIN:VCALENDAR/i],
];

/** Says whether a byte is a control character: a tenth of random bytes are, and none of a text. */
const isControl = (byte: number): boolean =>
  (byte > 0 && byte < 0x09) || (byte > 0x0d && byte < 0x1a) || (byte > 0x1b && byte < 0x20);
const CONTROL_PART = 0.05;

/** Bytes of a file by which it is recognized. */
export const FOREIGN_HEAD = 8 * 1024;

/** Recognizes by its beginning a file that is no CSV; undefined when it may be one. */
export function foreignKind(
  beginning: Buffer,
  { isUtf16 }: { readonly isUtf16: boolean },
): ForeignKind | undefined {
  const head = beginning.toString('latin1', 0, FOREIGN_HEAD);
  if (head.startsWith('PK\u0003\u0004')) return firstOf(ENTRIES, (name) => head.includes(name)) ?? 'archive';
  const [kind] = SIGNS.find(([, at, bytes]) => head.startsWith(bytes, at)) ?? [];
  if (kind !== undefined) return kind;
  const text = head
    .replaceAll('\0', '')
    .replace(/^(?:\u00EF\u00BB\u00BF|\u00FF\u00FE|\u00FE\u00FF)/, '')
    .trimStart();
  const controls = isUtf16 ? 0 : beginning.subarray(0, FOREIGN_HEAD).filter(isControl).length;
  return (
    firstOf(BEGINNINGS, (pattern) => pattern.test(text)) ??
    (controls > head.length * CONTROL_PART ? 'binary' : undefined)
  );
}

const firstOf = <T>(
  table: readonly (readonly [ForeignKind, T])[],
  fits: (sign: T) => boolean,
): ForeignKind | undefined => table.find(([, sign]) => fits(sign))?.[0];

/** Writes what was found, what was expected, and what to do. */
export function foreignSentence(kind: ForeignKind, language: Language): string {
  const { sentence, kinds, cures } = wordsIn(language).importing.foreign;
  return sentence({ kind: kinds[kind], cure: cures[KINDS[kind]] });
}

const isForeignKind = (word: unknown): word is ForeignKind =>
  typeof word === 'string' && Object.hasOwn(KINDS, word);

/** Makes the refusal of a file that is no CSV. */
export const notCsv = (found: ForeignKind): Refusal =>
  new Refusal('IMPORT_NOT_CSV', {
    detail: inEachLanguage((language) => foreignSentence(found, language)),
    found,
  });

/** A line without an end, and how many bytes of it came before reading stopped. */
interface EndlessLine {
  readonly line: number;
  readonly bytes: number;
}

/** Makes the refusal of a file of which one line does not end. */
export const endlessLine = (where: EndlessLine): Refusal =>
  new Refusal('IMPORT_LINE_TOO_LONG', {
    detail: inEachLanguage((language) => endlessSentence(where, language)),
    ...where,
  });

function endlessSentence({ line, bytes }: EndlessLine, language: Language): string {
  const { bytesRead, endlessFirstLine, endlessLine: ofLine } = wordsIn(language).importing;
  const long = bytesRead({ bytes });
  return line === 1
    ? endlessFirstLine({ long, longest: LONGEST_ROW })
    : ofLine({ line, long, longest: LONGEST_ROW });
}

/** Writes the details of a refused file in the reader's language; undefined for any other refusal. */
export function refusedFileSentence(
  { found, line, bytes }: Readonly<Record<string, unknown>>,
  language: Language,
): string | undefined {
  if (isForeignKind(found)) return foreignSentence(found, language);
  if (typeof line !== 'number' || typeof bytes !== 'number') return undefined;
  return endlessSentence({ line, bytes }, language);
}
