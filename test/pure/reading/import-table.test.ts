import { describe, expect, it } from 'vitest';
import {
  MOST_COLUMNS,
  openTable,
  withoutHeading,
  type FileTable,
} from '../../../src/reading/import-table.ts';

const aTable = async (text: string): Promise<FileTable> => {
  const table = await openTable(async function* (offset) {
    yield Buffer.from(text).subarray(offset);
  });
  if (table.kind !== 'table') throw new Error('no table');
  return table;
};

describe('a file whose headings are not in its first line', () => {
  it('names the line of its likely headings', async () => {
    const table = await aTable('Export du 5 mars;\n;\ntelephone;prenom\n0639980171;Ana\n');
    const found = await withoutHeading(
      { code: 'PHONE_COLUMN_MISSING' },
      table,
      (cells) => cells[0] === 'telephone',
    );
    expect(found.failure).toMatchObject({ line: 1, headingsAt: 3 });
  });

  it('is searched only in possible heading rows', async () => {
    const looked: number[] = [];
    const wide = [';', ','].map((sign) => sign.repeat(5 * MOST_COLUMNS));
    const table = await aTable(`titre;\n${[...wide, 'telephone;prenom', ...wide].join('\n')}\n`);
    await withoutHeading({ code: 'PHONE_COLUMN_MISSING' }, table, (cells) => looked.push(cells.length) === 0);
    expect(looked).toEqual([2]);
  });
});
