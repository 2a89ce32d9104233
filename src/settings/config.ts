import path from 'node:path';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { CannotStart, isLoopbackHost, ROLES } from '../base/index.ts';
import { isFake, readGateways, type GatewayAccount } from './gateway-account.ts';
import { parseAll, refuseUnknown, type Queue, type SettingValues, refuseGuessable } from './variables.ts';

/** Connection settings of a Temporal server that requires authentication. */
export interface TemporalSettings {
  readonly address: string | undefined;
  readonly namespace: string;
  readonly apiKey: string | undefined;
  readonly tls: TemporalTls | undefined;
}

/** The name of the server, and the paths of certificates, for a TLS connection. */
interface TemporalTls {
  readonly serverName: string | undefined;
  readonly serverCaFile: string | undefined;
  readonly clientCertFile: string | undefined;
  readonly clientKeyFile: string | undefined;
}

/** The settings of a process, as its environment gives them. */
export interface Config {
  readonly port: number;
  /** The port of the public server; when absent it is 8081, or a free one with `npm start`. */
  readonly publicPort: number | undefined;
  /**
   * `own` when `npm start` gives callbacks, forms, links and probes a process of their own; `api` when the api serves
   * them.
   */
  readonly publicServer: 'own' | 'api';
  /** The address to listen on; loopback by default. */
  readonly host: string;
  readonly dataFolder: string;
  readonly adminKey: string | undefined;
  readonly instanceKey: string | undefined;
  /** Absent for the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  /** The owner's URL of an external database, for migrations; when absent, `databaseUrl` is used. */
  readonly ownerUrl: string | undefined;
  readonly temporal: TemporalSettings;
  readonly temporalUiPort: number;
  /** URL of Temporal's page for operators. */
  readonly temporalUi: string;
  readonly temporalProgram: string | undefined;
  /** `on` when payloads are encrypted before they go to Temporal: by default only with an external server. */
  readonly codec: 'on' | 'off';
  readonly keysFile: string;
  readonly journalFolder: string;
  /** Days for which journals are kept for a restore of the database. */
  readonly journalDays: number;
  readonly lawClock: 'host' | 'movable';
  readonly publicUrl: string;
  /** The base URL of opt-out links; without BONHEURE_PUBLIC_URL there are links only while every account is fake. */
  readonly linkBase: string | undefined;
  /** Proxies whose headers are trusted to name a visitor's address. */
  readonly trustedProxies: readonly string[];
  /** Addresses that may read metrics; this machine is among them unless the instance has a public address. */
  readonly metricsFrom: readonly string[];
  /**
   * True when the sandbox shows its pages to people at this machine; false by default when the instance has a public
   * address.
   */
  readonly sandboxForPeople: boolean;
  readonly gateways: readonly GatewayAccount[];
  /** True when every account is fake, so that no message can leave this machine. */
  readonly everyGatewayIsFake: boolean;
  /** The URL of the authority that time-stamps the heads of chains (RFC 3161), if there is one. */
  readonly timeStamping: string | undefined;
  /** The identity provider by which people sign in, besides keys, if there is one. */
  readonly oidc: OidcSettings | undefined;
  readonly privateWebhooks: boolean;
  readonly queues: readonly Queue[];
  readonly logLevel: string;
}

function tlsOf(values: SettingValues): TemporalTls | undefined {
  const tls = {
    serverName: values.TEMPORAL_TLS_SERVER_NAME,
    serverCaFile: values.TEMPORAL_TLS_SERVER_CA_CERT_PATH,
    clientCertFile: values.TEMPORAL_TLS_CLIENT_CERT_PATH,
    clientKeyFile: values.TEMPORAL_TLS_CLIENT_KEY_PATH,
  };
  if ((tls.clientCertFile === undefined) !== (tls.clientKeyFile === undefined)) {
    throw new CannotStart('Give TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH together.');
  }
  if (values.TEMPORAL_TLS === 'false') return undefined;
  // As Temporal's own tools do, an API key switches TLS on.
  const wanted = values.TEMPORAL_TLS === 'true' || values.TEMPORAL_API_KEY !== undefined;
  return wanted || Object.values(tls).some((given) => given !== undefined) ? tls : undefined;
}

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null)
    for (const inner of Object.values(value)) deepFrozen(inner);
  return Object.freeze(value);
}

const THIS_MACHINE = ['127.0.0.0/8', '::1'];

