import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../../settings/index.ts';
import { CannotStart, until } from '../../base/index.ts';
import { apiEnvironment, type SettledConfig, keylessEnvironment } from './leashed.ts';
import {
  firstRefusal,
  KeptRunning,
  startOurProcess,
  removeRunFile,
  writeRunFile,
  showReport,
  type OurName,
  type PartName,
  type Running,
} from './processes.ts';
import { folderTrouble, lockFolder, makeFolder } from './folder.ts';
import { freePort, isFree, isOurHost } from './free-port.ts';
import { type Postgres, startPostgres } from './postgres.ts';
import { startTemporal } from './temporal.ts';

interface Supervision {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  readonly entries: Readonly<Record<OurName, string>>;
  /** Applies the migrations that the database lacks, as its owner. */
  readonly migrate: (ownerUrl: string) => Promise<unknown>;
  /** Makes the file of key-encryption keys when there is none. */
  readonly ensureKeys: (file: string) => Promise<unknown>;
  readonly tell: (line: string) => void;
  readonly progress?: (line: string) => void;
}

export interface Ready {
  readonly url: string;
  /** Undefined when the api replaces the public server. */
  readonly publicUrl: string | undefined;
  readonly temporalUi: string | undefined;
  readonly firstKey: Awaited<ReturnType<typeof firstKey>> | undefined;
}

async function readKey(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : text.trim();
}

async function generate(file: string): Promise<string> {
  const key = `bonheure_${randomBytes(32).toString('base64url')}`;
  await writeFile(file, `${key}\n`, { mode: 0o600, flush: true });
  return key;
}

/**
 * Returns the first key, which is generated once. A start that is killed before it has shown the key leaves that to
 * the next.
 */
async function firstKey(keysFolder: string) {
  const file = path.join(keysFolder, 'admin-key');
  const unseen = `${file}.new`;
  const known = await readKey(file);
  if (known !== undefined)
    return { key: known, file, isNew: false, shown: async (): Promise<void> => undefined };
  const key = (await readKey(unseen)) ?? (await generate(unseen));
  // Nobody has seen this key yet; `shown` records that somebody has.
  return { key, file, isNew: true, shown: () => rename(unseen, file) };
}

// The public server first, so that it is ready when the api is, which takes longer to start.
const OURS: readonly OurName[] = ['public', 'api', 'worker'];

const addressAt = (port: number | undefined): string | undefined =>
  port === undefined ? undefined : `http://localhost:${port}`;

// Together less than the 15 s within which a stop has to end.
const PROCESS_PATIENCE_MS = 10_000;
const SERVER_PATIENCE_MS = 3000;

/** Starts and stops all parts of an instance on one machine, and restarts every part that ends. */
export class Supervisor {
  readonly #options: Supervision;
  readonly #stopping = new AbortController();
  readonly #servers: KeptRunning[] = [];
  readonly #processes: KeptRunning[] = [];
  #lock: Awaited<ReturnType<typeof lockFolder>> | undefined;
  #postgres: Postgres | undefined;
  #settled: SettledConfig | undefined;
  /** Rejects with the reason when a process refuses its first start. */
  readonly #refused = Promise.withResolvers<never>();
  #isReady = false;

  constructor(options: Supervision) {
    this.#options = options;
    // The rejection must not count as unhandled while nobody waits for it yet.
    this.#refused.promise.catch(() => undefined);
  }

