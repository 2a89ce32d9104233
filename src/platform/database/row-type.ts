import { channel } from 'node:diagnostics_channel';
import type { InferKyselyDB } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import type { entities } from './entities.ts';

/** The columns of each table as the entities declare them, by the names of their properties. */
export type Declared = InferKyselyDB<(typeof entities)[number], { columnNamingStrategy: 'property' }>;

/** The type in which a statement returns a column: instants as ISO text, 64-bit integers as text, arrays read-only. */
export type Returned<Value> = unknown extends Value
  ? unknown
  : Value extends Date | bigint
    ? string
    : Value extends Uint8Array
      ? Buffer
      : Value extends readonly (infer Item)[]
        ? readonly Item[]
        : Value;

type TableName = keyof Declared;
type Property<Table extends TableName> = keyof Declared[Table] & string;
type ColumnOf<Table extends TableName, Name extends Property<Table>> = Returned<Declared[Table][Name]>;

/** The type that a column has in JavaScript after the driver has parsed it. */
export type Kind = 'text' | 'number' | 'boolean' | 'bytes' | 'json' | 'list';

/** One column of a result: a table's own column, or one that the statement computes. */
export class ResultColumn<Type> {
  /** Carries the type to the compiler; there is no such property when the program runs. */
  declare readonly type: Type;
  /** The table and the property of a table's column; the type in JavaScript of a computed one. */
  readonly source: { readonly table: string; readonly property: string } | { readonly kind: Kind };
  /** Undefined where the entity says whether the column may be null. */
  readonly nullable: boolean | undefined;

  constructor(source: ResultColumn<Type>['source'], nullable: boolean | undefined) {
    this.source = source;
    this.nullable = nullable;
  }

  /** The same column, for a statement that may return null in it: by an outer join, or an aggregate of no rows. */
  orNull(): ResultColumn<Type | null> {
    return new ResultColumn(this.source, true);
  }

  /** The same column with a narrower type: some words instead of any text, or a shape of JSON. */
  as<Narrower extends NonNullable<Type>>(): ResultColumn<Narrower | Extract<Type, null>> {
    return new ResultColumn(this.source, this.nullable);
  }

  /**
   * The same column of an outer join that may be null, but is read only where another column says that the row
   * exists.
   */
  whereJoined(): ResultColumn<Type> {
    return new ResultColumn(this.source, true);
  }

  /** The same column, never null, for a statement that returns only rows with a value in it. */
  known(): ResultColumn<NonNullable<Type>> {
    return new ResultColumn(this.source, false);
  }
}

const computed = <Type>(kind: Kind): ResultColumn<Type> => new ResultColumn<Type>({ kind }, false);

/** The columns that a statement computes, renames or narrows. */
export const col = {
  text: <Text extends string = string>() => computed<Text>('text'),
  number: () => computed<number>('number'),
  flag: () => computed<boolean>('boolean'),
  bytes: () => computed<Buffer>('bytes'),
  json: <Type>() => computed<Type>('json'),
  list: <Item>() => computed<readonly Item[]>('list'),
  /** A table's column under another name. */
  of: <Table extends TableName, Name extends Property<Table>>(table: Table, property: Name) =>
    new ResultColumn<ColumnOf<Table, Name>>({ table, property }, undefined),
} as const;

type Columns = Readonly<Record<string, ResultColumn<unknown>>>;
type Computed<More extends Columns> = { readonly [Name in keyof More]: More[Name]['type'] };
type Taken<Table extends TableName, Name extends Property<Table>> = {
  readonly [Key in Name]: ColumnOf<Table, Key>;
};
type Flat<Type> = { readonly [Key in keyof Type]: Type[Key] };

/** The result of a statement, with the columns of its row type; tests compare them with what PostgreSQL returned. */
export interface CheckedResult {
  readonly columns: Columns;
  readonly text: string;
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  readonly rows: readonly unknown[];
}

/** Only tests subscribe; without a subscriber no statement is remembered and no result is published. */
const results = channel('bonheure:rows');
const typed = new WeakMap<object, Columns>();

/** Publishes the result of a statement that has a row type, for the tests that check row types. */
export function publishResult(
  statement: object,
  text: string,
  { fields, rows }: Pick<CheckedResult, 'fields' | 'rows'>,
): void {
  if (!results.hasSubscribers) return;
  const columns = typed.get(statement);
  if (columns !== undefined) results.publish({ columns, text, fields, rows } satisfies CheckedResult);
}

/** The columns that a statement returns; columns of tables take their types from the entities. */
export class RowType<Row> {
  /** Carries the type to the compiler; there is no such property when the program runs. */
  declare readonly row: Row;
  readonly columns: Columns;

  constructor(columns: Columns) {
    this.columns = columns;
  }

  /** The tag `sql` for a statement that returns such rows. */
  readonly sql = (strings: TemplateStringsArray, ...values: readonly unknown[]): RawBuilder<Row> => {
    const statement = sql<Row>(strings, ...values);
    if (results.hasSubscribers) typed.set(statement, this.columns);
    return statement;
  };

  /** The same rows with columns of one more table. */
  and<Table extends TableName, Name extends Property<Table>>(
    table: Table,
    names: readonly Name[],
  ): RowType<Flat<Row & Taken<Table, Name>>> {
    return new RowType({ ...this.columns, ...taken(table, names) });
  }

  /** The same rows with columns that the statement computes, renames or narrows. */
  with<const More extends Columns>(more: More): RowType<Flat<Omit<Row, keyof More> & Computed<More>>> {
    return new RowType({ ...this.columns, ...more });
  }
}

const taken = (table: string, names: readonly string[]): Columns =>
  Object.fromEntries(
    names.map((property) => [property, new ResultColumn<unknown>({ table, property }, undefined)]),
  );

/** Rows with these columns of a table. */
export const rowsOf = <Table extends TableName, Name extends Property<Table>>(
  table: Table,
  names: readonly Name[],
): RowType<Flat<Taken<Table, Name>>> => new RowType(taken(table, names));

/** Rows of which no column is taken by its own name from a table. */
export const computedRows = <const More extends Columns>(columns: More): RowType<Computed<More>> =>
  new RowType(columns);

/** The type of the rows that a statement of this row type returns. */
export type RowOf<Type extends { readonly row: unknown }> = Type['row'];

/** Rows of an id alone. */
export const idRows = computedRows({ id: col.text() });

/** Rows of a tenant's id alone. */
export const tenantIdRows = computedRows({ tenantId: col.text() });

/** The row of `SELECT count(*) AS count`. */
export const countRows = computedRows({ count: col.number() });
