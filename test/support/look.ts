// Opens the databases that failed tests left, until Ctrl-C: npx node test/support/look.ts <folder>
import { Client } from 'pg';
import { startPostgres } from '../../src/main/embedded/postgres.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder that the test run printed.');
const postgres = await startPostgres({ folder, durable: false });
const client = new Client({ connectionString: postgres.url('postgres', 'postgres') });
await client.connect();
const kept = await client.query<{ datname: string }>(
  String.raw`SELECT datname FROM pg_database WHERE datname LIKE 't\_%' ORDER BY 1`,
);
await client.end();
for (const { datname } of kept.rows) console.log(`psql '${postgres.url('postgres', datname)}'`);
process.once('SIGINT', () => {
  void postgres.stop();
});
await postgres.ended;
