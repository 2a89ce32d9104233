import { stat } from 'node:fs/promises';
import type { Database } from '../database/connection.ts';
import type { IndexGuard } from './index-guard.ts';
import { keysNews, noteKeys } from './key-process.repository.ts';
import { openKeyRing, type KeyRing } from './key-ring.ts';
import type { Vault } from './vault.ts';

/** What a process watches keys with. */
export interface WatchedKeys {
  readonly processId: string;
  readonly file: string;
  readonly ring: KeyRing;
  readonly vault: Vault;
  readonly database: Database;
  /** Other pools of the process; absent: none that enters a tenant. */
  readonly besides?: readonly Database[];
  /** Told whether indexes move; the guard of every pool that enters a tenant. */
  readonly guard: IndexGuard;
  /** Takes the keys that were read again to whoever holds others. */
  readonly renewed?: () => Promise<void>;
}

/** Keeps a process on the keys of now: the keys file when it changes, the database's when they do. */
export class KeyWatch {
  readonly #deps: WatchedKeys;
  #file = '';
  #revision = -1;
  #told = '';

  constructor(deps: WatchedKeys) {
    this.#deps = deps;
  }

  /** Looks once; a file that cannot be read leaves the keys in memory as they are, and throws. */
  async look(): Promise<void> {
    await this.#readFile();
    const { database, vault, guard, renewed } = this.#deps;
    const { revision, indexMoving } = await database.outside(keysNews);
    guard.heard(indexMoving);
    if (revision !== this.#revision) {
      await vault.renew(database);
      await renewed?.();
      // What began under the keys of before ends before anybody hears that we have the new ones.
      await this.#settled();
      this.#revision = revision;
    }
    await this.#tell();
  }

  async #settled(): Promise<void> {
    const { database, besides = [] } = this.#deps;
    await Promise.all([database, ...besides].map((pool) => pool.settled()));
  }

  async #readFile(): Promise<void> {
    const { file, ring } = this.#deps;
    const { mtimeNs, ino, size } = await stat(file, { bigint: true });
    const seen = [mtimeNs, ino, size].join(' ');
    if (seen === this.#file) return;
    ring.adopt(await openKeyRing(file));
    this.#file = seen;
  }

  async #tell(): Promise<void> {
    const { processId, ring, database } = this.#deps;
    const known = { ringCurrent: ring.current, ringVersions: ring.versions, revision: this.#revision };
    const told = JSON.stringify(known);
    if (told !== this.#told && (await database.outside((tx) => noteKeys(tx, processId, known))))
      this.#told = told;
  }
}
