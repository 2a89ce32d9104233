import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { machine } from './machine.ts';

const load = (): number => Number(loadavg()[0]?.toFixed(2));

/** Two cores that are busier than that are shared with somebody. */
const AT_REST = 0.3;
const LOOKS_EVERY_MS = 2_000;

/** What else the machine was busy with, as Linux counts it, before anything was measured. */
let loadBefore = load();

/** Waits `REST` seconds at most until the machine has nothing else to do, and says so where it had. */
export async function rested(): Promise<void> {
  const until = performance.now() + Number(process.env['REST'] ?? 300) * 1_000;
  while (load() >= AT_REST && performance.now() < until) await pause(LOOKS_EVERY_MS);
  loadBefore = load();
  if (loadBefore >= AT_REST)
    process.stdout.write(`THE MACHINE IS NOT AT REST: its load average is ${loadBefore}, not ${AT_REST}.\n`);
}

/** Keeps what a bench measured, with the machine, its load and the versions, beside what others measured. */
export async function keepResult(
  name: string,
  figures: Readonly<Record<string, string | number>>,
  packages: readonly string[] = ['pg', '@mikro-orm/core'],
): Promise<void> {
  const folder = new URL('results/', import.meta.url);
  await mkdir(folder, { recursive: true });
  const result = { bench: name, machine: machine(...packages), loadBefore, figures };
  await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify(result, null, 2)}\n`);
}

/** A whole number as people read it. */
export const figure = (value: number): string => Math.round(value).toLocaleString('en');
