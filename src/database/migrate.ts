import { pathToFileURL } from 'node:url';
import { MikroORM } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
import { fileURLToPath } from 'node:url';
import { entities } from './entities.ts';

/** Applies what is missing; answers the names applied. The url is the owner's. */
export async function migrate(url: string): Promise<string[]> {
  const orm = await MikroORM.init({
    entities,
    extensions: [Migrator],
    clientUrl: url,
    discovery: { warnWhenNoEntities: false },
    migrations: {
      path: fileURLToPath(new URL('../../migrations', import.meta.url)),
      glob: '*.ts',
      snapshot: false,
      tableName: 'migration',
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

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const url = process.env['DATABASE_URL'];
  if (url === undefined) {
    process.stderr.write(
      'Give the owner’s address of the database in DATABASE_URL, then run npm run migrate again.\n',
    );
    process.exit(1);
  }
  const applied = await migrate(url);
  process.stdout.write(applied.length === 0 ? 'Nothing to migrate.\n' : `Applied: ${applied.join(', ')}\n`);
}
