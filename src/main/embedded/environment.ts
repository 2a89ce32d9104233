import path from 'node:path';
import type { Config } from '../../platform/index.ts';

/** The supervisor's settings that its child processes need. */
export interface SettledConfig {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly port: number;
  /** Undefined where the api serves it. */
  readonly publicPort: number | undefined;
  readonly temporalUiPort: number;
  readonly adminKey: string;
}

// Worker and public server know no key: they are not given the keys of those who ask.
const ASKERS = ['BONHEURE_ADMIN_KEY', 'BONHEURE_INSTANCE_KEY'];
// A password of the owner is for migrations alone.
const OWNERS = ['BONHEURE_OWNER_URL'];

function without(env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}

/** Builds the environment of the worker and of the public server: ours, with the settled values. */
export function keylessEnvironment(env: NodeJS.ProcessEnv, settled: SettledConfig): NodeJS.ProcessEnv {
  const { config } = settled;
  return {
    ...without(env, [...ASKERS, ...OWNERS]),
    PORT: String(settled.port),
    ...(settled.publicPort === undefined ? {} : { PUBLIC_PORT: String(settled.publicPort) }),
    BONHEURE_DATA: config.dataFolder,
    // A process that is started again reads its code compiled: half the time until it works.
    NODE_COMPILE_CACHE: path.join(config.dataFolder, 'cache', 'code'),
    DATABASE_URL: settled.databaseUrl,
    TEMPORAL_ADDRESS: settled.temporalAddress,
    TEMPORAL_NAMESPACE: config.temporal.namespace,
    BONHEURE_CODEC: config.codec,
    BONHEURE_TEMPORAL_UI_PORT: String(settled.temporalUiPort),
    // An embedded database belongs to this instance alone, so its clock may move (when every gateway is a fake).
    ...(config.databaseUrl === undefined ? { BONHEURE_LAW_CLOCK: 'movable' } : {}),
  };
}

/** Builds the environment of the api: the same, with the keys of callers. */
export function apiEnvironment(env: NodeJS.ProcessEnv, settled: SettledConfig): NodeJS.ProcessEnv {
  return {
    ...without(env, OWNERS),
    ...keylessEnvironment(env, settled),
    BONHEURE_ADMIN_KEY: settled.adminKey,
  };
}

/** Returns the environment of an embedded server: nothing of ours, so no secret either. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    TMPDIR: process.env['TMPDIR'],
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
  };
}
