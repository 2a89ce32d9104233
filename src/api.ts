import { flushCompileCache } from 'node:module';
import { randomUUID } from 'node:crypto';
import { gatewayRows, gatewaysOf, isBuiltIn, listenedAccounts } from './api-accounts.ts';
import { openApiJournal } from './api-journal.ts';
import { keepApiKeys, optOutTokens } from './api-keys.ts';
import { instant } from './clock.ts';
import { readConfig } from './config.ts';
import type { VersionedKey } from './database/cipher.ts';
import { registerAccounts } from './database/gateway-account.repository.ts';
import type { SandboxOperator } from './gateways/sandbox/operator.ts';
import { besideSubmissions } from './gateways/sandbox/submission-endpoint.ts';
import type { Api } from './http/api.ts';
import { buildApp } from './http/app.ts';
import type { Mounted } from './http/edge.ts';
import type { ApiGateway } from './http/gateway-terms.ts';
import type { ListenedAccount } from './http/inbound-port.ts';
import { InstanceFigures } from './http/instance-figures.ts';
import { KnownCallers } from './http/known-callers.ts';
import { lawClock } from './http/law-clock.ts';
import { codec } from './http/codec.ts';
import { consoleMount } from './http/console.ts';
import { LiveStreams } from './http/live-streams.ts';
import { Metrics } from './http/metrics.ts';
import { OpenId } from './http/open-id.ts';
import type { Premises } from './http/readiness.ts';
import type { Route } from './http/route.ts';
import { allRoutes } from './http/routes.ts';
import { openSandbox, sandboxMounts } from './http/sandbox.ts';
import { listen, stopServing } from './http/server.ts';
import { temporalProbe, type TemporalProbe } from './http/temporal-probe.ts';
import {
  complain,
  keepLooking,
  openParts,
  sandboxKey,
  stopOnSignals,
  STOPS_WITHIN_MS,
  withTheseKeys,
  type Parts,
} from './http-process.ts';
import { tellFigures } from './process-figures.ts';
import { publicMounts } from './public-mounts.ts';
import { openTracing } from './tracing.ts';
import { ensureFirstTenant } from './tenants/create-tenant.ts';
import './wiring.ts';

/** Not in `/readyz`: strangers may read that. */
const GUESSABLE =
  'BONHEURE_ADMIN_KEY is a key that somebody would guess, and it opens the first tenant: make another (POST /v1/keys), revoke this one (GET /v1/keys names it "first key" or "BONHEURE_ADMIN_KEY", DELETE /v1/keys/{id} ends it), and take the variable out of the environment, where it counts at the first start alone.';

/** Writes what must be there before the first request: accounts, whose ids it answers, and the first tenant. */
async function settle({ config, database, clock, vault, log }: Parts): Promise<ReadonlyMap<string, string>> {
  const when = { at: instant(clock.machine()).toISO(), machineMs: clock.machine() };
  const ids = await database.outside((tx) => registerAccounts(tx, gatewayRows(config), when));
  const first = await ensureFirstTenant(database, { vault, clock }, config.adminKey);
  await withTheseKeys(config, () => database.withTenant(first.id, (tx) => vault.tenant(tx)));
  if (first.key !== undefined)
    process.stdout.write(`Admin key of the first tenant, shown this once:\n  ${first.key}\n`);
  if (first.opensToGuessers) log.warn({ code: 'ADMIN_KEY_GUESSABLE' }, GUESSABLE);
  return ids;
}

async function openOperator(
  { config, clock }: Parts,
  { key, gateways }: { readonly key: VersionedKey; readonly gateways: readonly ApiGateway[] },
): Promise<SandboxOperator | undefined> {
  const account = config.gateways.find(isBuiltIn);
  const gateway = gateways.find(({ name }) => name === account?.name);
  if (gateway === undefined) return undefined;
  return openSandbox({
    dataFolder: config.dataFolder,
    key,
    clock,
    gateways: config.gateways,
    webhookUrl: () => gateway.inboundUrl,
  });
}

/** One api process: everything it opened, and how to close it. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const tracing = await openTracing(process.env, 'api');
  const parts = await openParts(config, 'api');
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
  parts: Parts,
  given: {
    readonly api: Api;
    readonly routes: readonly Route[];
    readonly listened: readonly ListenedAccount[];
    readonly operator: SandboxOperator | undefined;
    readonly temporal: TemporalProbe;
  },
): readonly Mounted[] {
  const { config, database, clock } = parts;
  const { api, routes, operator, listened, temporal } = given;
  const openId = config.oidc && new OpenId(config.oidc, config.publicUrl);
  const moving = config.everyGatewayIsFake
    ? lawClock(database, clock, config.lawClock === 'movable')
    : undefined;
  const { journal, metrics, optOut } = api;
  const figures = (premises: Premises): InstanceFigures => new InstanceFigures(premises, metrics.registry);
  return [
    ...publicMounts(parts, { journal, metrics, tokens: optOut.tokens, listened, temporal, figures }),
    codec(api, { ui: config.temporalUi, openId }),
    consoleMount(api, { ...config, routes, openId }),
    ...sandboxMounts(moving, operator, { forPeople: config.sandboxForPeople }),
  ];
}

try {
  await main();
} catch (cause) {
  complain('api', cause);
  process.exit(1);
}