function assemble(values: SettingValues, gateways: readonly GatewayAccount[]): Config {
  const everyGatewayIsFake = gateways.every(isFake);
  const publicUrl = (values.BONHEURE_PUBLIC_URL ?? `http://localhost:${values.PORT}`).replace(
    /(?<!\/)\/+$/,
    '',
  );
  // With a public address, requests of strangers may come from this machine too, by a proxy that adds no headers.
  const isPublic = !isLoopbackHost(new URL(publicUrl).host);
  const dataFolder = path.resolve(values.BONHEURE_DATA);
  const within = (given: string | undefined, ...rest: string[]): string =>
    given === undefined ? path.join(dataFolder, ...rest) : path.resolve(given);
  return {
    port: values.PORT,
    publicPort: values.PUBLIC_PORT,
    publicServer: values.BONHEURE_PUBLIC_SERVER,
    host: values.HOST,
    dataFolder,
    adminKey: values.BONHEURE_ADMIN_KEY,
    instanceKey: values.BONHEURE_INSTANCE_KEY,
    databaseUrl: values.DATABASE_URL,
    ownerUrl: values.BONHEURE_OWNER_URL,
    temporal: {
      address: values.TEMPORAL_ADDRESS,
      namespace: values.TEMPORAL_NAMESPACE,
      apiKey: values.TEMPORAL_API_KEY,
      tls: tlsOf(values),
    },
    temporalUiPort: values.BONHEURE_TEMPORAL_UI_PORT,
    temporalUi: values.BONHEURE_TEMPORAL_UI ?? `http://localhost:${values.BONHEURE_TEMPORAL_UI_PORT}`,
    temporalProgram: values.BONHEURE_TEMPORAL,
    codec: values.BONHEURE_CODEC ?? (values.TEMPORAL_ADDRESS === undefined ? 'off' : 'on'),
    keysFile: within(values.BONHEURE_KEYS, 'keys', 'key-encryption.json'),
    journalFolder: within(values.BONHEURE_JOURNAL, 'journal'),
    journalDays: values.BONHEURE_JOURNAL_DAYS,
    lawClock: values.BONHEURE_LAW_CLOCK ?? 'host',
    publicUrl,
    linkBase: values.BONHEURE_PUBLIC_URL === undefined && !everyGatewayIsFake ? undefined : publicUrl,
    trustedProxies: values.BONHEURE_TRUSTED_PROXIES,
    metricsFrom: [...(isPublic ? [] : THIS_MACHINE), ...values.BONHEURE_METRICS_FROM],
    sandboxForPeople: (values.BONHEURE_SANDBOX ?? (isPublic ? 'off' : 'loopback')) === 'loopback',
    gateways,
    everyGatewayIsFake,
    timeStamping: values.BONHEURE_TSA,
    oidc: readOidc(values.BONHEURE_OIDC),
    privateWebhooks: everyGatewayIsFake || values.BONHEURE_WEBHOOKS_PRIVATE === 'allowed',
    queues: values.BONHEURE_QUEUES,
    logLevel: values.BONHEURE_LOG_LEVEL,
  };
}

/** Parses the environment into one frozen value; throws CannotStart with a sentence on what to change. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const values = parseAll(env);
  const referenced = new Set<string>();
  const gateways = readGateways(values.BONHEURE_GATEWAYS, { env, used: (name) => referenced.add(name) });
  refuseUnknown(env, referenced);
  if (values.BONHEURE_ADMIN_KEY !== undefined && values.BONHEURE_ADMIN_KEY === values.BONHEURE_INSTANCE_KEY)
    throw new CannotStart('BONHEURE_ADMIN_KEY and BONHEURE_INSTANCE_KEY are the same: give each its own.');
  const isPortTaken = values.PORT !== 0 && values.PUBLIC_PORT === values.PORT;
  if (isPortTaken && values.BONHEURE_PUBLIC_SERVER === 'own')
    throw new CannotStart('PORT and PUBLIC_PORT are the same: give each server its own.');
  // The admin key is checked at its first use instead, since an instance may have it from an earlier version.
  refuseGuessable('BONHEURE_INSTANCE_KEY', values.BONHEURE_INSTANCE_KEY);
  const config = assemble(values, gateways);
  refusePlain(config, values.BONHEURE_WITHOUT_TLS);
  return deepFrozen(config);
}

/** Returns each connection that leaves this machine unencrypted: the name by which it is allowed, and a sentence. */
function plainConnections(config: Config): (readonly [name: string, sentence: string])[] {
  const { databaseUrl, ownerUrl, temporal, gateways, publicUrl, everyGatewayIsFake } = config;
  const databases = [databaseUrl, ownerUrl].filter((url) => url !== undefined && isPlainDatabase(url));
  const operators = gateways.filter(({ baseUrl }) => baseUrl !== undefined && isPlainAndRemote(baseUrl));
  const isPlainTemporal =
    temporal.address !== undefined && temporal.tls === undefined && !isHere(`http://${temporal.address}`);
  return [
    ...(databases.length === 0
      ? []
      : [
          [
            'database',
            'the database is on another machine, and its address lacks sslmode=verify-full',
          ] as const,
        ]),
    ...(isPlainTemporal
      ? [['temporal', 'Temporal is on another machine, and TEMPORAL_TLS is not set'] as const]
      : []),
    ...operators.map(({ name }) => [name, `the account "${name}" is reached in clear`] as const),
    ...(!everyGatewayIsFake && isPlainAndRemote(publicUrl)
      ? [['pages', 'BONHEURE_PUBLIC_URL is no https address'] as const]
      : []),
  ];
}

