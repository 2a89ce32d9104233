import {
  FlushMode,
  MikroORM,
  type Dictionary,
  type EntityName,
  type FilterQuery,
  type QueryOrder,
  type RequiredEntityData,
} from '@mikro-orm/core';
import {
  LockMode,
  SqlEntityManager,
  AbstractSqlConnection,
  AbstractSqlDriver,
  type Configuration,
  PostgreSqlPlatform,
} from '@mikro-orm/postgresql';
import { FormSchema, FormVersionSchema } from './entities/consent.entity.ts';
import { BrandSchema, TenantSchema, WebhookEndpointSchema } from './entities/tenant.entity.ts';
import { openSealed, sealChanged, type TenantSealer } from './property-types.ts';

/**
 * The entities that the manager knows. To discover all entities would take four times as long, and three times the
 * memory.
 */
const owned = [BrandSchema, FormSchema, FormVersionSchema, WebhookEndpointSchema];

interface Search<Entity> {
  readonly orderBy?: { readonly [Name in keyof Entity]?: `${QueryOrder.asc | QueryOrder.desc}` };
  readonly limit?: number;
  /** True to lock the rows `FOR UPDATE` until the transaction ends. */
  readonly locked?: boolean;
}

/**
 * The ordinary rows of one tenant, in one open transaction. Each row is one object, which every search brings up to
 * date. Changes to it are written by `flush`, at the latest by the next search.
 */
export interface Entities {
  find<Entity extends object>(
    entity: EntityName<Entity>,
    where: FilterQuery<NoInfer<Entity>>,
    search?: Search<Entity>,
  ): Promise<Entity[]>;
  findOne<Entity extends object>(
    entity: EntityName<Entity>,
    where: FilterQuery<NoInfer<Entity>>,
    search?: Pick<Search<Entity>, 'locked'>,
  ): Promise<Entity | undefined>;
  count<Entity extends object>(
    entity: EntityName<Entity>,
    where: FilterQuery<NoInfer<Entity>>,
  ): Promise<number>;
  /** Makes a row, which `flush` inserts. */
  create<Entity extends object>(entity: EntityName<Entity>, row: RequiredEntityData<NoInfer<Entity>>): Entity;
  /** Writes all rows that were made or changed. */
  flush(): Promise<void>;
}

/**
 * A manager that knows whether it holds unwritten changes. During a flush it does not compute them, which would
 * disturb the flush.
 */
class WatchedManager extends SqlEntityManager<OpenTransactionDriver> {
  sealer: TenantSealer | undefined;
  #flushes = 0;

  override async flush(): Promise<void> {
    this.#seal();
    this.#flushes += 1;
    try {
      await super.flush();
    } finally {
      this.#flushes -= 1;
    }
  }

  isUnflushed(): boolean {
    if (this.#flushes > 0) return true;
    this.#seal();
    const work = this.getUnitOfWork();
    work.computeChangeSets();
    return work.getChangeSets().length > 0;
  }

  #seal(): void {
    const work = this.getUnitOfWork();
    for (const row of work.getIdentityMap()) sealChanged(row, this.sealer);
    for (const row of work.getPersistStack()) sealChanged(row, this.sealer);
  }
}

let shared: WatchedManager | undefined;

/** The one manager of the process, made at first use; each transaction has forks of it. */
const sharedManager = (): WatchedManager =>
  (shared ??= new MikroORM<OpenTransactionDriver, WatchedManager>({
    driver: OpenTransactionDriver,
    entityManager: WatchedManager,
    dbName: 'of each transaction',
    entities: [...owned, TenantSchema],
    metadataCache: { enabled: false },
    filters: {
      tenant: {
        cond: ({ id }: Dictionary<string>) => ({ tenantId: id }),
        entity: owned.map(({ meta }) => meta.class),
      },
      itself: { cond: ({ id }: Dictionary<string>) => ({ id }), entity: [TenantSchema.meta.class] },
    },
    flushMode: FlushMode.ALWAYS,
    ensureDatabase: false,
    logger: () => undefined,
  }).em);

/** Thrown for SQL, or a commit, between a change of an entity and its flush: their order would be left to chance. */
class Unflushed extends Error {
  override readonly name = 'Unflushed';
}

