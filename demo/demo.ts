import { alone, onlyFakes, prepare, type PutBack, refuseOwnWork } from './ground.ts';
import { practice } from './practice.ts';
import { CannotTell, Interrupted } from './refusal.ts';
import { services } from './services.ts';
import { shop } from './shop.ts';
import { stage, table, type Stage } from './stage.ts';
import { findSystem } from './system.ts';

const FLAGS = new Set(['--fast', '--anyway']);
const stopped = new AbortController();

const CLEARED = '\r\u001B[K';
const overwrites = process.stdout.isTTY;

function write(line: string): void {
  process.stdout.write(`${overwrites ? CLEARED : ''}${line}\n`);
}

function replace(text: string): void {
  if (overwrites) process.stdout.write(`${CLEARED}${text}`);
}

function flagsOf(given: readonly string[]): ReadonlySet<string> {
  const unknown = given.find((flag) => !FLAGS.has(flag));
  if (unknown !== undefined)
    throw new CannotTell(
      `"${unknown}" is not known. The demo knows --fast (a part of the base, no pauses) and --anyway.`,
    );
  return new Set(given);
}

async function tellAll(told: Stage): Promise<void> {
  const startedAt = performance.now();
  write(
    `\nBonheure, told in three stories on ${told.system.url}. Nothing leaves this machine; the clock is the sandbox’s.`,
  );
  const sale = await shop(told);
  write('');
  const appointments = await practice(told);
  write('');
  const contracts = await services(told);
  const lines = [...sale, ...appointments, ...contracts];
  write(`\nWHO RECEIVED WHAT, WHEN, AND WHY THE OTHERS DID NOT\n\n${table(lines)}`);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  write(
    `\nTold in ${seconds} s. The clock goes back to where it was. Every phone is still at ${told.system.url}/sandbox?lang=en`,
  );
}

async function main(): Promise<void> {
  const flags = flagsOf(process.argv.slice(2));
  const { signal } = stopped;
  const { system, withoutSignal } = await findSystem(process.env, signal);
  await onlyFakes(system);
  const leave = await alone(system.url);
  let putBack: PutBack | undefined;
  try {
    if (!flags.has('--anyway')) await refuseOwnWork(system);
    putBack = await prepare(withoutSignal);
    const run = Math.floor(performance.timeOrigin / 1000).toString(36);
    await tellAll(stage({ system, fast: flags.has('--fast'), run, signal }, { write, replace }));
  } finally {
    await putBack?.();
    leave();
  }
}

function complain(cause: unknown): void {
  if (cause instanceof Interrupted)
    process.stderr.write(
      '\nInterrupted: what the demo had begun is ended, the clock is back. It can be run again.\n',
    );
  else process.stderr.write(`\n${cause instanceof CannotTell ? cause.message : String(cause)}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort());
process.stdout.on('error', () => stopped.abort());
try {
  await main();
} catch (cause) {
  complain(cause);
  process.exitCode = cause instanceof Interrupted ? 130 : 1;
}