/** Refuses unencrypted connections, except those allowed by name: they carry numbers, texts, keys and passwords. */
function refusePlain(config: Config, allowed: readonly string[]): void {
  const refused = plainConnections(config).filter(([name]) => !allowed.includes(name));
  if (refused.length === 0) return;
  const [names, sentences] = [refused.map(([name]) => name), refused.map(([, sentence]) => sentence)];
  throw new CannotStart(
    `Without TLS, others on the network can read: ${sentences.join('; ')}. Use TLS, or allow it by name: BONHEURE_WITHOUT_TLS=${[...allowed, ...names].join(',')}.`,
  );
}

const isHere = (url: string): boolean => isLoopbackHost(new URL(url).host);

const isPlainAndRemote = (url: string): boolean => /^(http|smpp):/.test(url) && !isHere(url);

/**
 * Says whether a connection may be unencrypted and leaves this machine. A socket has its folder as host, or no host;
 * `prefer` and `allow` may be unencrypted.
 */
function isPlainDatabase(url: string): boolean {
  const [, authority = '', query = ''] = /^\w+:\/\/([^/?]*)(?:\/[^?]*)?(?:\?(.*))?$/.exec(url) ?? [];
  const authorityHosts = authority.slice(authority.lastIndexOf('@') + 1);
  const parameters = new URLSearchParams(query);
  const hosts = (parameters.get('host') ?? decodeURIComponent(authorityHosts)).split(',');
  const isElsewhere = hosts.some((host) => host !== '' && !host.startsWith('/') && !isLoopbackHost(host));
  return isElsewhere && !['require', 'verify-ca', 'verify-full'].includes(parameters.get('sslmode') ?? '');
}

const LOOPBACK = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/|$)/;

const OidcSettings = z.strictObject({
  issuer: z
    .url({ protocol: /^https?$/ })
    .refine((url) => url.startsWith('https:') || LOOPBACK.test(url), 'https, except on this machine'),
  clientId: z.string().min(1).max(200),
  clientSecret: z.string().min(1).max(500).optional(),
  // The audience of the tokens that programs send as `Authorization: Bearer`.
  audience: z.string().min(1).max(200).optional(),
  scope: z
    .string()
    .regex(/^openid(?: \S+)*$/)
    .default('openid'),
  claim: z.string().min(1).max(100).default('groups'),
  members: z
    .array(z.strictObject({ value: z.string().min(1).max(200), tenant: z.uuid(), role: z.enum(ROLES) }))
    .min(1)
    .max(200),
});

/** The identity provider by which people sign in, and the roles that its claims give. */
export type OidcSettings = Readonly<z.output<typeof OidcSettings>>;

/**
 * Reads the settings of the identity provider from JSON, or from the file that `source` names; undefined without any.
 */
export function readOidc(source: string | undefined): OidcSettings | undefined {
  if (source === undefined) return undefined;
  const text = source.trimStart().startsWith('{') ? source : contents(source);
  const parsed = OidcSettings.safeParse(json(text));
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw new CannotStart(`BONHEURE_OIDC: ${first?.path.join('.') ?? ''}: ${first?.message ?? 'unreadable'}.`);
}

function contents(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CannotStart(
      `BONHEURE_OIDC names ${file}, which cannot be read: put it there, or change the path.`,
      { cause },
    );
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CannotStart('BONHEURE_OIDC is not JSON: give an object, or the path of a file.', { cause });
  }
}
