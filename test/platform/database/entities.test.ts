import { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, describe, expect, it } from 'vitest';
import { entities } from '../../../src/platform/database/entities.ts';
import { aDatabase, aClient } from '../../support/database.ts';

/** Tables that no entity maps, and why. */
const UNMAPPED: Record<string, string> = {
  tally: 'signed deltas have no identity: a row is never read alone',
  kept_size: 'signed changes have no identity: a row is never read alone',
  refund: 'what came back has no identity: only its sums are read',
  migration: 'the migrator’s own',
};

const test = await aDatabase();
const orm = await MikroORM.init({ entities, clientUrl: test.appUrl });
const client = await aClient(test.superUrl);

afterAll(() => orm.close(true));

interface Column {
  readonly table: string;
  readonly column: string;
  readonly nullable: boolean;
  readonly primary: boolean;
}

async function columnsOfDatabase(): Promise<(Column & { readonly type: string })[]> {
  const { rows } = await client.query<Column & { readonly type: string }>(`
    SELECT c.relname AS "table", a.attname AS "column", t.typname AS type, NOT a.attnotnull AS nullable,
           coalesce((SELECT a.attnum = ANY (i.indkey) FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary), false) AS primary
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1, a.attnum`);
  return rows;
}

const isColumn = ({ persist }: { readonly persist?: boolean }): boolean => persist !== false;

function columnsOfEntities(): Column[] {
  return [...orm.getMetadata().getAll().values()].flatMap((meta) =>
    meta.props.filter(isColumn).map((prop) => ({
      table: meta.tableName,
      column: prop.fieldNames[0] ?? prop.name,
      nullable: prop.nullable === true,
      primary: prop.primary === true,
    })),
  );
}

describe('the entities and the migrations', () => {
  it('name the same tables', async () => {
    const tables = new Set((await columnsOfDatabase()).map(({ table }) => table));
    const mapped = new Set(columnsOfEntities().map(({ table }) => table));
    expect([...tables].filter((table) => !mapped.has(table)).toSorted()).toEqual(
      Object.keys(UNMAPPED).toSorted(),
    );
    expect([...mapped].filter((table) => !tables.has(table))).toEqual([]);
  });

  it('name the same columns, nullability and keys', async () => {
    const shape = ({ table, column, nullable, primary }: Column) =>
      `${table}.${column}${nullable ? ' null' : ''}${primary ? ' key' : ''}`;
    const inDatabase = (await columnsOfDatabase()).filter(({ table }) => !(table in UNMAPPED)).map(shape);
    expect(columnsOfEntities().map(shape).toSorted()).toEqual(inDatabase.toSorted());
  });

  it('give each column a type that holds it', async () => {
    const types = new Map(
      (await columnsOfDatabase()).map(({ table, column, type }) => [`${table}.${column}`, type]),
    );
    const declared = [...orm.getMetadata().getAll().values()].flatMap((meta) =>
      meta.props
        .filter(isColumn)
        .map(
          (prop) =>
            [`${meta.tableName}.${prop.fieldNames[0] ?? prop.name}`, prop.columnTypes[0] ?? ''] as const,
        ),
    );
    const aliases: Record<string, string> = {
      int: 'int4',
      integer: 'int4',
      smallint: 'int2',
      bigint: 'int8',
      boolean: 'bool',
      'double precision': 'float8',
      'int[]': '_int4',
      'text[]': '_text',
      'uuid[]': '_uuid',
      'timestamptz[]': '_timestamptz',
    };
    const plain = (type: string) => aliases[type] ?? type.replace(/\(.*\)/, '');
    expect(declared.filter(([column, type]) => plain(type) !== types.get(column))).toEqual([]);
  });
});
