import { flushCompileCache } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { watchKeys } from '../../rotation/index.ts';
import { OptOutTokens } from '../../person/index.ts';
import {
  instant,
  type ProcessClock,
  openDatabase,
  readLawClock,
  outageOf,
  forgetDeadProcesses,
  faultOf,
  startLoop,
  secondsSince,
  type Database,
  type Log,
  tellFigures,
  type Loop,
  type JournalEntry,
} from '../../platform/index.ts';
import { CannotStart } from '../../base/index.ts';
import type { Config, GatewayAccount } from '../../settings/index.ts';
import { type VersionedKey, keyedDigest } from '../../crypto/index.ts';
import {
  publicParts,
  type KnownCallers,
  type Mounted,
  type OptOutJournal,
  type InstanceFigures,
  type ListenedAccount,
  type Metrics,
  type ReadinessChecks,
} from '../../web/index.ts';
import type { TemporalProbe } from '../../temporal/index.ts';
import { apiGateway, type ApiGateway } from '../../gateways/index.ts';
import type { openApiJournal } from '../journals.ts';
import { openCommon } from '../parts.ts';

const { inboundPort, inboundRouter, linkPages, listen, probes, publicForms, stopServing } =
  await publicParts();

/** Connections to the database of each process; neither can use up those of the other. */
const CONNECTIONS = { api: 20, public: 8 } as const;

/** Connections for opt-outs alone, so that a STOP waits for no other request. */
const RESERVED = 2;
const LOOKS_EVERY_MS = 1_000;
const WAITS_FOR_DATABASE_MS = 60_000;

/** Milliseconds that requests under way have to end when the process is asked to stop. */
const STOPS_WITHIN_MS = 8_000;

export type HttpProcessParts = Awaited<ReturnType<typeof openParts>>;

