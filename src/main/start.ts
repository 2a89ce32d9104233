import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Config, readConfig, isFake, ensureKeyRing, applyMissing } from '../settings/index.ts';
import { speechOn, nonBlocking } from './embedded/speech.ts';
import { type Ready, Supervisor } from './embedded/supervisor.ts';
import { CannotStart, isLoopbackHost } from '../base/index.ts';

// A stop ends within 15 s even if something hangs; the kernel then ends the children too.
const STOP_WITHIN_MS = 14_500;

const { tell, progress } = speechOn(nonBlocking(process.stdout));

function warnings(config: Config): string[] {
  return config.gateways
    .filter((one) => one.fake && !isFake(one))
    .map(
      (one) =>
        `The account "${one.name}" says fake, but its address is not on this machine: it is treated as real.`,
    );
}

/** Explains who can reach the api, and how to change that. */
function reach({ host, publicUrl }: Config): string {
  if (isLoopbackHost(host))
    return `this machine alone (${host}). HOST=0.0.0.0 opens it; put TLS before it then (docs/operating/production.md).`;
  return publicUrl.startsWith('https:')
    ? `${host}, for people at ${publicUrl}.`
    : `${host}, IN CLEAR: keys and sign-ins can be read on the way. Put TLS before it, and give its https address in BONHEURE_PUBLIC_URL.`;
}

function summary(config: Config, ready: Ready): string {
  const sandbox = config.sandboxForPeople && config.gateways.some(({ kind }) => kind === 'sandbox');
  const lines = [
    '',
    'Bonheure is ready.',
    `  API        ${ready.url}/v1  (browse it at ${ready.url}/docs)`,
    `  Console    ${config.publicUrl}/console  (for people: campaigns, whom to call, what waits and why)`,
    ...(sandbox ? [`  Sandbox    ${ready.url}/sandbox  (handsets, and the clock of the law)`] : []),
    ...(ready.publicUrl === undefined
      ? []
      : [
          `  Public     ${ready.publicUrl}  (callbacks, forms and links, in a process of their own; the API’s address answers them too)`,
        ]),
    ...(ready.temporalUi === undefined ? [] : [`  Temporal   ${ready.temporalUi}`]),
    `  Data       ${config.dataFolder}  (addresses and pids in run.json, logs in logs/)`,
    `  Network    ${reach(config)}`,
    ...(process.getuid?.() === 0
      ? ['  User       root, which Bonheure does not need: start it as a user of its own.']
      : []),
  ];
  return lines.join('\n');
}

/** Returns the command that starts the demo, which finds the running instance by its folder and key. */
function demoLine(config: Config, ready: Ready): string {
  const folder = config.dataFolder === path.resolve('.bonheure') ? '' : `BONHEURE_DATA=${config.dataFolder} `;
  const key = ready.firstKey === undefined ? ' (with the same BONHEURE_ADMIN_KEY)' : '';
  return `  ${folder}npm run demo   # three stories, told on the phones of the sandbox in under a minute${key}`;
}

function invitation(config: Config, ready: Ready): string {
  const { firstKey } = ready;
  const sandbox = config.gateways.some(({ kind }) => kind === 'sandbox');
  const key = firstKey === undefined ? 'BONHEURE_ADMIN_KEY' : firstKey.file;
  const shell = firstKey === undefined ? '$BONHEURE_ADMIN_KEY' : `$(cat ${firstKey.file})`;
  return [
    '',
    `Try next, in another terminal (the admin key of the first tenant is in ${key}):`,
    ...(sandbox ? [demoLine(config, ready)] : []),
    `  curl -s ${ready.url}/v1/law/decisions -H "Authorization: Bearer ${shell}" \\`,
    `    -H 'Content-Type: application/json' -d '{"purpose":"marketing","territory":"RE"}'`,
    'Ctrl-C stops everything; starting again goes on where it was.',
    '',
  ].join('\n');
}

async function announce(config: Config, ready: Ready): Promise<void> {
  tell(summary(config, ready));
  const { firstKey } = ready;
  if (firstKey?.isNew === true) {
    tell(`\nAdmin key of the first tenant, shown this once:\n  ${firstKey.key}`);
    await firstKey.shown();
  }
  tell(invitation(config, ready));
}

// A first start sets up two servers, which takes a while.
function greet(config: Config): void {
  const known = existsSync(path.join(config.dataFolder, 'keys'));
  tell(
    known
      ? `Starting Bonheure; it goes on where it was, with what is in ${config.dataFolder}.`
      : `Starting Bonheure for the first time in ${config.dataFolder}: setting up its servers and its keys, half a minute or so.`,
  );
}

async function migrateAndTell(ownerUrl: string): Promise<void> {
  tell('Bringing the database up to date…');
  const applied = await applyMissing(ownerUrl);
  tell(
    applied.length === 0
      ? 'The database was up to date.'
      : `The database is up to date, by ${applied.length} steps.`,
  );
}

function complain(cause: unknown): void {
  const text =
    cause instanceof CannotStart
      ? cause.message
      : `Bonheure failed: ${cause instanceof Error ? cause.stack : String(cause)}`;
  process.stderr.write(`${text}\n`);
}

function stopOnSignals(supervisor: Supervisor): void {
  let asked = 0;
  const obey = async (): Promise<void> => {
    asked += 1;
    if (asked === 1) tell('\nStopping: what is on the wire is waited for. Ctrl-C again ends it at once.');
    setTimeout(() => process.exit(0), STOP_WITHIN_MS).unref();
    await supervisor.stop(asked === 1 ? 'orderly' : 'none');
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void obey());
  whenNpmIsGone(() => void obey());
}

// People may kill the process of `npm start` itself, which sends us no signal.
function whenNpmIsGone(then: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(timer);
    then();
  }, 500).unref();
}

async function main(): Promise<void> {
  // The instance goes on when the reader of its output goes away.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const config = readConfig(process.env);
  for (const line of warnings(config)) tell(line);
  greet(config);
  const here = path.dirname(fileURLToPath(import.meta.url));
  const supervisor = new Supervisor({
    config,
    env: process.env,
    entries: {
      api: path.join(here, 'api.ts'),
      public: path.join(here, 'public.ts'),
      worker: path.join(here, 'worker.ts'),
    },
    migrate: migrateAndTell,
    ensureKeys: ensureKeyRing,
    tell,
    progress,
  });
  stopOnSignals(supervisor);
  try {
    const ready = await supervisor.start();
    if (ready !== undefined) await announce(config, ready);
  } catch (cause) {
    await supervisor.stop();
    throw cause;
  }
}

try {
  await main();
} catch (cause) {
  complain(cause);
  process.exit(1);
}
