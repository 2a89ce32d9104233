import { expect, it } from 'vitest';
import { oddDates } from '../../../src/reading/import-header.ts';

it('dates are judged by early rows', async () => {
  let read = 0;
  const rows = (async function* () {
    for (; read < 100_000; read += 1)
      yield { line: read + 1, cells: ['12/31/2026'], next: { offset: 0, line: read + 2 } };
  })();
  expect(await oddDates(rows, () => [0])).toEqual([0]);
  expect(read).toBeLessThan(1_000);
});