export async function openParts(config: Config, role: keyof typeof CONNECTIONS) {
  const { pool, ...common } = await openCommon(config, role);
  const database = await openDatabase({
    ...pool,
    connections: CONNECTIONS[role],
    name: `bonheure-${role}`,
    ahead: true,
  });
  const reserved = await openDatabase({
    ...pool,
    connections: RESERVED,
    name: `bonheure-${role}-stop`,
    urgent: true,
  });
  await untilItAnswers(database, common.clock);
  return { ...common, database, reserved };
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

/** Does work that opens keys at the start; throws CannotStart when the keys file is not the one of this database. */
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

/** Compares clocks and forgets dead processes each second; returns the function that stops it. */
function followClock({ database, clock, log }: HttpProcessParts): () => Promise<void> {
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

/** Returns the key from which the inbound addresses of sandboxes are derived. */
export const sandboxKey = ({ database, vault, clock }: HttpProcessParts): Promise<VersionedKey> =>
  database.outside((tx) => vault.instanceKey(tx, 'sandbox', instant(clock.machine()).toISO()));

function stopOnSignals(log: Log, stop: () => Promise<void>): void {
  const obey = async (): Promise<void> => {
    log.info('stopping');
    setTimeout(() => process.exit(0), STOPS_WITHIN_MS + 1_500).unref();
    await stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void obey());
}

/** Reads the keys of opt-out links in advance, so that links can be read while the database is away. */
export async function optOutTokens({
  database,
  vault,
  clock,
}: Pick<HttpProcessParts, 'database' | 'vault' | 'clock'>): Promise<OptOutTokens> {
  const madeAt = instant(clock.machine()).toISO();
  const [inForce, ...older] = await database.outside((tx) => vault.instanceKeys(tx, 'links', madeAt));
  return new OptOutTokens(inForce.key, ...older.map(({ key }) => key));
}

/** Starts the loops that keep keys current, and that forget callers whose keys another process has revoked. */
function keepApiKeys(
  parts: HttpProcessParts,
  { processId, tokens, callers }: Pick<Serving, 'processId' | 'tokens' | 'callers'>,
): Pick<Loop, 'stop'> {
  const { config, reserved, log } = parts;
  const renewed = async (): Promise<void> => tokens.adopt(await optOutTokens(parts));
  const watching = watchKeys({ ...parts, besides: [reserved], processId, file: config.keysFile, renewed });
  const checking =
    callers &&
    startLoop({ name: 'known callers', everyMs: LOOKS_EVERY_MS, work: () => callers.recheck(), log });
  return {
    stop: async () => {
      await Promise.all([watching.stop(), checking?.stop()]);
    },
  };
}

/** What `serve` serves, and what it has to stop and close. */
interface Serving {
  readonly kind: keyof typeof CONNECTIONS;
  readonly processId: string;
  readonly app: Parameters<typeof listen>[0];
  readonly port: number;
  readonly journal: Awaited<ReturnType<typeof openApiJournal>>;
  readonly tokens: OptOutTokens;
  /** Absent in a process without callers. */
  readonly callers?: KnownCallers;
  /** Called when the process begins to stop. */
  readonly stopping?: () => void;
  /** Closed together with the journal, once no request is under way. */
  readonly others: readonly ({ close(): Promise<unknown> } | undefined)[];
}

/** Serves an app until the process is asked to stop, and keeps its keys, clock and figures current meanwhile. */
export async function serve(parts: HttpProcessParts, serving: Serving): Promise<void> {
  const { config, database, reserved, clock, log } = parts;
  const { kind, processId: id, app, port, journal, stopping, others } = serving;
  const stopFollowing = followClock(parts);
  const keys = keepApiKeys(parts, serving);
  const journalFails = (): boolean => journal.optOuts.fault() !== undefined;
  const figures = tellFigures({ id, kind, database, clock, log, journalFails });
  const server = await listen(app, { port, host: config.host });
  log.info({ port }, 'listening');
  flushCompileCache();
  stopOnSignals(log, async () => {
    stopping?.();
    await stopServing(server, STOPS_WITHIN_MS);
    await Promise.all([keys.stop(), figures.stop()]);
    await Promise.all([stopFollowing(), ...[journal, ...others].map((one) => one?.close())]);
    await Promise.all([database.close(), reserved.close()]);
  });
}

/**
 * Returns what operators and strangers may reach, which api and public server both serve: probes, callbacks, forms,
 * and links in texts.
 */
export function publicMounts(
  { config, database, reserved, clock, vault, log }: HttpProcessParts,
  given: {
    readonly journal: OptOutJournal;
    readonly metrics: Metrics;
    readonly tokens: OptOutTokens;
    readonly listened: readonly ListenedAccount[];
    /** Absent in the public server, which does not depend on Temporal. */
    readonly temporal?: TemporalProbe;
    readonly figures?: (checks: ReadinessChecks) => InstanceFigures;
  },
): readonly Mounted[] {
  const { journal, metrics, tokens, listened, temporal, figures } = given;
  const effective = (entry: JournalEntry): void => metrics.countStop(secondsSince(clock, entry));
  const parts = { database, reserved, clock, vault, journal, metrics, effective, log };
  const port = inboundPort(parts, listened);
  const checks = {
    database,
    clock,
    temporal: temporal?.answers,
    conducting: temporal?.conducting,
    journal: journal.doubt,
    journalFault: journal.fault,
  };
  const { trustedProxies, publicUrl, metricsFrom } = config;
  const shown = { figures: figures?.(checks), metricsFrom };
  const pages = { database, vault, clock, trustedProxies };
  return [
    { at: '/', template: '', router: probes(checks, metrics, shown) },
    { at: '/v1/inbound', template: '/v1/inbound/{gateway}/{secret}', router: inboundRouter(port) },
    {
      at: '/f',
      template: '/f/{slug}',
      router: publicForms({ ...pages, publicUrl, accountId: carrierOf(config, listened) }),
    },
    ...linkPages({ ...pages, journal, tokens, effective }),
  ];
}

export const isBuiltIn = ({ kind, baseUrl }: GatewayAccount): boolean =>
  kind === 'sandbox' && baseUrl === undefined;

/** Lists the accounts with their ids, and with the inbound addresses and their secrets. */
export function listenedAccounts(
  { gateways, publicUrl, port }: Config,
  { ids, key }: { readonly ids: ReadonlyMap<string, string>; readonly key: VersionedKey },
): ListenedAccount[] {
  return gateways.flatMap((account) => {
    const id = ids.get(account.name);
    const secret = account.inboundSecret ?? sandboxSecret(key, account.name);
    // The built-in sandbox runs on this machine, and calls us directly.
    const base = isBuiltIn(account) ? `http://127.0.0.1:${port}` : publicUrl;
    const inboundUrl = `${base}/v1/inbound/${account.name}/${secret}`;
    return id === undefined ? [] : [{ id, secret, account, inboundUrl }];
  });
}

/** Describes the accounts for the API, with the address for their operators' callbacks. */
export const gatewaysOf = (listened: readonly ListenedAccount[]): ApiGateway[] =>
  listened.map(({ account, inboundUrl }) => apiGateway(account, inboundUrl));

/** Returns the id of the account that sends the codes of forms: the default one. */
const carrierOf = ({ gateways }: Config, listened: readonly ListenedAccount[]): string => {
  const named = gateways.find((account) => account.default) ?? gateways[0];
  return listened.find(({ account }) => account.name === named?.name)?.id ?? '';
};

/** Derives the secret of a sandbox's inbound address, which is the same after a restart. */
const sandboxSecret = (key: VersionedKey, account: string): string =>
  keyedDigest(key.key, `inbound|${account}`).toString('base64url');
