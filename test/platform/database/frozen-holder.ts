import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { openDatabase, type DatabaseOptions } from '../../../src/platform/database/connection.ts';

// A process that holds a transaction open, is frozen from outside, and tells what it finds when it comes back.
const [url = '', kind = '{}'] = process.argv.slice(2);
const settings = JSON.parse(kind) as Pick<DatabaseOptions, 'name' | 'ahead' | 'urgent'>;
const database = await openDatabase({ url, connections: 1, ...settings });
const say = (word: string): void => void process.stdout.write(`${word}\n`);

const held = database.outside(async (tx) => {
  await tx.first(sql`SELECT 1`);
  say('held');
  for (;;) {
    await pause(50);
    await tx.first(sql`SELECT 1`);
  }
});
await held.catch(() => say('refused'));
await database.outside((tx) => tx.first(sql`SELECT 1`));
say('served');
await database.close();
