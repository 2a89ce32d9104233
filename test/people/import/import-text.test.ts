import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine, delimiterOf, csvRows, type CsvRow } from '../../../src/base/csv-reader.ts';
import { slices, SLICE } from '../../../src/people/import/import-reception.ts';
import { plainText } from '../../../src/upload/import-upload.ts';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function gathered<T>(some: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of some) all.push(one);
  return all;
}

async function textOf(bytes: Buffer, size = 7): Promise<string> {
  const pieces = await gathered(plainText(inPieces(bytes, size)));
  return Buffer.concat(pieces).toString('utf8');
}

async function rowsOf(text: string, from = { offset: 0, line: 1 }): Promise<CsvRow[]> {
  const bytes = Buffer.from(text);
  const textFrom = (offset: number) => inPieces(bytes.subarray(offset), 5);
  return gathered(csvRows({ textFrom, delimiter: ';' }, from));
}

async function* broken(): AsyncGenerator<Buffer> {
  yield Buffer.from('a;b\nc;d\n');
  throw new Error('gone');
}

const TEXT = 'Prénom;Panier\nÉloïse;12,50 €\nNoël;l’été\n';
const windows1252 = (text: string): Buffer =>
  Buffer.from(text.replaceAll('€', '\u0080').replaceAll('’', '\u0092'), 'latin1');
const utf16 = (text: string, mark: string): Buffer => Buffer.from(mark + text, 'utf16le');

describe('an uploaded file', () => {
  it.each<[string, Buffer]>([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with its mark', Buffer.from(`\uFEFF${TEXT}`)],
    ['UTF-16 of a small machine', utf16(TEXT, '\uFEFF')],
    ['UTF-16 of a large machine', utf16(TEXT, '\uFEFF').swap16()],
    ['UTF-16 without a mark', utf16(TEXT, '')],
    ['Windows-1252', windows1252(TEXT)],
    ['lines that end as on Windows', Buffer.from(TEXT.replaceAll('\n', '\r\n'))],
    ['lines that end as on old Macs', Buffer.from(TEXT.replaceAll('\n', '\r'))],
  ])('is the same text in %s', async (_encoding, bytes) => {
    for (const size of [1, 2, 7, 4096]) expect(await textOf(bytes, size)).toBe(TEXT);
  });

  it('is read whole when accents come late', async () => {
    const late = `${'abc;def\n'.repeat(20_000)}é;è\n`;
    expect(await textOf(Buffer.from(late), 1000)).toBe(late);
    expect(await textOf(windows1252(late), 1000)).toBe(late);
  });

  it('keeps its accents around broken bytes', async () => {
    const text = 'é;à;ç\n'.repeat(200);
    const bytes = Buffer.concat([Buffer.from(text), Buffer.from([0xe9, 0x0a])]);
    expect(await textOf(bytes)).toBe(`${text}\uFFFD\n`);
  });

  it('keeps a short list’s accents around one byte', async () => {
    const bytes = Buffer.concat([Buffer.from('Loïc;J’accepte\nZoé;'), Buffer.from([0xe9, 0x0a])]);
    expect(await textOf(bytes)).toBe('Loïc;J’accepte\nZoé;\uFFFD\n');
  });

  it('holds no NUL, which PostgreSQL would refuse', async () => {
    expect(await textOf(Buffer.from('a\0b;c\n'))).toBe('ab;c\n');
  });

  it('is cut into slices of one mebibyte', async () => {
    const bytes = Buffer.alloc(2 * SLICE + 17, 'abcdefg\n');
    const cut = await gathered(slices(inPieces(bytes, 100_003)));
    expect(cut.map(({ length }) => length)).toEqual([SLICE, SLICE, 17]);
    expect(Buffer.concat(cut).equals(bytes)).toBe(true);
  });
});