/** The entity managers of one transaction: one for each tenant that it entered. */
export class EntityManagers {
  readonly #statements: EntityStatements;
  readonly #made = new Map<string, WatchedManager>();

  constructor(statements: EntityStatements) {
    this.#statements = statements;
  }

  of(tenantId: string, sealer: TenantSealer | undefined): Entities {
    const em = this.#made.get(tenantId) ?? this.#make(tenantId);
    em.sealer = sealer ?? em.sealer;
    return entitiesOf(em);
  }

  /**
   * Throws while changes of entities are unwritten, so that they and the SQL of a transaction run in the order of the
   * code.
   */
  refuseUnflushed(): void {
    for (const em of this.#made.values())
      if (em.isUnflushed()) throw new Unflushed('changed entities were not flushed');
  }

  #make(tenantId: string): WatchedManager {
    const em: WatchedManager = sharedManager().fork();
    em.setTransactionContext(this.#statements);
    em.setFilterParams('tenant', { id: tenantId });
    em.setFilterParams('itself', { id: tenantId });
    this.#made.set(tenantId, em);
    return em;
  }
}

/** Each search reads the rows again, since SQL of the same transaction may have changed them. */
const entitiesOf = (em: WatchedManager): Entities => ({
  find: async (entity, where, { locked, ...search } = {}) => {
    const found = await em.find(entity, where, { ...search, ...(locked === true && LOCKED), refresh: true });
    for (const row of found) openSealed(row, em.sealer);
    return found;
  },
  findOne: async (entity, where, { locked } = {}) => {
    const found = await em.findOne(entity, where, { ...(locked === true && LOCKED), refresh: true });
    if (found !== null) openSealed(found, em.sealer);
    return found ?? undefined;
  },
  count: (entity, where) => em.count(entity, where),
  // `Entities` has checked the row; the ORM would check it against a type of its own.
  create: (entity, row) => em.create(entity, row as never),
  flush: () => em.flush(),
});

const LOCKED = { lockMode: LockMode.PESSIMISTIC_WRITE } as const;

/** The answer to a statement of the entity manager. */
export interface EntityAnswer {
  readonly rows: readonly object[];
  readonly affected: number;
}

/** Runs a statement of the entity manager in the transaction that it belongs to. */
export interface EntityStatements {
  askForEntities(text: string, values: readonly unknown[]): Promise<EntityAnswer>;
}

/** Thrown where the entity manager would open a connection of its own; a mistake of the caller. */
class OutsideOfTransaction extends Error {
  override readonly name = 'OutsideOfTransaction';
}

/** The entity manager's connection, which runs its statements in the transaction of the caller. */
class OpenTransaction extends AbstractSqlConnection {
  override createKyselyDialect(): never {
    throw new OutsideOfTransaction('the entity manager was used outside of a transaction');
  }

  /**
   * Sends values apart from the statement: the ORM writes them into it, and a log of a failed statement would show
   * them.
   */
  override async execute<T>(...[query, values = [], method = 'all', within]: ExecuteArguments): Promise<T> {
    if (typeof query !== 'string' || !isList(values) || !isOurs(within)) return this.createKyselyDialect();
    const { rows, affected } = await within.askForEntities(numbered(query), values);
    const [row] = rows;
    const results = { all: rows, get: row, run: { affectedRows: affected, row, rows } };
    return results[method] as T; // As the ORM reads each method.
  }
}

type ExecuteArguments = Parameters<AbstractSqlConnection['execute']>;

const isList = (values: ExecuteArguments[1]): values is readonly unknown[] => Array.isArray(values);

const isOurs = (within: unknown): within is EntityStatements =>
  within instanceof Object && 'askForEntities' in within;

/** Numbers the placeholders of a statement: the ORM writes a value as `?`, and an operator of that name as `\?`. */
function numbered(query: string): string {
  let count = 0;
  return query.replaceAll(/\\\?|\?/g, (found) => (found === '?' ? `$${(count += 1)}` : '?'));
}

class OpenTransactionDriver extends AbstractSqlDriver<OpenTransaction> {
  constructor(config: Configuration) {
    super(config, new PostgreSqlPlatform(), OpenTransaction, ['pg']);
  }
}
