import { Client } from 'pg';
import { unseal, type VersionedKey } from '../../src/crypto/cipher.ts';
import type { PersonKey, TenantKeys } from '../../src/crypto/tenant-keys.ts';

/** One value of one row, wherever it lies. */
export interface Cell {
  readonly table: string;
  readonly column: string;
  readonly row: Readonly<Record<string, unknown>>;
  readonly value: unknown;
}

/** Every column of every row of every table, as the owner of the machine reads them. */
export async function everyCell(superUrl: string): Promise<Cell[]> {
  const client = new Client({ connectionString: superUrl });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`,
    );
    const cells: Cell[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<Record<string, unknown>>(`SELECT * FROM ${name}`);
      for (const row of rows)
        cells.push(...Object.entries(row).map(([column, value]) => ({ table: name, column, row, value })));
    }
    return cells;
  } finally {
    await client.end();
  }
}

/** The keys that somebody may still have, those of the erased person among them. */
export interface Keys {
  readonly tenant: TenantKeys;
  readonly people: readonly PersonKey[];
  readonly inbox: VersionedKey | undefined;
}

/** What a value says in clear, and what it says to whoever has any of the keys. */
function sayings({ table, column, row, value }: Cell, keys: Keys): string[] {
  if (value === null || value === undefined) return [];
  if (!Buffer.isBuffer(value)) return [typeof value === 'string' ? value : JSON.stringify(value)];
  const said = [value.toString('utf8'), value.toString('latin1'), value.toString('utf16le')];
  for (const name of namesOf(row)) {
    const place = { table, column, row: name };
    const ways = [
      () => keys.tenant.open(place, value),
      () => keys.tenant.open(place, value, 'archive'),
      ...keys.people.map((person) => () => person.open(place, value)),
      ...(keys.inbox === undefined
        ? []
        : [() => unseal(keys.inbox as VersionedKey, { tenant: 'instance', ...place }, value)]),
    ];
    for (const open of ways) {
      try {
        said.push(open().toString('utf8'));
      } catch {
        continue;
      }
    }
  }
  return said;
}

/** How rows are named where their values are sealed. */
function namesOf(row: Readonly<Record<string, unknown>>): string[] {
  const ids = Object.values(row).filter((value): value is string => typeof value === 'string');
  const digests = Object.values(row).flatMap((value) =>
    Buffer.isBuffer(value) ? [value.toString('hex')] : [],
  );
  const pairs = [
    [row['batch_id'], row['seq']],
    [row['import_id'], row['line']],
    [row['import_id'], row['position']],
  ].flatMap(([one, other]) =>
    one === undefined || other === undefined
      ? []
      : [`${JSON.stringify(one).replaceAll('"', '')}/${JSON.stringify(other)}`],
  );
  return [...new Set([...ids.filter((id) => id.length === 36), ...digests, ...pairs])];
}

/** The cells in which one of these words stands, in clear or under a key: `table.column`. */
export const cellsWith = (cells: readonly Cell[], keys: Keys, words: readonly string[]): string[] => [
  ...new Set(
    cells
      .filter((cell) => sayings(cell, keys).some((said) => words.some((word) => said.includes(word))))
      .map(({ table, column }) => `${table}.${column}`),
  ),
];
