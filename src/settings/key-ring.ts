import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { parsedJson } from '../base/index.ts';
import {
  keyOf,
  newKeyBytes,
  sealBytes,
  unseal,
  versionOf,
  type Place,
  type VersionedKey,
} from '../crypto/index.ts';

/** Thrown when the file of key-encryption keys is missing, unreadable or malformed, or lacks a key that is needed. */
export class KeyRingUnusable extends Error {
  override readonly name = 'KeyRingUnusable';
}

/** Base64 of exactly 32 bytes; 31 and 33 bytes have as many characters. */
const KeyBytes = z.base64().regex(/^[^=]{43}=$/);

const KeyFile = z.object({
  current: z.int().positive(),
  keys: z.array(z.object({ version: z.int().positive(), key: KeyBytes })).min(1),
});

export type KeyFileContent = z.output<typeof KeyFile>;

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

  /** The versions of all keys that can unwrap, in order. */
  get versions(): readonly number[] {
    return [...this.#keys.keys()].toSorted((a, b) => a - b);
  }

  /** Replaces the keys by those of another ring; whoever holds this one then uses the new keys. */
  adopt(other: KeyRing): void {
    this.#keys = other.#keys;
    this.#current = other.#current;
  }

  wrap(place: Place, bytes: Buffer): Buffer {
    return sealBytes(this.#current, place, bytes);
  }

  /**
   * Derives keys for one use outside of the database, one from each key-encryption key and with its version; they
   * follow `adopt`.
   */
  derived(use: string) {
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
      /** Returns the key of a version; undefined when its key-encryption key is no longer in the file. */
      of: (version: number): VersionedKey | undefined => {
        const key = this.#keys.get(version);
        return key && from(key);
      },
    };
  }

  /** Unwraps a key; throws KeyRingUnusable when its key-encryption key is not in the file. */
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
  const parsed = KeyFile.safeParse(parsedJson(text));
  if (!parsed.success)
    throw new KeyRingUnusable(
      `the keys file ${file} is malformed: put back the one this database was made with`,
    );
  return parsed.data;
}

/** Replaces the keys file, durably and atomically. */
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

/** Makes the keys file with one random key unless it exists; returns true when it was made. */
export async function ensureKeyRing(file: string): Promise<boolean> {
  if (existsSync(file)) return false;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeKeyFile(file, { current: 1, keys: [{ version: 1, key: newKeyBytes().toString('base64') }] });
  return true;
}
