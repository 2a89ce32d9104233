import {
  hashOfKey,
  isOnlyTenant,
  tenantOf,
  type Tenant,
  validHashes,
  noteKeyUse,
  ownerOfKey,
  type KeyOwner,
} from '../../company/index.ts';
import { Refusal, type Transaction, type Clock, type Database, instant } from '../../platform/index.ts';
import { type Role, ROLES } from '../../base/index.ts';
import { KeyAttempts } from './bounds.ts';
import type { Sharer } from './budgets.ts';
import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** The caller: the key, never the person behind it. */
export interface Caller {
  readonly keyId: string;
  /** `NO_TENANT` for the instance. */
  readonly tenantId: string;
  readonly role: Role;
  /** The system of the key; external ids are unique within it. */
  readonly source: string;
  readonly name: string;
  /** The trade of the tenant, read with the key so that judging a text needs no further query. */
  readonly sector: string;
  /** Its sites, read with the key too. */
  readonly domains: readonly string[];
  /** The language of answers when a request names none. */
  readonly locale: string;
  /** The caller's own place, for a question to the law that names none. */
  readonly home: { readonly territory: string; readonly timeZone: string };
}

export const sharerOf = ({ keyId, tenantId }: Caller): Sharer => ({ tenant: tenantId, key: keyId });

const keyIn = (authorization: string | undefined): string | undefined =>
  /^Bearer +([^ ].*)$/i.exec(authorization ?? '')?.[1];

/** Replaces a tenant id where the instance acts for itself. */
export const NO_TENANT = '00000000-0000-0000-0000-000000000000';

export const actorOf = (caller: Caller): string => `key:${caller.keyId}`;

const LONGEST_REASON = 300;

/** Returns the reason of a clear read as an audit entry keeps it; nothing where none was given. */
export const reasonKept = (reason: string | undefined): { readonly reason?: string } =>
  reason === undefined ? {} : { reason: reason.slice(0, LONGEST_REASON) };

/** Says whether a caller reads personal data in clear: an admin, or an auditor who says why. */
export const seesClear = ({
  caller,
  reason,
}: {
  readonly caller: Caller;
  readonly reason: string | undefined;
}): boolean => caller.role === 'admin' || (caller.role === 'auditor' && reason !== undefined);

/** Admits the instance's key, or the admin of the only tenant, to content of every tenant. */
export async function mayOpen(tx: Transaction, { role }: Caller): Promise<void> {
  if (role === 'instance' || (await isOnlyTenant(tx))) return;
  throw new Refusal('ROLE_NOT_ALLOWED', {
    detail: 'There are several tenants: this is opened with the key of the instance.',
  });
}

/** Reads the tenant of the transaction; refuses where there is none, as for the instance's own key. */
export async function knownTenant(tx: Transaction, lock: 'read' | 'change' = 'read'): Promise<Tenant> {
  const tenant = await tenantOf(tx, lock);
  if (tenant === undefined) throw new Refusal('NOT_FOUND');
  return tenant;
}

/** Reads the zone of the transaction's tenant. */
export const tenantZone = async (tx: Transaction): Promise<string> =>
  (await tenantOf(tx))?.timeZone ?? INSTANCE.home.timeZone;

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
  /** Invalid keys of all places of this process that take one. */
  readonly attempts: KeyAttempts;
  readonly #deps: { readonly database: Database; readonly clock: Clock };
  /** By the hash of their key, in hexadecimal; those checked longest ago come first. */
  readonly #known = new Map<string, Known>();
  readonly #revoked = new Set<string>();

  constructor(deps: { readonly database: Database; readonly clock: Clock }) {
    this.#deps = deps;
    this.attempts = new KeyAttempts(deps.clock);
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

  /** Returns the caller of `Authorization: Bearer` who showed that key a few minutes ago: no proof that it is still good. */
  recentOf(authorization: string | undefined): Caller | undefined {
    const key = keyIn(authorization);
    return key === undefined ? undefined : this.recent(hashOfKey(key));
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
      // A look that began later may have been answered sooner, and have forgotten it: this one does not bring it back.
      const isStillKnown = this.#known.delete(name);
      if (isStillKnown && good.has(name) && !this.#revoked.has(known.caller.keyId))
        this.#known.set(name, known);
    }
  }

  #isFresh({ at }: Known): boolean {
    return this.#deps.clock.monotonic() - at < KNOWN_FOR_MS;
  }
}

interface Parts {
  readonly database: Database;
  readonly clock: Clock;
  readonly callers: KnownCallers;
  readonly instanceKey?: string;
}

const NOTED_EVERY_MS = 60_000;
const MOST_KEYS_REMEMBERED = 10_000;

const TenantRole = z.enum(ROLES);

/** Identifies the caller by the key of each request, so that a revocation holds at once. */
export class Identification {
  readonly #api: Parts;
  readonly #noted = new Map<string, number>();

  constructor(api: Parts) {
    this.#api = api;
  }

  /**
   * Returns the caller of `Authorization: Bearer`, or refuses. Invalid keys make the address wait that showed them;
   * one that we sealed ourselves, in a session, comes from none.
   */
  async of(authorization: string | undefined, from: string | undefined): Promise<Caller> {
    const key = keyIn(authorization);
    if (key === undefined) throw new Refusal('UNAUTHENTICATED');
    const hash = hashOfKey(key);
    if (this.#isInstance(hash)) return INSTANCE;
    const owner = (): Promise<Caller | undefined> => this.#ownerOf(hash);
    const isNew = from !== undefined && this.#api.callers.recent(hash) === undefined;
    const caller = await (isNew ? this.#api.callers.attempts.check(from, owner) : owner());
    if (caller === undefined) throw new Refusal('UNAUTHENTICATED');
    await this.#noteUse(caller);
    return caller;
  }

  async #ownerOf(hash: Buffer): Promise<Caller | undefined> {
    const caller = callerOf(await this.#api.database.outside((tx) => ownerOfKey(tx, hash)));
    this.#api.callers.note(hash, caller);
    return caller;
  }

  #isInstance(hash: Buffer): boolean {
    const { instanceKey } = this.#api;
    return instanceKey !== undefined && timingSafeEqual(hash, hashOfKey(instanceKey));
  }

  /** To the minute: a write for each request would cost more than the request. */
  async #noteUse({ keyId, tenantId }: Caller): Promise<void> {
    const { clock, database } = this.#api;
    const now = clock.machine();
    if (now - (this.#noted.get(keyId) ?? 0) < NOTED_EVERY_MS) return;
    if (this.#noted.size >= MOST_KEYS_REMEMBERED) this.#noted.clear();
    this.#noted.set(keyId, now);
    await database.withTenant(tenantId, (tx) => noteKeyUse(tx, keyId, instant(now).toISO()));
  }
}

const INSTANCE: Caller = {
  keyId: 'instance',
  tenantId: NO_TENANT,
  role: 'instance',
  source: 'instance',
  name: 'instance',
  sector: 'general',
  domains: [],
  locale: 'fr',
  home: { territory: 'FR', timeZone: 'Europe/Paris' },
};

function callerOf(owner: KeyOwner | undefined): Caller | undefined {
  if (owner?.tenantId == null) return undefined;
  const { keyId, tenantId, source, name, sector, domains, territory, timeZone, locale } = owner;
  return {
    keyId,
    tenantId,
    role: TenantRole.parse(owner.role),
    source,
    name,
    sector: sector ?? 'general',
    domains: domains ?? [],
    locale: locale ?? 'fr',
    home: { territory: territory ?? 'FR', timeZone: timeZone ?? 'Europe/Paris' },
  };
}
