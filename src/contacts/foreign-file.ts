import type { Language, Words } from '../law/rule.ts';

/** What to do instead, by what came. */
const CURES = {
  sheet: {
    fr: 'Dans Excel : Fichier, Enregistrer sous, type « CSV UTF-8 (délimité par des virgules) ». Dans LibreOffice : Fichier, Enregistrer sous, type « Texte CSV ». Envoyez le fichier obtenu.',
    en: 'In Excel: File, Save As, type "CSV UTF-8 (comma delimited)". In LibreOffice: File, Save As, type "Text CSV". Send the file that comes of it.',
  },
  document: {
    fr: 'Exportez la liste en CSV depuis le logiciel qui la tient ; une image ou une page n’en contient pas les cellules.',
    en: 'Export the list as CSV from the software that keeps it; a picture or a page does not hold its cells.',
  },
  archive: {
    fr: 'Décompressez-la et envoyez le CSV qu’elle contient, tel quel ou compressé une seule fois en gzip (.csv.gz).',
    en: 'Unpack it and send the CSV that it holds, as it is or packed once by gzip (.csv.gz).',
  },
  data: {
    fr: 'Exportez la liste en CSV depuis le logiciel qui a fait ce fichier.',
    en: 'Export the list as CSV from the software that made this file.',
  },
} as const satisfies Record<string, Words>;

const KINDS = {
  xlsx: { cure: 'sheet', fr: 'un classeur Excel (.xlsx)', en: 'an Excel workbook (.xlsx)' },
  xls: {
    cure: 'sheet',
    fr: 'un ancien classeur Excel (.xls), ou un classeur protégé par un mot de passe',
    en: 'an old Excel workbook (.xls), or one locked by a password',
  },
  'xml-workbook': { cure: 'sheet', fr: 'un classeur Excel en XML', en: 'an Excel workbook in XML' },
  ods: { cure: 'sheet', fr: 'un classeur LibreOffice (.ods)', en: 'a LibreOffice workbook (.ods)' },
  numbers: { cure: 'sheet', fr: 'un classeur Numbers d’Apple', en: 'a workbook of Apple’s Numbers' },
  html: {
    cure: 'sheet',
    fr: 'une page web, parfois nommée .xls par le logiciel qui l’a faite',
    en: 'a web page, which some software names .xls',
  },
  docx: { cure: 'document', fr: 'un document Word (.docx)', en: 'a Word document (.docx)' },
  rtf: { cure: 'document', fr: 'un document RTF', en: 'an RTF document' },
  pdf: { cure: 'document', fr: 'un PDF', en: 'a PDF' },
  picture: { cure: 'document', fr: 'une image ou une vidéo', en: 'a picture or a film' },
  gzip: { cure: 'archive', fr: 'une archive gzip dans une archive gzip', en: 'a gzip within a gzip' },
  archive: { cure: 'archive', fr: 'une archive (zip, 7z, rar…)', en: 'an archive (zip, 7z, rar…)' },
  json: { cure: 'data', fr: 'du JSON', en: 'JSON' },
  xml: { cure: 'data', fr: 'du XML', en: 'XML' },
  vcard: { cure: 'data', fr: 'des cartes de visite (.vcf)', en: 'visiting cards (.vcf)' },
  calendar: { cure: 'data', fr: 'un agenda (.ics)', en: 'a calendar (.ics)' },
  database: { cure: 'data', fr: 'une base de données', en: 'a database' },
  binary: { cure: 'data', fr: 'un fichier qui n’est pas du texte', en: 'a file that is no text' },
} as const satisfies Record<string, Words & { readonly cure: keyof typeof CURES }>;

/** What people send in place of a CSV. */
export type ForeignKind = keyof typeof KINDS;

/** Bytes that tell a kind for sure, each with where it stands; of office files, all begin as a zip does. */
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

/** Names that stand among the first entries of a zip. */
const ENTRIES: readonly (readonly [ForeignKind, string])[] = [
  ['xlsx', 'xl/'],
  ['docx', 'word/'],
  ['ods', 'opendocument.spreadsheet'],
  ['numbers', '.iwa'],
];

/** How texts begin that are no rows; no heading begins so. */
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

/** So much of a file tells what it is. */
export const FOREIGN_HEAD = 8 * 1024;

/** What a file is that is no CSV, told by its beginning; nothing when it may be one. */
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

/** What was found, what was expected, and what to do. */
export function foreignSentence(kind: ForeignKind, language: Language): string {
  const { cure, ...words } = KINDS[kind];
  return language === 'fr'
    ? `Reçu : ${words.fr}. Attendu : un fichier CSV, du texte avec une ligne par personne sous une ligne de titres. ${CURES[cure].fr}`
    : `Found: ${words.en}. Expected: a CSV file, text with one line a person below a line of headings. ${CURES[cure].en}`;
}

/** Whether a word is such a kind. */
export const isForeignKind = (word: unknown): word is ForeignKind =>
  typeof word === 'string' && Object.hasOwn(KINDS, word);
