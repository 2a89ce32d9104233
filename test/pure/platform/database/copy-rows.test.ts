import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CopyColumns } from '../../../../src/platform/database/copy-rows.ts';

const written = (write: (columns: CopyColumns) => CopyColumns): Buffer => write(new CopyColumns(16)).written;

describe('columns as PostgreSQL copies them', () => {
  it('hold numbers, instants and texts PostgreSQL reads', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        fc.integer({ min: -(10 ** 12), max: 4 * 10 ** 12 }),
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        (number, ms, text) => {
          expect(written((columns) => columns.int(number)).readInt32BE(4)).toBe(number);
          const at = written((columns) => columns.instant(ms)).readBigInt64BE(4);
          expect(Number(at) / 1_000 + Date.UTC(2000, 0, 1)).toBe(ms);
          const said = written((columns) => columns.text(text));
          expect([said.readInt32BE(0), said.toString('utf8', 4)]).toEqual([Buffer.byteLength(text), text]);
        },
      ),
    );
  });

  it.each<[string, (columns: CopyColumns) => CopyColumns]>([
    ['a number of 33 bits', (columns) => columns.int(2 ** 31)],
    ['half a number', (columns) => columns.int(0.5)],
    ['an instant that is none', (columns) => columns.instant(Number.NaN)],
    ['a day that is none', (columns) => columns.date('2026-02-31x')],
  ])('never hold something else instead of %s', (_, write) => {
    expect(() => written(write)).toThrow('whole');
  });
});
