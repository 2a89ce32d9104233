import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import {
  keyOf,
  newKeyBytes,
  sealBytes,
  unseal,
  versionOf,
  type Place,
  type VersionedKey,
} from '../crypto/index.ts';

/** Thrown when the key-encryption keys file is missing, unreadable or malformed. */
export class KeyRingUnusable extends Error {
  override readonly name = 'KeyRingUnusable';
}

/** 32 bytes exactly: one more or less has the same number of letters. */
const KeyBytes = z.base64().regex(/^[^=]{43}=$/);

const KeyFile = z.object({
  current: z.int().positive(),
  keys: z.array(z.object({ version: z.int().positive(), key: KeyBytes })).min(1),
});

export type KeyFileContent = z.output<typeof KeyFile>;

/** Keys for one use outside the database; they learn new versions with the ring. */
export interface DerivedKeys {
  readonly current: VersionedKey;
  readonly of: (version: number) => VersionedKey | undefined;
}

/** The key-encryption keys of an instance, kept outside the database. */
export class KeyRing {
  #keys: ReadonlyMap<number, VersionedKey>;
  #current: VersionedKey;

  constructor(keys: readonly VersionedKey[], current: number) {
    this.#keys = new Map(keys.map((key) => [key.version, key]));
    this.#current = currentOf(this.#keys, current);
  }

  get current(): number {
    return this.#current.version;
  }

  /** All versions that unwrap, in order. */
  get versions(): readonly number[] {
    return [...this.#keys.keys()].toSorted((a, b) => a - b);
  }

  /** Takes over the keys of another ring at once: holders of this one go on with it. */
  adopt(other: KeyRing): void {
    this.#keys = other.#keys;
    this.#current = other.#current;
  }

  wrap(place: Place, bytes: Buffer): Buffer {
    return sealBytes(this.#current, place, bytes);
  }

  /** Derives keys for one use outside the database, one from each key-encryption key and with its version. */
  derived(use: string): DerivedKeys {
    const made = new Map<KeyObject, VersionedKey>();
    const from = (key: VersionedKey): VersionedKey => {
      const known = made.get(key.key) ?? derivedKey(key, use);
      made.set(key.key, known);
      return known;
    };
    const currentKey = (): VersionedKey => from(this.#current);
    return {
      get current() {
        return currentKey();
      },
      of: (version) => {
        const key = this.#keys.get(version);
        return key && from(key);
      },
    };
  }

  /** Unwraps the key of that place; throws KeyRingUnusable when its key-encryption key is gone. */
  unwrap(place: Place, wrapped: Buffer): Buffer {
    const version = versionOf(wrapped);
    const key = this.#keys.get(version);
    if (key === undefined) throw new KeyRingUnusable(`key-encryption key ${version} is not in the keys file`);
    return unseal(key, place, wrapped);
  }
}

function currentOf(keys: ReadonlyMap<number, VersionedKey>, version: number): VersionedKey {
  const found = keys.get(version);
  if (found === undefined)
    throw new KeyRingUnusable(`the keys file names key ${version} as current and does not hold it`);
  return found;
}

const derivedKey = ({ version, key }: VersionedKey, use: string): VersionedKey => ({
  version,
  key: createSecretKey(Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), use, 32))),
});

/** Reads the keys file (mode 0600) into a ring. */
export async function openKeyRing(file: string): Promise<KeyRing> {
  const { keys, current } = await readKeyFile(file);
  return new KeyRing(
    keys.map(({ version, key }) => keyOf(version, Buffer.from(key, 'base64'))),
    current,
  );
}

/** Reads the keys file; throws KeyRingUnusable when it is missing or malformed. */
export async function readKeyFile(file: string): Promise<KeyFileContent> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new KeyRingUnusable(`cannot read the keys file ${file}: give its path in BONHEURE_KEYS`, { cause });
  });
  const parsed = KeyFile.safeParse(parseJson(text));
  if (!parsed.success)
    throw new KeyRingUnusable(
      `the keys file ${file} is malformed: put back the one this database was made with`,
    );
  return parsed.data;
}

/** Replaces the keys file: completely and durably, or not at all. */
export async function writeKeyFile(file: string, content: KeyFileContent): Promise<void> {
  const draft = `${file}.new`;
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(draft, file);
  const folder = await open(path.dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Makes the keys file with one random key unless it exists; true when made. */
export async function ensureKeyRing(file: string): Promise<boolean> {
  if (existsSync(file)) return false;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeKeyFile(file, { current: 1, keys: [{ version: 1, key: newKeyBytes().toString('base64') }] });
  return true;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