describe('a file of which only the first columns are looked at', () => {
  it('has the same rows, places and first cells', async () => {
    const bytes = Buffer.from('n;a;b\n1;x;y\n\n;;z\n2;"u\nv";w\n3');
    const textFrom = (offset: number) => inPieces(bytes.subarray(offset), 100);
    const from = { offset: 0, line: 1 };
    const whole = await gathered(csvRows({ textFrom, delimiter: ';' }, from));
    const first = await gathered(csvRows({ textFrom, delimiter: ';', most: 1 }, from));
    expect(first[1]).toMatchObject({ cells: ['1'], line: 2 });
    const told = whole.filter(({ cells }) => cells?.[0] !== '');
    expect(first.map(({ line, next }) => ({ line, next }))).toEqual(
      told.map(({ line, next }) => ({ line, next })),
    );
    expect(first.map(({ cells }) => cells?.[0])).toEqual(told.map(({ cells }) => cells?.[0]));
  });
});

describe('the rows of a file', () => {
  it.each([
    ['a;b;c', ';'],
    ['a,b,"x;y;z;t"', ','],
    ['a\tb', '\t'],
    ['a|b|c', '|'],
    ['telephone', ';'],
  ])('are cut at the commonest sign in %s', (line, sign) => {
    expect(delimiterOf(line)).toBe(sign);
  });

  it('know the line on which they start', async () => {
    const rows = await rowsOf('a;b\n\n"x\ny\nz";1\n;\nlast;2\n');
    expect(rows.map(({ line, cells }) => [line, cells])).toEqual([
      [1, ['a', 'b']],
      [3, ['x\ny\nz', '1']],
      [7, ['last', '2']],
    ]);
  });

  it('lose one line to an open quote', async () => {
    const rows = await rowsOf('a;b\n"Dupont;1\nMartin;2\n"Durand";3\n');
    expect(rows.map(({ line, cells }) => [line, cells])).toEqual([
      [1, ['a', 'b']],
      [2, undefined],
      [3, ['Martin', '2']],
      [4, ['Durand', '3']],
    ]);
  });

  it('are not held when as long as files', async () => {
    const rows = await rowsOf(`a;b\n${'x'.repeat(600_000)};1\nc;d\n`);
    expect(rows.map(({ line, cells }) => [line, cells?.[0]])).toEqual([
      [1, 'a'],
      [2, undefined],
      [3, 'c'],
    ]);
  });

  it.each([
    ['a stray quote in a cell', 'Tuyau 5";b', ['Tuyau 5"', 'b']],
    ['a quote that closes too soon', '"q"r;s', ['"q"r', 's']],
    ['doubled quotes', '"a ""b""";c', ['a "b"', 'c']],
    ['an empty quoted cell at the end', 'a;""', ['a', '']],
  ])('are read in spite of %s', async (_what, line, cells) => {
    expect((await rowsOf(`${line}\nnext;2\n`)).map((row) => row.cells)).toEqual([cells, ['next', '2']]);
  });

  it('fail aloud when their source does', async () => {
    await expect(
      gathered(csvRows({ textFrom: broken, delimiter: ';' }, { offset: 0, line: 1 })),
    ).rejects.toThrow('gone');
  });

  it('match another reader’s in a well-formed file', async () => {
    const cell = fc.stringMatching(/^[a-z "é\n;]{0,6}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 8 }),
        async (table) => {
          const text = table
            .map((cells) => `${cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(';')}\n`)
            .join('');
          const theirs = parse(text, {
            delimiter: ';',
            relax_column_count: true,
            skip_records_with_empty_values: true,
          });
          expect((await rowsOf(text)).map(({ cells }) => cells)).toEqual(theirs);
        },
      ),
    );
  });

  it('are the same wherever reading restarts', async () => {
    const cell = fc.stringMatching(/^[a-z "é\n;]{0,6}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 8 }),
        async (table) => {
          const text = table
            .map((cells) => `${cells.map((one) => `"${one.replaceAll('"', '""')}"`).join(';')}\n`)
            .join('');
          const all = await rowsOf(text);
          for (const [turn, { next }] of all.entries())
            expect(await rowsOf(text, next)).toEqual(all.slice(turn + 1));
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('a cell given back', () => {
  it.each([
    ['=1+1', `'=1+1`],
    ['+33612345678', `'+33612345678`],
    ['-2', `'-2`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['\tx', '"\tx"'],
    ['\t=x', `"\t'=x"`],
    ['DUPONT', 'DUPONT'],
    ['a;b "c"', '"a;b ""c"""'],
  ])('%s is text for a spreadsheet', (cell, written) => {
    expect(csvLine([cell])).toBe(`${written}\r\n`);
  });
});
