import {
  AbstractSqlConnection,
  AbstractSqlDriver,
  type Configuration,
  PostgreSqlPlatform,
} from '@mikro-orm/postgresql';

/** The answer to a statement of the entity manager. */
export interface EntityAnswer {
  readonly rows: readonly object[];
  readonly affected: number;
}

/** Runs a statement of the entity manager in the transaction that it belongs to. */
export interface EntityStatements {
  askForEntities(text: string, values: readonly unknown[]): Promise<EntityAnswer>;
}

/** Thrown where the entity manager would open a connection of its own: a fault of the caller. */
class OutsideOfTransaction extends Error {
  override readonly name = 'OutsideOfTransaction';
}

/** Runs the statements of the entity manager in transactions that others opened: it has no connection of its own. */
class OpenTransaction extends AbstractSqlConnection {
  override createKyselyDialect(): never {
    throw new OutsideOfTransaction('the entity manager was used outside of a transaction');
  }

  /** Sends values beside the statement: as the ORM does it, each log of a failed statement would show them. */
  override async execute<T>(...[query, values = [], method = 'all', within]: Asked): Promise<T> {
    if (typeof query !== 'string' || !isList(values) || !isOurs(within)) return this.createKyselyDialect();
    const { rows, affected } = await within.askForEntities(numbered(query), values);
    const [row] = rows;
    const results = { all: rows, get: row, run: { affectedRows: affected, row, rows } };
    return results[method] as T; // As the ORM reads each method.
  }
}

type Asked = Parameters<AbstractSqlConnection['execute']>;

const isList = (values: Asked[1]): values is readonly unknown[] => Array.isArray(values);

const isOurs = (within: unknown): within is EntityStatements =>
  within instanceof Object && 'askForEntities' in within;

/** The ORM writes each value as a question mark, and an operator of that name as `\?`. */
function numbered(query: string): string {
  let count = 0;
  return query.replaceAll(/\\\?|\?/g, (found) => (found === '?' ? `$${(count += 1)}` : '?'));
}

/** PostgreSQL, through transactions that are open already. */
export class OpenTransactionDriver extends AbstractSqlDriver<OpenTransaction> {
  constructor(config: Configuration) {
    super(config, new PostgreSqlPlatform(), OpenTransaction, ['pg']);
  }
}
