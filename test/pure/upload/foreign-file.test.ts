import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { foreignKind, foreignSentence } from '../../../src/upload/foreign-file.ts';
import { isUtf16 } from '../../../src/upload/import-upload.ts';
import { seeded } from '../../support/seed.ts';

/** Returns the beginning of a zip file: a local header for each entry (PKWARE APPNOTE 4.3.7). */
const zip = (...entries: readonly (readonly [name: string, text: string])[]): Buffer =>
  Buffer.concat(
    entries.map(([name, text]) => {
      const packed = name === 'mimetype' ? Buffer.from(text) : deflateRawSync(text);
      const head = Buffer.alloc(30);
      head.write('PK\u0003\u0004', 'latin1');
      head.writeUInt32LE(packed.length, 18);
      head.writeUInt16LE(name.length, 26);
      return Buffer.concat([head, Buffer.from(name), packed]);
    }),
  );

const TYPES = ['[Content_Types].xml', '<Types>'.repeat(300)] as const;
const random = seeded(7);
const noise = Buffer.from(Array.from({ length: 2_000 }, () => Math.floor(random() * 256)));
const kindOf = (bytes: Buffer): string | undefined => foreignKind(bytes, { isUtf16: isUtf16(bytes) });
const hex = (bytes: string): Buffer => Buffer.concat([Buffer.from(bytes.replaceAll(' ', ''), 'hex'), noise]);

describe('what is sent in place of a CSV', () => {
  it.each<[string, string, Buffer]>([
    ['a workbook of Excel', 'xlsx', zip(TYPES, ['_rels/.rels', 'x'], ['xl/workbook.xml', 'x'])],
    ['one of before 2007, or with a password', 'xls', hex('d0cf11e0a1b11ae1')],
    ['one of before 1997', 'xls', hex('0908 0800 0000 1000')],
    [
      'one of LibreOffice',
      'ods',
      zip(['mimetype', 'application/vnd.oasis.opendocument.spreadsheet'], ['content.xml', 'x']),
    ],
    ['one of Numbers', 'numbers', zip(['Index/Document.iwa', 'x'])],
    [
      'one in XML',
      'xml-workbook',
      Buffer.from('<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook>'),
    ],
    ['a letter of Word', 'docx', zip(TYPES, ['word/document.xml', 'x'])],
    ['a letter in RTF', 'rtf', Buffer.from('{\\rtf1\\ansi telephone}')],
    ['any other zip', 'archive', zip(['contacts.csv', 'telephone\n'])],
    ['an empty zip', 'archive', Buffer.from('PK\u0005\u0006'.padEnd(22, '\0'))],
    ['a 7z', 'archive', hex('377abcaf271c0004')],
    ['a rar', 'archive', hex('526172211a0701')],
    ['an xz', 'archive', hex('fd377a585a00')],
    ['a zstd', 'archive', hex('28b52ffd')],
    ['a bzip2', 'archive', hex('425a6839314159265359')],
    ['a tar', 'archive', Buffer.from(`${'contacts.csv'.padEnd(257, '\0')}ustar\0`)],
    ['what deflate made', 'archive', deflateSync('telephone\n')],
    ['a gzip that was in a gzip', 'gzip', gzipSync('telephone\n')],
    ['a page to print', 'pdf', Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj', 'latin1')],
    ['a PNG', 'picture', hex('89504e470d0a1a0a')],
    ['a JPEG', 'picture', hex('ffd8ffe000104a464946')],
    ['a photograph of a telephone', 'picture', hex('00000018 66747970 68656963')],
    ['a GIF', 'picture', Buffer.from('GIF89a')],
    ['a WebP', 'picture', Buffer.from('RIFF\u0001\u0001\0\0WEBPVP8 ')],
    ['a scan', 'picture', hex('49492a00')],
    ['a page of the web', 'html', Buffer.from('\r\n<!DOCTYPE html>\n<table><tr><td>telephone')],
    ['a table named .xls', 'html', Buffer.from('\uFEFF<TABLE border=1><tr><td>telephone')],
    ['a table in two bytes a letter', 'html', Buffer.from('\uFEFF<table><tr><td>telephone', 'utf16le')],
    ['XML', 'xml', Buffer.from('<?xml version="1.0"?>\n<clients><client/></clients>')],
    ['JSON', 'json', Buffer.from('[\n  {"telephone": "0639980001"}\n]')],
    ['JSON by lines', 'json', Buffer.from('{"telephone":"0639980001"}\n{"telephone":"0639980002"}\n')],
    ['visiting cards', 'vcard', Buffer.from('BEGIN:VCARD\r\nVERSION:3.0\r\nTEL:0639980001\r\n')],
    ['an agenda', 'calendar', Buffer.from('BEGIN:VCALENDAR\r\nVERSION:2.0\r\n')],
    ['a database of Access', 'database', Buffer.from('\0\u0001\0\0Standard Jet DB\0')],
    ['a database of SQLite', 'database', Buffer.from('SQLite format 3\0')],
    ['bytes that mean nothing', 'binary', noise],
  ])('is recognized as %s', (_, kind, bytes) => {
    expect(kindOf(bytes)).toBe(kind);
  });

  it.each<[string, Buffer | string]>([
    ['nothing', ''],
    ['a CSV', 'telephone;prenom\n0639980001;Zoé\n'],
    ['one without accents', 'PK;PDF;GIF;BM\n1;2;3;4\n'],
    ['one of Windows', Buffer.from('téléphone;prénom\n0639980001;Œdipe\n', 'latin1')],
    ['one with its mark', '\uFEFF"telephone","prenom"\n'],
    ['one of two bytes a letter', Buffer.from('\uFEFFtelephone;prénom œuvre\n', 'utf16le')],
    ['one of two bytes a letter, unmarked', Buffer.from('telephone;prénom\n', 'utf16le')],
    ['one of tabs with an empty first heading', '\ttelephone\tprenom\n'],
    ['headings in brackets', '[telephone];[prenom]\n[0639980001];[Zoé]\n'],
    ['headings in braces', '{telephone};{prenom}\n'],
    ['NUL between letters', 'tele\0phone;prenom\n'],
    ['a stray control', 'telephone;prenom;nom;ville\n0639980001;Zo\u0001é;x;y\n'],
    ['what DOS ends with', 'telephone\n0639980001\n\u001A'],
  ])('is not seen in %s', (_, text) => {
    expect(kindOf(Buffer.from(text as string))).toBeUndefined();
  });

  it('is named with what to do instead', () => {
    expect(foreignSentence('xlsx', 'fr')).toMatch(
      /^Reçu : un classeur Excel .* Attendu : un fichier CSV.* Enregistrer sous, type « CSV UTF-8/,
    );
    expect(foreignSentence('gzip', 'en')).toMatch(
      /^Found: a gzip within a gzip\. Expected: a CSV file.* packed once/,
    );
  });
});
