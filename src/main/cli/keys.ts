import { ProcessClock, openDatabase } from '../../platform/index.ts';
import { readConfig, KeyRingUnusable } from '../../settings/index.ts';
import { CannotStart } from '../../base/index.ts';
import {
  addEncryptionKey,
  KeyOrderRefused,
  retireKey,
  rotateDataKeys,
  rotateIndexKeys,
  rotateInstanceKeys,
  rotatePayloadKey,
  rotateRing,
  type Keyed,
  keysStatus,
} from '../../rotation/index.ts';
import { databaseUrlOf } from '../parts.ts';

const USAGE =
  'Usage: npm run keys -- status | add | rotate | rotate data | rotate index | rotate instance | rotate payload | retire <version>; see docs/operating/keys.md';

/** What each order without a number does; it returns a message for people. */
const ORDERS: Readonly<Record<string, (keyed: Keyed) => Promise<string>>> = {
  status: async (keyed) => (await keysStatus(keyed)).join('\n'),
  add: async (keyed) =>
    `Key ${await addEncryptionKey(keyed)} is in ${keyed.file}. Back the file up, copy it to each machine, then: npm run keys -- rotate`,
  rotate: async (keyed) =>
    `Key ${await rotateRing(keyed)} wraps from now on. Copy the file to each machine; a worker wraps the other keys anew.`,
  'rotate data': async (keyed) =>
    `New data keys for ${await rotateDataKeys(keyed)} tenants. A worker puts them in force and seals old rows anew; npm run keys -- status shows what is left.`,
  'rotate index': async (keyed) =>
    `New index keys for ${await rotateIndexKeys(keyed)} tenants. A worker carries every index to them, a stretch of numbers at a time; npm run keys -- status shows how far it is.`,
  'rotate instance': async (keyed) => newOfInstance(await rotateInstanceKeys(keyed)),
  'rotate payload': async (keyed) => {
    await rotatePayloadKey(keyed);
    return 'A new key for what goes to Temporal. A worker puts it in force; what older keys sealed still opens.';
  },
};

async function run(keyed: Keyed, args: readonly string[]): Promise<string> {
  const [order = 'status', version] = args;
  if (order === 'retire' && args.length === 2 && /^[1-9]\d{0,8}$/.test(version ?? '')) {
    await retireKey(keyed, Number(version));
    return `Key ${version} is out of ${keyed.file}. Copy the file to each machine; old backups need the key that they were made with.`;
  }
  const name = [order, ...args.slice(1)].join(' ');
  const work = Object.hasOwn(ORDERS, name) ? ORDERS[name] : undefined;
  if (work === undefined) throw new KeyOrderRefused(USAGE);
  return work(keyed);
}

const newOfInstance = (announced: readonly string[]): string =>
  announced.length === 0
    ? 'Nothing to change: no key of the instance is in use, or new ones are announced already.'
    : `New keys of the instance for ${announced.join(', ')}. A worker puts them in force; what older keys sealed, signed or named still holds.`;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const url = databaseUrlOf(config);
  const database = await openDatabase({ url, connections: 2, name: 'bonheure-keys' });
  const { keysFile: file, journalFolder } = config;
  const keyed = { file, database, journalFolder, clock: new ProcessClock({ movable: false }) };
  try {
    process.stdout.write(`${await run(keyed, process.argv.slice(2))}\n`);
  } finally {
    await database.close();
  }
}

try {
  await main();
} catch (cause) {
  const isForPeople = [KeyOrderRefused, KeyRingUnusable, CannotStart].some((kind) => cause instanceof kind);
  if (!isForPeople || !(cause instanceof Error)) throw cause;
  process.stderr.write(`${cause.message}\n`);
  process.exitCode = 1;
}