  /** Starts all parts in order; returns undefined when a stop was requested meanwhile. */
  async start(): Promise<Ready | undefined> {
    try {
      return await this.#startInOrder();
    } catch (cause) {
      // Failures after a stop was requested are its consequence.
      if (this.#stopping.signal.aborted) return undefined;
      throw cause;
    }
  }

  /** Stops all parts in order: our processes first, then the servers that they use. */
  async stop(patience: 'orderly' | 'none' = 'orderly'): Promise<void> {
    this.#stopping.abort();
    const [ours, servers] = patience === 'none' ? [0, 0] : [PROCESS_PATIENCE_MS, SERVER_PATIENCE_MS];
    await Promise.all(this.#processes.map((part) => part.stop(ours)));
    await Promise.all(this.#servers.map((part) => part.stop(servers)));
    if (this.#lock === undefined) return;
    await removeRunFile(this.#options.config.dataFolder).catch(() => undefined);
    await this.#lock.release().catch(() => undefined);
  }

  async #startInOrder(): Promise<Ready | undefined> {
    const { config, tell } = this.#options;
    const key = await this.#prepareFolder();
    const port = await ownPort(config.port, config.host);
    const publicPort =
      config.publicServer === 'own' ? await ownPort(config.publicPort ?? 0, config.host) : undefined;
    const embedded = await this.#startServers(port);
    this.#settled = { config, port, publicPort, adminKey: config.adminKey ?? key?.key ?? '', ...embedded };
    await this.#migrate(embedded.databaseUrl);
    if (this.#stopping.signal.aborted) return undefined;
    await this.#startProcesses(this.#settled);
    const url = `http://localhost:${port}`;
    const ready = [port, publicPort]
      .filter((one) => one !== undefined)
      .map((one) => untilReady(this.#askedAt(one), tell, this.#stopping.signal));
    const all = Promise.all(ready).then((answers) => answers.every(Boolean));
    if (!(await Promise.race([all, this.#refused.promise]))) return undefined;
    this.#isReady = true;
    const { temporalUiPort } = embedded;
    const temporalUi =
      config.temporal.address === undefined ? `http://localhost:${temporalUiPort}` : undefined;
    return { url, publicUrl: addressAt(publicPort), temporalUi, firstKey: key };
  }

  async #prepareFolder(): Promise<Ready['firstKey']> {
    const { config, ensureKeys } = this.#options;
    try {
      await makeFolder(config.dataFolder);
      this.#lock = await lockFolder(config.dataFolder);
      const keys = path.join(config.dataFolder, 'keys');
      for (const folder of [keys, this.#logs]) await mkdir(folder, { recursive: true, mode: 0o700 });
      this.#refuseLostKeys();
      await ensureKeys(config.keysFile);
      return config.adminKey === undefined ? await firstKey(keys) : undefined;
    } catch (cause) {
      throw folderTrouble(config.dataFolder, cause);
    }
  }

  /** Throws when there is a database and no file of keys: new keys would open nothing in it. */
  #refuseLostKeys(): void {
    const { dataFolder, keysFile, databaseUrl } = this.#options.config;
    const database = path.join(dataFolder, 'postgres');
    if (databaseUrl !== undefined || existsSync(keysFile)) return;
    if (!existsSync(path.join(database, 'PG_VERSION'))) return;
    throw new CannotStart(
      `${database} exists and its keys are gone: put ${keysFile} back, or give its path in BONHEURE_KEYS.`,
    );
  }

  async #startServers(
    port: number,
  ): Promise<Pick<SettledConfig, 'databaseUrl' | 'temporalAddress' | 'temporalUiPort'>> {
    const { config } = this.#options;
    // Both are awaited, so that a failure of one does not leave the other half-started.
    const [postgres, temporal] = await Promise.allSettled([this.#startPostgres(), this.#startTemporal(port)]);
    if (postgres.status === 'rejected') throw postgres.reason;
    if (temporal.status === 'rejected') throw temporal.reason;
    return {
      databaseUrl: config.databaseUrl ?? this.#postgres?.url('bonheure_app', 'bonheure') ?? '',
      ...temporal.value,
    };
  }

  async #startPostgres(): Promise<void> {
    const { config } = this.#options;
    if (config.databaseUrl !== undefined) return;
    const options = {
      folder: path.join(config.dataFolder, 'postgres'),
      durable: true,
      log: path.join(this.#logs, 'postgres.log'),
    };
    await this.#keep('postgres', this.#servers, async () => {
      this.#postgres = await startPostgres(options);
      return this.#postgres;
    });
  }

  async #startTemporal(port: number): Promise<Pick<SettledConfig, 'temporalAddress' | 'temporalUiPort'>> {
    const { config, tell } = this.#options;
    const { address, namespace } = config.temporal;
    if (address !== undefined) return { temporalAddress: address, temporalUiPort: config.temporalUiPort };
    // The ports are chosen once, so that Temporal has the same ones after a restart.
    const options = {
      namespace,
      tell,
      progress: this.#options.progress ?? tell,
      port: await freePort(),
      uiPort: await uiPort(config.temporalUiPort, tell),
      uiPublicUrl: config.temporalUi,
      // Only with encryption: with a codec server the page shows an error until somebody signs in there.
      ...(config.codec === 'on' ? { codec: `http://localhost:${port}/codec` } : {}),
      dbFile: this.#temporalDatabase,
      log: path.join(this.#logs, 'temporal.log'),
      ...(config.temporalProgram === undefined ? {} : { given: config.temporalProgram }),
    };
    await this.#keep('temporal', this.#servers, () => startTemporal(options));
    return { temporalAddress: `127.0.0.1:${options.port}`, temporalUiPort: options.uiPort };
  }

  async #migrate(databaseUrl: string): Promise<void> {
    const { config, migrate } = this.#options;
    const embedded = this.#postgres?.url('bonheure', 'bonheure');
    try {
      await migrate(embedded ?? config.ownerUrl ?? databaseUrl);
    } catch (cause) {
      const text = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0];
      const advice =
        embedded === undefined
          ? ': check that the server of DATABASE_URL runs, and name its owner in BONHEURE_OWNER_URL'
          : '';
      throw new CannotStart(`The database could not be brought up to date (${text})${advice}.`, { cause });
    }
  }

  async #startProcesses(settled: SettledConfig): Promise<void> {
    const { env, entries } = this.#options;
    const environments = {
      api: apiEnvironment(env, settled),
      public: keylessEnvironment(env, settled),
      worker: keylessEnvironment(env, settled),
    };
    const names = settled.publicPort === undefined ? (['api', 'worker'] as const) : OURS;
    for (const name of names) {
      const order = {
        name,
        entry: entries[name],
        env: environments[name],
        log: path.join(this.#logs, `${name}.log`),
        onReport: (report: unknown) => showReport(report, this.#options),
      };
      await this.#keep(name, this.#processes, () => this.#startReporting(order));
    }
    await this.#writeRunFile();
  }

  /**
   * Starts a process; when it refuses its settings before the instance is ready, the whole start fails, since it
   * would refuse them again.
   */
  async #startReporting(order: Parameters<typeof startOurProcess>[0]): Promise<Running> {
    const running = await startOurProcess(order);
    void running.ended.then(async (ending) => {
      if (this.#isReady || this.#stopping.signal.aborted) return;
      const refusal = await firstRefusal(ending, order.log);
      if (refusal !== undefined) this.#refused.reject(refusal);
    });
    return running;
  }

  async #keep(name: PartName, among: KeptRunning[], start: () => Promise<Running>): Promise<void> {
    const { tell } = this.#options;
    const part = new KeptRunning({ name, start, tell, changed: () => this.#writeRunFile() });
    among.push(part);
    await part.start();
    tell(`${name} runs (pid ${part.pid ?? '?'}).`);
  }

  async #writeRunFile(): Promise<void> {
    const settled = this.#settled;
    if (settled === undefined || this.#stopping.signal.aborted) return;
    const { config } = settled;
    const parts = [...this.#processes, ...this.#servers];
    await writeRunFile(config.dataFolder, {
      pid: process.pid,
      url: `http://localhost:${settled.port}`,
      publicUrl: addressAt(settled.publicPort) ?? null,
      processes: parts.flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }])),
      databaseUrl: settled.databaseUrl,
      temporalAddress: settled.temporalAddress,
      temporalNamespace: config.temporal.namespace,
      temporalDatabase: config.temporal.address === undefined ? this.#temporalDatabase : null,
      postgresData: this.#postgres?.folder ?? null,
      logs: this.#logs,
    });
  }

  #askedAt(port: number): string {
    const { host } = this.#options.config;
    const named = host === undefined || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
    return `http://${named.includes(':') ? `[${named}]` : named}:${port}`;
  }

  get #logs(): string {
    return path.join(this.#options.config.dataFolder, 'logs');
  }

  get #temporalDatabase(): string {
    return path.join(this.#options.config.dataFolder, 'temporal', 'temporal.db');
  }
}

const ASK_EVERY_MS = 200;

async function ask(url: string): Promise<{ readonly ready: boolean; readonly said: string }> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) });
    return { ready: answer.status === 200, said: await answer.text() };
  } catch {
    return { ready: false, said: 'the api does not answer yet' };
  }
}

/**
 * Resolves with true once a server is ready, with false when the signal is aborted; reports now and then what it
 * waits for.
 */
async function untilReady(url: string, tell: (line: string) => void, signal: AbortSignal): Promise<boolean> {
  for (let asked = 1; !signal.aborted; asked += 1) {
    const { ready, said } = await ask(url);
    if (ready) return true;
    // Every 20 s.
    if (asked % 100 === 0) tell(`Not ready yet: ${said.slice(0, 500)}`);
    await pause(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

// By then the processes of a killed run have ended.
const PATIENCE_MS = 3000;

/** Returns the requested port, or a free one for 0; throws CannotStart when it is taken. */
export async function ownPort(port: number, host: string | undefined): Promise<number> {
  if (port === 0) return freePort();
  if (host !== undefined && !(await isOurHost(host)))
    throw new CannotStart(`HOST is ${host}, which is no address of this machine: give another, or unset it.`);
  if (await until(() => isFree(port, host), PATIENCE_MS)) return port;
  const other = port === 65_535 ? 8080 : port + 1;
  throw new CannotStart(
    `Port ${port} is taken by another program: stop that one, or choose another port, for example PORT=${other} npm start.`,
  );
}

/** Returns the requested port for Temporal's pages, or another free one when it is taken. */
export async function uiPort(port: number, tell: (line: string) => void): Promise<number> {
  if (port !== 0 && (await isFree(port, '127.0.0.1'))) return port;
  const found = await freePort();
  if (port !== 0) tell(`Port ${port} is taken: Temporal's pages are on port ${found} this time.`);
  return found;
}
