import { setTimeout as pause } from 'node:timers/promises';
import {
  instant,
  ProcessClock,
  type Config,
  type VersionedKey,
  openDatabase,
  type Database,
  IndexGuard,
  KeyRingUnusable,
  openKeyRing,
  type KeyRing,
  timedByDatabase,
  outageOf,
  forgetDeadProcesses,
  Vault,
  CannotStart,
  faultOf,
  openLog,
  type Log,
} from '../../platform/index.ts';
import { readLawClock } from '../../web/sandbox/law-clock.ts';

/** Connections of each process: one cannot use up those of the other. */
const CONNECTIONS = { api: 20, public: 8 } as const;
/** A STOP waits for no other request. */
const RESERVED = 2;
const LOOKS_EVERY_MS = 1_000;
const WAITS_FOR_DATABASE_MS = 60_000;
/** Work under way when a process is asked to stop has so long to finish. */
export const STOPS_WITHIN_MS = 8_000;

/** A process that answers over HTTP. */
export type HttpProcessRole = keyof typeof CONNECTIONS;

/** The parts of one process that answers over HTTP. */
export interface HttpProcessParts {
  readonly config: Config;
  readonly log: Log;
  readonly database: Database;
  /** Connections for STOP alone. */
  readonly reserved: Database;
  readonly clock: ProcessClock;
  readonly vault: Vault;
  readonly ring: KeyRing;
  readonly guard: IndexGuard;
  readonly databaseUrl: string;
}

/** Opens the parts, and waits for the database. */
export async function openParts(config: Config, role: HttpProcessRole): Promise<HttpProcessParts> {
  const { databaseUrl: url } = config;
  if (url === undefined)
    throw new CannotStart('DATABASE_URL is not set: give the address of PostgreSQL, or use npm start.');
  const log = openLog({ level: config.logLevel, process: role });
  const movable = config.everyGatewayIsFake && config.lawClock === 'movable';
  const clock = new ProcessClock({ movable });
  const ring = await openKeyRing(config.keysFile);
  const vault = new Vault(ring);
  const guard = new IndexGuard(vault, clock);
  const pool = { url, guard: guard.enter, timed: timedByDatabase(clock) };
  const database = await openDatabase({
    ...pool,
    connections: CONNECTIONS[role],
    name: `bonheure-${role}`,
    ahead: true,
  });
  const forStop = { ...pool, connections: RESERVED, name: `bonheure-${role}-stop`, urgent: true } as const;
  const reserved = await openDatabase(forStop);
  await untilItAnswers(database, clock);
  return { config, log, database, reserved, clock, vault, ring, guard, databaseUrl: url };
}

async function untilItAnswers(database: Database, clock: ProcessClock): Promise<void> {
  const giveUpAt = clock.monotonic() + WAITS_FOR_DATABASE_MS;
  for (;;) {
    try {
      return await readLawClock(database, clock);
    } catch (cause) {
      if (clock.monotonic() >= giveUpAt)
        throw new CannotStart(
          'PostgreSQL does not answer, or was never migrated: look at DATABASE_URL, and run npm run migrate.',
          { cause },
        );
      await pause(LOOKS_EVERY_MS);
    }
  }
}

/** Keys of another instance would fail at each request that needs them. */
export async function withTheseKeys<T>(
  { keysFile }: Pick<Config, 'keysFile'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (outageOf(cause) !== undefined) throw cause;
    throw new CannotStart(
      `The keys in ${keysFile} do not open this database: give the file it was made with in BONHEURE_KEYS.`,
      { cause },
    );
  }
}

/** Compares clocks each second until stopped. */
export function keepLooking({ database, clock, log }: HttpProcessParts): () => Promise<void> {
  const look = async (): Promise<void> => {
    await readLawClock(database, clock);
    await database.outside((tx) => forgetDeadProcesses(tx, instant(clock.machine()).toISO()));
  };
  const stopping = new AbortController();
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) =>
        log.warn({ fault: faultOf(error) }, 'the database does not answer'),
      );
      await pause(LOOKS_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return async () => {
    stopping.abort();
    await looking;
  };
}

/** Returns the key behind the inbound addresses of sandboxes. */
export async function sandboxKey({
  database,
  vault,
  clock,
}: Pick<HttpProcessParts, 'database' | 'vault' | 'clock'>): Promise<VersionedKey> {
  const madeAt = instant(clock.machine()).toISO();
  return database.outside((tx) => vault.instanceKey(tx, 'sandbox', madeAt));
}

/** Stops once on a signal, and ends when work under way has ended. */
export function stopOnSignals(log: Log, stop: () => Promise<void>): void {
  const obey = async (): Promise<void> => {
    log.info('stopping');
    setTimeout(() => process.exit(0), STOPS_WITHIN_MS + 1_500).unref();
    await stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void obey());
}

/** Reports in one sentence why a process does not start. */
export function complain(role: HttpProcessRole, cause: unknown): void {
  const known = cause instanceof CannotStart || cause instanceof KeyRingUnusable;
  const text = known
    ? cause.message
    : `The ${role === 'api' ? 'api' : 'public server'} failed: ${JSON.stringify(faultOf(cause))}`;
  process.stderr.write(`${text}\n`);
}
