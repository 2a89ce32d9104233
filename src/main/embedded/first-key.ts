import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The admin key of the first tenant, and whether somebody has read it yet. */
export interface FirstKey {
  readonly key: string;
  readonly file: string;
  /** Nobody has been shown this key; `shown` says that somebody was. */
  readonly isNew: boolean;
  readonly shown: () => Promise<void>;
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

/** Generates the first key once; a start killed before showing it shows it next time. */
export async function firstKey(keysFolder: string): Promise<FirstKey> {
  const file = path.join(keysFolder, 'admin-key');
  const unseen = `${file}.new`;
  const known = await readKey(file);
  if (known !== undefined) return { key: known, file, isNew: false, shown: async () => undefined };
  const key = (await readKey(unseen)) ?? (await generate(unseen));
  return { key, file, isNew: true, shown: () => rename(unseen, file) };
}
