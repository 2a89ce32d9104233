// Starts the embedded PostgreSQL alone, or everything with stand-ins of api and worker: to be killed by tests.
import { ensureKeyRing } from '../../../src/settings/key-ring.ts';
import { migrate } from '../../../src/settings/migrate.ts';
import { readConfig } from '../../../src/settings/config.ts';
import { startPostgres } from '../../../src/main/embedded/postgres.ts';
import { Supervisor } from '../../../src/main/embedded/supervisor.ts';

const [what, folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name a folder.');

if (what === 'postgres') {
  const { pid } = await startPostgres({ folder, durable: true });
  console.log(JSON.stringify({ pid }));
  setInterval(() => undefined, 60_000);
} else {
  const env = { ...process.env, BONHEURE_DATA: folder };
  const supervisor = new Supervisor({
    config: readConfig(env),
    env,
    entries: {
      api: `${folder}/../api.mjs`,
      public: `${folder}/../public.mjs`,
      worker: `${folder}/../worker.mjs`,
    },
    migrate,
    ensureKeys: ensureKeyRing,
    tell: () => undefined,
  });
  process.once('SIGTERM', () => void supervisor.stop().then(() => process.exit(0)));
  console.log(JSON.stringify(await supervisor.start()));
}
