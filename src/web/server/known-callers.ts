import type { Clock, Database } from '../../platform/index.ts';
import { validHashes } from '../../company/index.ts';
import type { Caller } from './caller.ts';

const MOST_REMEMBERED = 10_000;
/** While the database is away nobody can revoke a key either: a caller known so recently may still record opt-outs. */
const KNOWN_FOR_MS = 600_000;
/** One query a second stays small. */
const MOST_ASKED = 500;

interface Known {
  readonly caller: Caller;
  readonly at: number;
}

/** The keys recently found valid, for opt-outs while the database is away. */
export class KnownCallers {
  readonly #deps: { readonly database: Database; readonly clock: Clock };
  /** By the hash of their key, in hexadecimal; those checked longest ago come first. */
  readonly #known = new Map<string, Known>();
  readonly #revoked = new Set<string>();

  constructor(deps: { readonly database: Database; readonly clock: Clock }) {
    this.#deps = deps;
  }

  /** Records the database's answer on a key: its owner, or none. */
  note(hash: Buffer, caller: Caller | undefined): void {
    const name = hash.toString('hex');
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    if (caller === undefined || this.#revoked.has(caller.keyId)) this.#known.delete(name);
    else this.#known.set(name, { caller, at: this.#deps.clock.monotonic() });
  }

  /** Returns the caller who showed that key a few minutes ago. */
  recent(hash: Buffer): Caller | undefined {
    const known = this.#known.get(hash.toString('hex'));
    return known !== undefined && this.#isFresh(known) ? known.caller : undefined;
  }

  /** Forgets a key for good: a request under way does not bring it back. */
  revoke(keyId: string): void {
    if (this.#revoked.size >= MOST_REMEMBERED) this.#revoked.clear();
    this.#revoked.add(keyId);
    for (const [name, { caller }] of this.#known) if (caller.keyId === keyId) this.#known.delete(name);
  }

  /** Checks which keys are still valid, so that one revoked by another process is forgotten here too. */
  async recheck(): Promise<void> {
    for (const [name, known] of this.#known) if (!this.#isFresh(known)) this.#known.delete(name);
    const asked = [...this.#known].slice(0, MOST_ASKED);
    if (asked.length === 0) return;
    const hashes = asked.map(([name]) => Buffer.from(name, 'hex'));
    const valid = await this.#deps.database.outside((tx) => validHashes(tx, hashes));
    const good = new Set(valid.map((hash) => hash.toString('hex')));
    for (const [name, known] of asked) {
      this.#known.delete(name);
      if (good.has(name) && !this.#revoked.has(known.caller.keyId)) this.#known.set(name, known);
    }
  }

  #isFresh({ at }: Known): boolean {
    return this.#deps.clock.monotonic() - at < KNOWN_FOR_MS;
  }
}
