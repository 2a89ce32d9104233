import {
  CamelCasePlugin,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type ColumnType,
  type CompiledQuery,
  type QueryExecutorProvider,
  type UnknownRow,
} from 'kysely';
import type { Declared } from './row-type.ts';

/** A value as a statement takes it: instants as ISO text, JSON as its text. */
type Written<Value> = unknown extends Value
  ? ColumnType<unknown, string | null, string | null>
  : Extract<Value, Date> extends never
    ? Value
    : ColumnType<Value, string | Exclude<Value, Date>, string | Exclude<Value, Date>>;

/** Every table, by the names of its entity's properties. */
export type Tables = {
  readonly [Table in keyof Declared]: {
    readonly [Name in keyof Declared[Table]]: Written<Declared[Table][Name]>;
  };
};

const dialect = {
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => new DummyDriver(),
  createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
};

/** Compiles statements of `sql` to text; nothing is ever run on it. */
export const compiler = new Kysely<Record<string, never>>({ dialect });

const names = new CamelCasePlugin({ maintainNestedObjectKeys: true });

/** Writes statements typed by the entities; a transaction runs them, so that they see one tenant. */
export const query = new Kysely<Tables>({ dialect, plugins: [names] });

/** A statement of `sql` or of `query`. */
export interface TypedStatement<Row> {
  compile(executor: QueryExecutorProvider): CompiledQuery<Row>;
}

/** Says whether the builder wrote it: its rows have the names of columns until they are renamed to those of properties. */
export const isBuilt = ({ query: node }: CompiledQuery): boolean => node.kind !== 'RawNode';

/** Rows of such a statement, by the names of properties. */
export async function withPropertyNames<Row>(compiled: CompiledQuery, rows: Row[]): Promise<Row[]> {
  const result = { rows: rows as UnknownRow[] };
  return (await names.transformResult({ result, queryId: compiled.queryId })).rows as Row[];
}
