import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ProcessClock } from './clock.ts';
import { readConfig, type Config } from './config.ts';
import { openDatabase } from './database/connection.ts';
import { KeyRingUnusable } from './database/key-ring.ts';
import { CannotStart } from './errors.ts';
import {
  addKey,
  KeyOrderRefused,
  keysStatus,
  retireKey,
  rotateDataKeys,
  rotatePayloadKey,
  rotateRing,
  type Keyed,
} from './key-orders.ts';

const USAGE =
  'Usage: npm run keys -- status | add | rotate | rotate data | rotate payload | retire <version>; see docs/operating/keys.md';

/** Obeys one order; answers what to tell whoever gave it. */
async function obey(keyed: Keyed, [order = 'status', what, ...more]: readonly string[]): Promise<string> {
  const asked = [order, what].filter((word) => word !== undefined).join(' ');
  if (more.length > 0) throw new KeyOrderRefused(USAGE);
  if (asked === 'status') return (await keysStatus(keyed)).join('\n');
  if (asked === 'add')
    return `Key ${await addKey(keyed)} is in ${keyed.file}. Back the file up, copy it to each machine, then: npm run keys -- rotate`;
  if (asked === 'rotate')
    return `Key ${await rotateRing(keyed)} wraps from now on. Copy the file to each machine; a worker wraps the other keys anew.`;
  if (asked === 'rotate data')
    return `New data keys for ${await rotateDataKeys(keyed)} tenants. A worker puts them in force and seals old rows anew; npm run keys -- status shows what is left.`;
  if (asked === 'rotate payload') {
    await rotatePayloadKey(keyed);
    return 'A new key for what goes to Temporal. A worker puts it in force; what older keys sealed still opens.';
  }
  if (order === 'retire' && /^[1-9]\d{0,8}$/.test(what ?? '')) {
    await retireKey(keyed, Number(what));
    return `Key ${what} is out of ${keyed.file}. Copy the file to each machine; old backups need the key that they were made with.`;
  }
  throw new KeyOrderRefused(USAGE);
}

/** The database of the settings, else that of the instance which runs here. */
function databaseUrlOf({ databaseUrl, dataFolder }: Config): string {
  const runFile = path.join(dataFolder, 'run.json');
  if (databaseUrl !== undefined) return databaseUrl;
  if (!existsSync(runFile))
    throw new CannotStart(
      'No database: give DATABASE_URL, or run npm start in this folder (BONHEURE_DATA) first.',
    );
  return z.looseObject({ databaseUrl: z.string() }).parse(JSON.parse(readFileSync(runFile, 'utf8')))
    .databaseUrl;
}

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const url = databaseUrlOf(config);
  const database = await openDatabase({ url, connections: 2, name: 'bonheure-keys' });
  const { keysFile: file, journalFolder } = config;
  const keyed = { file, database, journalFolder, clock: new ProcessClock({ movable: false }) };
  try {
    process.stdout.write(`${await obey(keyed, process.argv.slice(2))}\n`);
  } finally {
    await database.close();
  }
}

try {
  await main();
} catch (cause) {
  const isSaid = [KeyOrderRefused, KeyRingUnusable, CannotStart].some((kind) => cause instanceof kind);
  if (!isSaid || !(cause instanceof Error)) throw cause;
  process.stderr.write(`${cause.message}\n`);
  process.exitCode = 1;
}
