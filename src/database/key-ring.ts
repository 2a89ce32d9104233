import { createSecretKey, hkdfSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { keyOf, newKeyBytes, seal, unseal, versionOf, type Place, type VersionedKey } from './cipher.ts';

/** The key-encryption keys file is missing, unreadable or malformed. */
export class KeyRingUnusable extends Error {
  override readonly name = 'KeyRingUnusable';
}

const KeyFile = z.object({
  current: z.int().positive(),
  keys: z.array(z.object({ version: z.int().positive(), key: z.base64().length(44) })).min(1),
});

/** The key-encryption keys of an instance, kept outside the database. */
export class KeyRing {
  readonly #keys: ReadonlyMap<number, VersionedKey>;
  readonly #current: VersionedKey;

  constructor(keys: readonly VersionedKey[], current: number) {
    this.#keys = new Map(keys.map((key) => [key.version, key]));
    const found = this.#keys.get(current);
    if (found === undefined)
      throw new KeyRingUnusable(`the keys file names key ${current} as current and does not hold it`);
    this.#current = found;
  }

  /** Wraps a key for the row that will hold it. */
  wrap(place: Place, bytes: Buffer): Buffer {
    return seal(this.#current, place, bytes);
  }

  /** Keys for one use outside the database, each made from a key-encryption key and of its version. */
  derived(use: string): {
    readonly current: VersionedKey;
    readonly of: (version: number) => VersionedKey | undefined;
  } {
    const made = new Map([...this.#keys].map(([version, key]) => [version, derivedKey(key, use)]));
    return { current: derivedKey(this.#current, use), of: (version) => made.get(version) };
  }

  /** The key wrapped at that place; throws KeyRingUnusable when its key-encryption key is gone. */
  unwrap(place: Place, wrapped: Buffer): Buffer {
    const version = versionOf(wrapped);
    const key = this.#keys.get(version);
    if (key === undefined) throw new KeyRingUnusable(`key-encryption key ${version} is not in the keys file`);
    return unseal(key, place, wrapped);
  }
}

const derivedKey = ({ version, key }: VersionedKey, use: string): VersionedKey => ({
  version,
  key: createSecretKey(Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), use, 32))),
});

/** Reads the keys file (mode 0600). */
export async function openKeyRing(file: string): Promise<KeyRing> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new KeyRingUnusable(`cannot read the keys file ${file}: give its path in BONHEURE_KEYS`, { cause });
  });
  const parsed = KeyFile.safeParse(parseJson(text));
  if (!parsed.success)
    throw new KeyRingUnusable(
      `the keys file ${file} is malformed: put back the one this database was made with`,
    );
  const keys = parsed.data.keys.map(({ version, key }) => keyOf(version, Buffer.from(key, 'base64')));
  return new KeyRing(keys, parsed.data.current);
}

/** Makes the keys file with one random key when there is none; true when made. */
export async function ensureKeyRing(file: string): Promise<boolean> {
  if (existsSync(file)) return false;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const content = { current: 1, keys: [{ version: 1, key: newKeyBytes().toString('base64') }] };
  const draft = `${file}.new`;
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(draft, file);
  return true;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
