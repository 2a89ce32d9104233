import { flushCompileCache } from 'node:module';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { carrierOf, gatewaysOf, isBuiltIn, listenedAccounts } from './api-accounts.ts';
import { openApiJournal } from './api-journal.ts';
import { keepApiKeys, optOutTokens } from './api-keys.ts';
import { instant, ProcessClock } from './clock.ts';
import { readConfig, type Config } from './config.ts';
import type { VersionedKey } from './database/cipher.ts';
import { openDatabase, type Database } from './database/connection.ts';
import { registerAccounts } from './database/gateway-account.repository.ts';
import { IndexGuard } from './database/index-guard.ts';
import { KeyRingUnusable, openKeyRing, type KeyRing } from './database/key-ring.ts';
import { forgetDeadProcesses } from './database/process.repository.ts';
import { Vault } from './database/vault.ts';
import { CannotStart } from './errors.ts';
import { isFake } from './gateway-account.ts';
import type { SandboxOperator } from './gateways/sandbox/operator.ts';
import { besideSubmissions } from './gateways/sandbox/submission-endpoint.ts';
import type { Api } from './http/api.ts';
import { buildApp, type Mounted } from './http/app.ts';
import type { ApiGateway } from './http/gateway-terms.ts';
import { inboundPort, type ListenedAccount } from './http/inbound-port.ts';
import { inboundRouter } from './http/inbound.ts';
import { KnownCallers } from './http/known-callers.ts';
import { lawClock, readLawClock } from './http/law-clock.ts';
import { codec } from './http/codec.ts';
import { consoleMount } from './http/console.ts';
import { linkPages } from './http/link-pages.ts';
import { LiveStreams } from './http/live-streams.ts';
import { Metrics } from './http/metrics.ts';
import { OpenId } from './http/open-id.ts';
import { outageOf } from './database/outage.ts';
import { probes } from './http/probes.ts';
import { publicForms } from './http/public-form.ts';
import type { Route } from './http/route.ts';
import { allRoutes } from './http/routes.ts';
import { openSandbox, sandboxMounts } from './http/sandbox.ts';
import { listen, stopServing } from './http/server.ts';
import { temporalProbe, type TemporalProbe } from './http/temporal-probe.ts';
import type { JournalEntry } from './journal/entry.ts';
import { secondsSince } from './journal/journal-keeper.ts';
import { faultOf, openLog, type Log } from './log.ts';
import { tellFigures } from './process-figures.ts';
import { openTracing } from './tracing.ts';
import { ensureFirstTenant } from './tenants/create-tenant.ts';

const CONNECTIONS = 20;
/** A STOP waits for no other request. */
const RESERVED = 2;
const LOOKS_EVERY_MS = 1_000;
const WAITS_FOR_DATABASE_MS = 60_000;
const STOPS_WITHIN_MS = 8_000;

