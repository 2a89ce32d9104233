import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { machine } from './machine.ts';

/** What else the machine was busy with, as Linux counts it, before anything was measured. */
const loadBefore = Number(loadavg()[0]?.toFixed(2));

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
