import { randomUUID } from 'node:crypto';
import {
  gatewaysOf,
  isBuiltIn,
  listenedAccounts,
  openParts,
  optOutTokens,
  publicMounts,
  sandboxKey,
  serve,
  withTheseKeys,
  type HttpProcessParts,
} from './web/http-process.ts';
import { complain } from './parts.ts';
import { openApiJournal } from './journals.ts';
import { openTracing } from '../platform/index.ts';
import { readConfig } from '../settings/index.ts';
import type { VersionedKey } from '../crypto/index.ts';
import {
  type SandboxOperator,
  besideSubmissions,
  registerGateways,
  type ApiGateway,
} from '../gateways/index.ts';
import {
  type Api,
  apiParts,
  publicParts,
  type Mounted,
  type ListenedAccount,
  type ReadinessChecks,
} from '../web/index.ts';
import { temporalProbe, type TemporalProbe } from '../temporal/index.ts';
import { ensureFirstTenant } from '../company/index.ts';
import './wiring.ts';

const { Metrics } = await publicParts();
const {
  allRoutes,
  buildApp,
  codec,
  consoleMount,
  InstanceFigures,
  KnownCallers,
  lawClock,
  LiveStreams,
  OpenId,
  openSandbox,
  sandboxMounts,
} = await apiParts();

/** A log line and not a part of `/readyz`, which strangers may read. */
const GUESSABLE =
  'BONHEURE_ADMIN_KEY is a key that somebody would guess, and it opens the first tenant: make another (POST /v1/keys), revoke this one (GET /v1/keys names it "first key" or "BONHEURE_ADMIN_KEY", DELETE /v1/keys/{id} ends it), and take the variable out of the environment, where it counts at the first start alone.';

/**
 * Writes the rows that the first request needs: the accounts and the first tenant. Returns the ids of the accounts by
 * name.
 */
async function prepareRows(parts: HttpProcessParts): Promise<ReadonlyMap<string, string>> {
  const { config, database, clock, vault, log } = parts;
  const ids = await registerGateways(config, parts);
  const first = await ensureFirstTenant(database, { vault, clock }, config.adminKey);
  await withTheseKeys(config, () => database.withTenant(first.id, (tx) => vault.tenant(tx)));
  if (first.key !== undefined)
    process.stdout.write(`Admin key of the first tenant, shown this once:\n  ${first.key}\n`);
  if (first.opensToGuessers) log.warn({ code: 'ADMIN_KEY_GUESSABLE' }, GUESSABLE);
  return ids;
}

async function openOperator(
  { config, clock }: HttpProcessParts,
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

/** Starts one api process, which serves until it is asked to stop. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const tracing = await openTracing(process.env, 'api');
  const parts = await openParts(config, 'api');
  const { log, database, clock, vault } = parts;
  const ids = await prepareRows(parts);
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
  const app = buildApp(api, allRoutes, mounts(parts, { api, operator, listened, temporal }));
  await serve(parts, {
    kind: 'api',
    processId,
    app: besideSubmissions(operator, app),
    port: config.port,
    journal,
    tokens: api.optOut.tokens,
    callers,
    stopping: () => api.live.end(),
    others: [operator, temporal, tracing],
  });
}

function mounts(
  parts: HttpProcessParts,
  {
    api,
    operator,
    listened,
    temporal,
  }: {
    readonly api: Api;
    readonly listened: readonly ListenedAccount[];
    readonly operator: SandboxOperator | undefined;
    readonly temporal: TemporalProbe;
  },
): readonly Mounted[] {
  const { config, database, clock } = parts;
  const openId = config.oidc && new OpenId(config.oidc, config.publicUrl);
  const moving = config.everyGatewayIsFake
    ? lawClock(database, clock, config.lawClock === 'movable')
    : undefined;
  const { journal, metrics, optOut } = api;
  const figures = (checks: ReadinessChecks) => new InstanceFigures(checks, metrics.registry);
  return [
    ...publicMounts(parts, { journal, metrics, tokens: optOut.tokens, listened, temporal, figures }),
    codec(api, { ui: config.temporalUi, openId }),
    consoleMount(api, { ...config, routes: allRoutes, openId }),
    ...sandboxMounts(moving, operator, { forPeople: config.sandboxForPeople }),
  ];
}

try {
  await main();
} catch (cause) {
  complain('api', cause);
  process.exit(1);
}
