import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine, unguarded, cellsOf } from '../../../../src/base/csv-reader.ts';
import { cases } from '../../../support/cases.ts';

const HOSTILE = Array.from(`=+-@|%\t\r\n,;"' \u00A0＝＋－＠｜％a1`);
const cell = fc.array(fc.constantFrom(...HOSTILE), { maxLength: 12 }).map((signs) => signs.join(''));
const row = fc.array(cell, { minLength: 1, maxLength: 4 });

/** Begins as what a spreadsheet runs, once what it looks through is taken away. */
const RUN = /^[ "\u00A0]*[=+\-@|%＝＋－＠｜％]/;

describe('a cell of an export', () => {
  it('runs in no spreadsheet, whatever its separator', () => {
    fc.assert(
      fc.property(row, (cells) => {
        const line = csvLine(cells);
        for (const separator of [',', ';', '\t'])
          for (const piece of line.split(new RegExp(`[\r\n${separator}]`))) expect(piece).not.toMatch(RUN);
      }),
      { numRuns: cases(1_500, 5_000) },
    );
  });

  it('says to an import what it said before', () => {
    fc.assert(
      fc.property(row, (cells) => {
        const read = cellsOf(csvLine(cells).slice(0, -2), ';');
        expect(read.kind === 'cells' && read.cells.map(unguarded)).toEqual(cells);
      }),
      { numRuns: cases(1_500, 5_000) },
    );
  });

  it.each(['x,=cmd|calc', ' =1+1', '＝1+1', '\t=1', 'x;"@a'])('%j is no formula', (text) => {
    expect(csvLine([text])).toContain("'");
  });
});