/** The parts that one api process is made of. */
interface Parts {
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

async function openParts(config: Config): Promise<Parts> {
  const { databaseUrl: url } = config;
  if (url === undefined)
    throw new CannotStart('DATABASE_URL is not set: give the address of PostgreSQL, or use npm start.');
  const log = openLog({ level: config.logLevel, process: 'api' });
  const movable = config.everyGatewayIsFake && config.lawClock === 'movable';
  const clock = new ProcessClock({ movable });
  const ring = await openKeyRing(config.keysFile);
  const vault = new Vault(ring);
  const guard = new IndexGuard(vault, clock);
  const pool = { url, guard: guard.enter };
  const database = await openDatabase({
    ...pool,
    connections: CONNECTIONS,
    name: 'bonheure-api',
    ahead: true,
  });
  const forStop = { ...pool, connections: RESERVED, name: 'bonheure-api-stop', urgent: true } as const;
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

/** Writes what must be there before the first request: accounts, whose ids it answers, and the first tenant. */
async function settle({ config, database, clock, vault }: Parts): Promise<ReadonlyMap<string, string>> {
  const when = { at: instant(clock.machine()).toISO(), machineMs: clock.machine() };
  const accounts = config.gateways.map((account) => Object.assign({}, account, { fake: isFake(account) }));
  const ids = await database.outside((tx) => registerAccounts(tx, accounts, when));
  const first = await ensureFirstTenant(database, { vault, clock }, config.adminKey);
  await tryKeys({ config, database, vault }, first.id);
  if (first.key !== undefined)
    process.stdout.write(`Admin key of the first tenant, shown this once:\n  ${first.key}\n`);
  return ids;
}

/** Keys of another instance would fail at each request that needs them. */
async function tryKeys(
  { config, database, vault }: Pick<Parts, 'config' | 'database' | 'vault'>,
  tenantId: string,
): Promise<void> {
  try {
    await database.withTenant(tenantId, (tx) => vault.tenant(tx));
  } catch (cause) {
    if (outageOf(cause) !== undefined) throw cause;
    throw new CannotStart(
      `The keys in ${config.keysFile} do not open this database: give the file it was made with in BONHEURE_KEYS.`,
      { cause },
    );
  }
}

/** Compares clocks each second, until told to stop. */
function keepLooking({ database, clock, log }: Parts): () => Promise<void> {
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

async function sandboxKey({ database, vault, clock }: Parts): Promise<VersionedKey> {
  const madeAt = instant(clock.machine()).toISO();
  return database.outside((tx) => vault.instanceKey(tx, 'sandbox', madeAt));
}

async function openOperator(
  { config, clock }: Parts,
  { key, gateways }: { readonly key: VersionedKey; readonly gateways: readonly ApiGateway[] },
): Promise<SandboxOperator | undefined> {
  const account = config.gateways.find(isBuiltIn);
  const gateway = gateways.find(({ name }) => name === account?.name);
  if (gateway === undefined) return undefined;
  return openSandbox({ dataFolder: config.dataFolder, key, clock, webhookUrl: () => gateway.inboundUrl });
}

/** One api process: everything it opened, and how to close it. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const tracing = await openTracing(process.env, 'api');
  const parts = await openParts(config);
  const { log, database, reserved, clock, vault } = parts;
  const ids = await settle(parts);
  const temporal = await temporalProbe(config.temporal, clock);
  const key = await sandboxKey(parts);
  const listened = listenedAccounts(config, { ids, key });
  const gateways = gatewaysOf(listened);
  const operator = await openOperator(parts, { key, gateways });
  const { instanceKey } = config;
  const [metrics, processId] = [new Metrics(), randomUUID()];
  const journal = await openApiJournal({ ...parts, metrics, processId });
  const callers = new KnownCallers({ database, clock });
  const api: Api = {
    journal: journal.optOuts,
    database,
    vault,
    clock,
    log,
    metrics,
    gateways,
    publicUrl: config.publicUrl,
    trustedProxies: config.trustedProxies,
    optOut: { tokens: await optOutTokens(parts), base: config.linkBase },
    privateWebhooks: config.privateWebhooks,
    callers,
    live: new LiveStreams(),
    traced: tracing !== undefined,
    ...(instanceKey === undefined ? {} : { instanceKey }),
  };
  const routes = allRoutes(api);
  const app = buildApp(api, routes, mounts(parts, { api, routes, operator, listened, temporal }));
  const stopLooking = keepLooking(parts);
  const keys = keepApiKeys({ ...parts, besides: [reserved], processId, callers, tokens: api.optOut.tokens });
  const journalFails = (): boolean => journal.optOuts.fault() !== undefined;
  const figures = tellFigures({ id: processId, kind: 'api', database, clock, log, journalFails });
  const server = await listen(besideSubmissions(operator, app), config);
  log.info({ port: config.port }, 'listening');
  flushCompileCache();
  stopOnSignals(log, async () => {
    api.live.end();
    await stopServing(server, STOPS_WITHIN_MS);
    await Promise.all([keys.stop(), figures.stop()]);
    const others = [operator, temporal, journal, tracing].map((one) => one?.close());
    await Promise.all([stopLooking(), ...others]);
    await Promise.all([database.close(), reserved.close()]);
  });
}

function mounts(
  { config, database, reserved, clock, vault }: Parts,
  given: {
    readonly api: Api;
    readonly routes: readonly Route[];
    readonly listened: readonly ListenedAccount[];
    readonly operator: SandboxOperator | undefined;
    readonly temporal: TemporalProbe;
  },
): readonly Mounted[] {
  const { api, routes, operator, listened, temporal } = given;
  const openId = config.oidc && new OpenId(config.oidc, config.publicUrl);
  const effective = (entry: JournalEntry): void => api.metrics.heard(secondsSince(clock, entry));
  const { journal } = api;
  const { metrics } = api;
  const port = inboundPort({ database, reserved, clock, vault, journal, metrics, effective }, listened);
  const moving = config.everyGatewayIsFake
    ? lawClock(database, clock, config.lawClock === 'movable')
    : undefined;
  return [
    {
      at: '/',
      template: '',
      router: probes(
        {
          database,
          clock,
          temporal: temporal.answers,
          conducting: temporal.conducting,
          journal: journal.doubt,
          journalFault: journal.fault,
        },
        api.metrics,
        config.metricsFrom,
      ),
    },
    { at: '/v1/inbound', template: '/v1/inbound/{gateway}/{secret}', router: inboundRouter(port) },
    {
      at: '/f',
      template: '/f/{slug}',
      router: publicForms({ ...api, ...config, accountId: carrierOf(config, listened) }),
    },
    ...linkPages({ ...api, ...config, tokens: api.optOut.tokens, effective }),
    codec(api, { ui: config.temporalUi, openId }),
    consoleMount(api, { ...config, routes, openId }),
    ...sandboxMounts(moving, operator, { forPeople: config.sandboxForPeople }),
  ];
}

function stopOnSignals(log: Log, stop: () => Promise<void>): void {
  const obey = async (): Promise<void> => {
    log.info('stopping');
    setTimeout(() => process.exit(0), STOPS_WITHIN_MS + 1_500).unref();
    await stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void obey());
}

function complain(cause: unknown): void {
  const known = cause instanceof CannotStart || cause instanceof KeyRingUnusable;
  const text = known ? cause.message : `The api failed: ${JSON.stringify(faultOf(cause))}`;
  process.stderr.write(`${text}\n`);
}

try {
  await main();
} catch (cause) {
  complain(cause);
  process.exit(1);
}
