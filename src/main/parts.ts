import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import {
  openDatabase,
  openLog,
  faultOf,
  timedByDatabase,
  IndexGuard,
  ProcessClock,
  Vault,
} from '../platform/index.ts';
import { openKeyRing, KeyRingUnusable, type Config } from '../settings/index.ts';
import { CannotStart } from '../base/index.ts';

/** Opens what every process needs before it opens its pools; `pool` has the options that all of them share. */
export async function openCommon(config: Config, process: 'api' | 'public' | 'worker') {
  const { databaseUrl } = config;
  if (databaseUrl === undefined)
    throw new CannotStart('DATABASE_URL is not set: give the address of PostgreSQL, or use npm start.');
  const log = openLog({ level: config.logLevel, process });
  const clock = clockOf(config);
  const ring = await openKeyRing(config.keysFile);
  const vault = new Vault(ring);
  const guard = new IndexGuard(vault, clock);
  const pool = { url: databaseUrl, guard: guard.enter, timed: timedByDatabase(clock) };
  return { config, databaseUrl, log, clock, ring, vault, guard, pool };
}

/** Makes the clock of a process; its law clock may move when every account is fake and the settings allow it. */
const clockOf = ({ everyGatewayIsFake, lawClock }: Config): ProcessClock =>
  new ProcessClock({ movable: everyGatewayIsFake && lawClock === 'movable' });

const NAMES = { api: 'api', public: 'public server', worker: 'worker' } as const;

/** Writes to standard error why a process does not start: one sentence, when a person can repair it. */
export function complain(role: keyof typeof NAMES, cause: unknown): void {
  const known = cause instanceof CannotStart || cause instanceof KeyRingUnusable;
  const text = known ? cause.message : `The ${NAMES[role]} failed: ${JSON.stringify(faultOf(cause))}`;
  process.stderr.write(`${text}\n`);
}

/** Opens the database for a command: the one of the settings, or of the instance that runs in this folder. */
export async function openForCommand(config: Config, name: string) {
  const clock = clockOf(config);
  const timed = timedByDatabase(clock);
  // More than one connection, since some work opens a transaction while another one is open.
  const database = await openDatabase({ url: databaseUrlOf(config), connections: 3, name, timed });
  return { clock, database };
}

/** Returns the database URL of the settings, or of the instance that runs in this folder. */
export function databaseUrlOf({
  databaseUrl,
  dataFolder,
}: Pick<Config, 'databaseUrl' | 'dataFolder'>): string {
  const runFile = path.join(dataFolder, 'run.json');
  if (databaseUrl !== undefined) return databaseUrl;
  if (!existsSync(runFile))
    throw new CannotStart(
      'No database: give DATABASE_URL, or run npm start in this folder (BONHEURE_DATA) first.',
    );
  return z.looseObject({ databaseUrl: z.string() }).parse(JSON.parse(readFileSync(runFile, 'utf8')))
    .databaseUrl;
}
