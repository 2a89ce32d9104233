import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MIN_AGE_MARKETING } from '../../src/law/chapters/consent.ts';
import { dated, type Dated } from '../../src/rule/rule.ts';

/** Columns that keep what a number of the law made of a fact when it was written; the mark reads them as they are. */
const STORED = [{ column: 'adult-on', number: MIN_AGE_MARKETING }];

const MIGRATIONS = readdirSync(new URL('../../migrations/', import.meta.url));

/** The changes of a number for which no migration `…-<column>-from-<day>.ts` computes its column again. */
const notRefilled = (column: string, { turns }: Dated<unknown>, migrations: readonly string[]): string[] =>
  turns
    .slice(1)
    .map(({ from }) => `-${column}-from-${from}.ts`)
    .filter((name) => !migrations.some((migration) => migration.endsWith(name)));

it.each(STORED)('$column is recomputed for each new value', ({ column, number }) => {
  expect(notRefilled(column, number, MIGRATIONS)).toEqual([]);
});

it('a changed age without a migration is noticed', () => {
  const raised = dated(
    [{ id: 'CON-05', inForceFrom: '2018-06-20', inForceUntil: '2027-12-31' }, 18],
    [{ id: 'CON-05', inForceFrom: '2028-01-01' }, 21],
  );
  expect(notRefilled('adult-on', raised, MIGRATIONS)).toEqual(['-adult-on-from-2028-01-01.ts']);
  expect(notRefilled('adult-on', raised, ['20271101000000-adult-on-from-2028-01-01.ts'])).toEqual([]);
});
