import { stat } from 'node:fs/promises';
import type { Database } from '../database/connection.ts';
import type { IndexGuard } from './index-guard.ts';
import { keysNews, noteKeys } from './key-process.repository.ts';
import { openKeyRing, type KeyRing } from '../key-ring/key-ring.ts';
import type { Vault } from './vault.ts';

/** The dependencies of watching keys in one process. */
export interface WatchedKeys {
  readonly processId: string;
  readonly file: string;
  readonly ring: KeyRing;
  readonly vault: Vault;
  readonly database: Database;
  /** Further pools of the process; none of them enters a tenant when absent. */
  readonly besides?: readonly Database[];
  /** Receives whether indexes are moving; the guard of every pool that enters a tenant. */
  readonly guard: IndexGuard;
  /** Passes the newly read keys on to other holders. */
  readonly renewed?: () => Promise<void>;
}

/** Keeps the keys of a process current: the keys file when it changes, the database's when they do. */
export class KeyWatch {
  readonly #deps: WatchedKeys;
  #file = '';
  #revision = -1;
  #noted = '';

  constructor(deps: WatchedKeys) {
    this.#deps = deps;
  }

  /** Looks once; an unreadable file leaves the keys in memory as they are, and throws. */
  async look(): Promise<void> {
    await this.#readFile();
    const { database, vault, guard, renewed } = this.#deps;
    const { revision, indexMoving } = await database.outside(keysNews);
    guard.notice(indexMoving);
    if (revision !== this.#revision) {
      await vault.renew(database);
      await renewed?.();
      // Work that began under the previous keys ends before this process reports the new ones.
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
    const knownText = JSON.stringify(known);
    if (knownText !== this.#noted && (await database.outside((tx) => noteKeys(tx, processId, known))))
      this.#noted = knownText;
  }
}
