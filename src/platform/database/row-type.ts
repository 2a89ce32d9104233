import { channel } from 'node:diagnostics_channel';
import type { InferKyselyDB } from '@mikro-orm/postgresql';
import { sql, type RawBuilder } from 'kysely';
import type { entities } from './entities.ts';

/** The columns of each table as the entities declare them, by the names of their properties. */
export type Declared = InferKyselyDB<(typeof entities)[number], { columnNamingStrategy: 'property' }>;

/** A value as a statement of ours returns it: instants as ISO text (`iso(…)`), what JavaScript cannot count as text. */
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

/** One column of a result: a column of a table, or one that the statement computes. */
export class ResultColumn<Type> {
  /** Only for the compiler. */
  declare readonly type: Type;
  /** Its table and property, else its type in JavaScript. */
  readonly source: { readonly table: string; readonly property: string } | { readonly kind: Kind };
  /** Undefined where the entity decides it. */
  readonly nullable: boolean | undefined;

  constructor(source: ResultColumn<Type>['source'], nullable: boolean | undefined) {
    this.source = source;
    this.nullable = nullable;
  }

  /** The same column where a statement may return null for it: one of an outer join, or of no rows. */
  orNull(): ResultColumn<Type | null> {
    return new ResultColumn(this.source, true);
  }

  /** The same column with a narrower type: one of these words, or JSON of this shape. */
  as<Narrower extends NonNullable<Type>>(): ResultColumn<Narrower | Extract<Type, null>> {
    return new ResultColumn(this.source, this.nullable);
  }

  /** The same column of an outer join whose row the code takes only where another column says that it is there. */
  whereJoined(): ResultColumn<Type> {
    return new ResultColumn(this.source, true);
  }

  /** The same column where the statement returns only rows that have it. */
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

/** A result with the columns of its row type; tests compare them with the description of PostgreSQL. */
export interface CheckedResult {
  readonly columns: Columns;
  readonly text: string;
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  readonly rows: readonly unknown[];
}

/** Only tests subscribe: without them no statement is remembered, and no result is published. */
const results = channel('bonheure:rows');
const typed = new WeakMap<object, Columns>();

/** Publishes the result of a statement with a row type. */
export function tellResult(
  statement: object,
  text: string,
  { fields, rows }: Pick<CheckedResult, 'fields' | 'rows'>,
): void {
  if (!results.hasSubscribers) return;
  const columns = typed.get(statement);
  if (columns !== undefined) results.publish({ columns, text, fields, rows } satisfies CheckedResult);
}

/** The rows of a statement: which columns it returns, taken from the entities as far as they are theirs. */
export class RowType<Row> {
  /** Only for the compiler. */
  declare readonly row: Row;
  readonly columns: Columns;

  constructor(columns: Columns) {
    this.columns = columns;
  }

  /** A statement, as `sql` writes it, that returns such rows. */
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

/** Rows of which no column is a table's own. */
export const computedRows = <const More extends Columns>(columns: More): RowType<Computed<More>> =>
  new RowType(columns);

/** The type of the rows that a statement of this row type returns. */
export type RowOf<Type extends { readonly row: unknown }> = Type['row'];

/** Rows of which only the id is asked. */
export const idRows = computedRows({ id: col.text() });

/** Rows of which only the tenant is asked. */
export const tenantIdRows = computedRows({ tenantId: col.text() });

/** The row of `SELECT count(*) AS count`. */
export const countRows = computedRows({ count: col.number() });
