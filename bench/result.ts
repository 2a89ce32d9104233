import { mkdir, writeFile } from 'node:fs/promises';
import { machine } from './machine.ts';

/** Keeps what a bench measured, with the machine and the versions, beside what others measured. */
export async function keepResult(
  name: string,
  figures: Readonly<Record<string, string | number>>,
): Promise<void> {
  const folder = new URL('results/', import.meta.url);
  await mkdir(folder, { recursive: true });
  const result = { bench: name, machine: machine('pg', '@mikro-orm/core'), figures };
  await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify(result, null, 2)}\n`);
}

/** A whole number as people read it. */
export const figure = (value: number): string => Math.round(value).toLocaleString('en');
