import { wordsIn, inEachLanguage, type Catalogue, type Language } from '../words/index.ts';
import { Refusal } from '../platform/index.ts';
import { LONGEST_ROW } from '../base/index.ts';

type Foreign = Catalogue['importing']['foreign'];

/** Files that people send in place of a CSV, with advice. */
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
} as const satisfies Record<string, keyof Foreign['cures']>;

/** The kinds of files that people send in place of a CSV. */
type ForeignKind = keyof typeof KINDS;

/** Signatures of kinds, with their offsets; office files all begin as a zip does. */
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

/** Names among the first entries of a zip. */
const ENTRIES: readonly (readonly [ForeignKind, string])[] = [
  ['xlsx', 'xl/'],
  ['docx', 'word/'],
  ['ods', 'opendocument.spreadsheet'],
  ['numbers', '.iwa'],
];

/** The beginnings of texts without rows; no heading begins so. */
const BEGINNINGS: readonly (readonly [ForeignKind, RegExp])[] = [
  ['xml-workbook', /^<\?xml[^]{0,2000}(?:Excel\.Sheet|office:spreadsheet)/i],
  ['html', /^<(?:!doctype\s+html|html|head|meta|body|table|style|script|div)\b/i],
  ['xml', /^<[?!a-z]/i],
  ['json', /^(?:\{\s*["}]|\[\s*["{[])/],
  ['vcard', /^BEGIN:VCARD/i],
  ['calendar', /^BEGIN:VCALENDAR/i],
];

/** Random bytes have a tenth of them, a text none. */
const isControl = (byte: number): boolean =>
  (byte > 0 && byte < 0x09) || (byte > 0x0d && byte < 0x1a) || (byte > 0x1b && byte < 0x20);
const CONTROL_PART = 0.05;

/** Bytes of a file that suffice to recognize it. */
export const FOREIGN_HEAD = 8 * 1024;

/** Recognizes a file that is no CSV by its beginning; undefined when it may be one. */
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

/** Words the finding, the expectation and the remedy. */
export function foreignSentence(kind: ForeignKind, language: Language): string {
  const { sentence, kinds, cures } = wordsIn(language).importing.foreign;
  return sentence({ kind: kinds[kind], cure: cures[KINDS[kind]] });
}

/** Says whether a word names such a kind. */
const isForeignKind = (word: unknown): word is ForeignKind =>
  typeof word === 'string' && Object.hasOwn(KINDS, word);

/** Refuses what is no CSV. */
export const notCsv = (found: ForeignKind): Refusal =>
  new Refusal('IMPORT_NOT_CSV', {
    detail: inEachLanguage((language) => foreignSentence(found, language)),
    found,
  });

/** A line that was given up, and how long it was until then. */
interface EndlessLine {
  readonly line: number;
  readonly bytes: number;
}

/** Refuses a file of which one line does not end. */
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

/** Words the details of a refused file in the reader's language; empty for other refusals. */
export function refusedFileSentence(
  { found, line, bytes }: Readonly<Record<string, unknown>>,
  language: Language,
): string | undefined {
  if (isForeignKind(found)) return foreignSentence(found, language);
  if (typeof line !== 'number' || typeof bytes !== 'number') return undefined;
  return endlessSentence({ line, bytes }, language);
}
