import { pathToFileURL } from 'node:url';
import { MikroORM } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
import { CannotStart } from '../base/index.ts';
import { MIGRATIONS, noteFirst } from './missing-migrations.ts';

/** Applies the migrations that a database lacks, as its owner; returns their names. */
export async function migrate(url: string): Promise<string[]> {
  await noteFirst(url);
  const orm = await MikroORM.init({
    // Migrations are plain SQL and use no entity.
    entities: [],
    extensions: [Migrator],
    clientUrl: url,
    // The ORM takes only host, port, user and database from `clientUrl`: without this, TLS would silently be lost.
    driverOptions: { connectionString: url },
    discovery: { warnWhenNoEntities: false },
    migrations: {
      path: MIGRATIONS.folder,
      glob: '*.ts',
      snapshot: false,
      tableName: MIGRATIONS.table,
      transactional: true,
      allOrNothing: true,
      emit: 'ts',
    },
    logger: () => undefined,
  });
  try {
    const applied = await orm.migrator.up();
    return applied.map(({ name }) => name);
  } finally {
    await orm.close(true);
  }
}

const complain = (sentence: string): never => {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
};

async function main(): Promise<void> {
  const url =
    process.env['DATABASE_URL'] ??
    complain('Give the owner’s address of the database in DATABASE_URL, then run npm run migrate again.');
  const applied = await migrate(url).catch((cause: unknown) => complain(troubleOf(cause)));
  process.stdout.write(applied.length === 0 ? 'Nothing to migrate.\n' : `Applied: ${applied.join(', ')}\n`);
}

/** Explains an error in one line, without the address, which may contain a password. */
function troubleOf(cause: unknown): string {
  if (cause instanceof CannotStart) return cause.message;
  const message = cause instanceof Error ? cause.message || cause.name : String(cause);
  return `The database could not be brought up to date (${message.split('\n')[0] ?? ''}): check that DATABASE_URL leads to a running server, and that its user owns the database.`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
