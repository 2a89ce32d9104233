import {
  CamelCasePlugin,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
  type AliasedRawBuilder,
  type ColumnType,
  type Compilable,
  type CompiledQuery,
  type InferResult,
  type QueryExecutorProvider,
  type RawBuilder,
  type UnknownRow,
} from 'kysely';
import { types, type CustomTypesConfig } from 'pg';
import type { Declared, Returned } from './row-type.ts';
import { FRENCH_ZONE, type Dated } from '../../rule/index.ts';

type Counted<Value> = Value extends bigint ? number : Returned<Value>;

/**
 * The type in which a statement of `query` reads and writes a column: instants as ISO text, 64-bit integers as
 * numbers; JSON is written as text.
 */
type Column<Value> = unknown extends Value
  ? ColumnType<unknown, string | null, string | null>
  : Counted<Value>;

/** Every table, by the names of its entity's properties. */
export type Tables = {
  readonly [Table in keyof Declared]: {
    readonly [Name in keyof Declared[Table]]: Column<Declared[Table][Name]>;
  };
};

const dialect = {
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => new DummyDriver(),
  createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
};

/** Compiles statements of `sql` to text; it runs nothing. */
export const compiler = new Kysely<Record<string, never>>({ dialect });

const names = new CamelCasePlugin({ maintainNestedObjectKeys: true });

/** Writes statements typed by the entities; a transaction runs them, so that they see one tenant. */
export const query = new Kysely<Tables>({ dialect, plugins: [names] });

/** One row of a statement of `query`. */
export type ResultOf<Statement extends Compilable> = Readonly<InferResult<Statement>[number]>;

/** Smaller than every id: the first page begins after it. */
export const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/**
 * Matches any of these values, as in `where('id', '=', anyOf(ids, 'uuid'))`. They are one parameter; an empty list
 * matches nothing.
 */
export const anyOf = <Value extends string | Buffer>(
  values: readonly Value[],
  type: 'uuid' | 'bytea',
): RawBuilder<Value> => sql`ANY(${values}::${sql.raw(type)}[])`;

/** The bytes of a column in hexadecimal, under the column's name. */
export const hexOf = <Name extends string>(name: Name): AliasedRawBuilder<string, Name> =>
  sql<string>`encode(${sql.ref(name)}, 'hex')`.as(name);

/** A page of rows in order of their ids. */
export interface Page {
  readonly limit: number;
  /** The id of the row before its first; absent for the first page. */
  readonly after?: string | undefined;
}

/** Cuts a page: one more row than requested was read, which shows whether there is more. */
export function pageOf<T extends { readonly id: string }>(
  rows: readonly T[],
  limit: number,
): { items: T[]; next: string | null } {
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** A statement of `sql` or of `query`. */
export interface TypedStatement<Row> {
  compile(executor: QueryExecutorProvider): CompiledQuery<Row>;
}

/**
 * Says whether `query` built the statement: its rows then have the columns' names, to be renamed to those of
 * properties.
 */
export const isBuilt = ({ query: node }: CompiledQuery): boolean => node.kind !== 'RawNode';

const { TIMESTAMPTZ, INT8, DATE } = types.builtins;
const parseTimestamp = types.getTypeParser(TIMESTAMPTZ) as (text: string) => Date | number;

/**
 * Parsers by type: instants to ISO text, 64-bit integers to numbers, dates as text; the driver parses all other
 * types.
 */
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [TIMESTAMPTZ]: (text) => {
    const parsed = parseTimestamp(text);
    return parsed instanceof Date ? parsed.toISOString() : text;
  },
  [INT8]: Number,
  [DATE]: (text) => text,
};

/** Parses the values of a statement of `query`, whose select list cannot convert them in SQL. */
export const builtValues: CustomTypesConfig = {
  getTypeParser: (type, format): unknown => PARSERS[type] ?? types.getTypeParser(type, format),
};

/** Renames the columns of a statement of `query` to the properties of its entities. */
export async function withPropertyNames<Row>(compiled: CompiledQuery, rows: Row[]): Promise<Row[]> {
  // The plugin changes names alone, so the rows keep the statement's type.
  const result = { rows: rows as UnknownRow[] };
  return (await names.transformResult({ result, queryId: compiled.queryId })).rows as Row[];
}

/**
 * Writes as SQL the value that a rule of the law has on the day of an instant, by French clocks. `at` is an
 * expression of SQL; `toSql` writes one value. A rule that never changed becomes that value.
 */
export function lawOn<T>(at: string, parameter: Dated<T>, toSql: (value: T) => string): string {
  const [first, ...later] = parameter.turns;
  if (first === undefined || later.length === 0)
    return parameter.turns.map(({ value }) => toSql(value)).join('');
  const day = `(${at} AT TIME ZONE '${FRENCH_ZONE}')::date`;
  const branches = later
    .toReversed()
    .map(({ from, value }) => `WHEN ${day} >= '${from}' THEN ${toSql(value)}`);
  return `(CASE ${branches.join(' ')} ELSE ${toSql(first.value)} END)`;
}
