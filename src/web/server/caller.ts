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

/** The caller of a request: a key, and not the person who uses it. */
export interface Caller {
  readonly keyId: string;
  /** `NO_TENANT` for the key of the instance. */
  readonly tenantId: string;
  readonly role: Role;
  /** The system to which the key belongs; external ids are unique within it. */
  readonly source: string;
  readonly name: string;
  /** The tenant's sector, read together with the key so that judging a text needs no further query. */
  readonly sector: string;
  /** The tenant's web domains, read together with the key too. */
  readonly domains: readonly string[];
  /** The locale of answers when the request names no language. */
  readonly locale: string;
  /** The tenant's place, for a question to the law that names no place. */
  readonly home: { readonly territory: string; readonly timeZone: string };
}

export const sharerOf = ({ keyId, tenantId }: Caller): Sharer => ({ tenant: tenantId, key: keyId });

const keyIn = (authorization: string | undefined): string | undefined =>
  /^Bearer +([^ ].*)$/i.exec(authorization ?? '')?.[1];

/** The tenant id of the instance itself. */
export const NO_TENANT = '00000000-0000-0000-0000-000000000000';

export const actorOf = (caller: Caller): string => `key:${caller.keyId}`;

const LONGEST_REASON = 300;

/** Returns the reason for reading data in clear, as details of an audit entry; empty when none was given. */
export const reasonKept = (reason: string | undefined): { readonly reason?: string } =>
  reason === undefined ? {} : { reason: reason.slice(0, LONGEST_REASON) };

/** Says whether a caller may read personal data in clear: an admin, or an auditor who gives a reason. */
export const seesClear = ({
  caller,
  reason,
}: {
  readonly caller: Caller;
  readonly reason: string | undefined;
}): boolean => caller.role === 'admin' || (caller.role === 'auditor' && reason !== undefined);

/**
 * Refuses callers who may not open the content of every tenant: others than the instance's key and keys of the only
 * tenant.
 */
export async function mayOpen(tx: Transaction, { role }: Caller): Promise<void> {
  if (role === 'instance' || (await isOnlyTenant(tx))) return;
  throw new Refusal('ROLE_NOT_ALLOWED', {
    detail: 'There are several tenants: this is opened with the key of the instance.',
  });
}

/** Returns the tenant of the transaction; refuses with NOT_FOUND when there is none, as for the instance's key. */
export async function knownTenant(tx: Transaction, lock: 'read' | 'change' = 'read'): Promise<Tenant> {
  const tenant = await tenantOf(tx, lock);
  if (tenant === undefined) throw new Refusal('NOT_FOUND');
  return tenant;
}

/** Returns the time zone of the transaction's tenant. */
export const tenantZone = async (tx: Transaction): Promise<string> =>
  (await tenantOf(tx))?.timeZone ?? INSTANCE.home.timeZone;

const MOST_REMEMBERED = 10_000;
/**
 * Milliseconds for which a valid key is remembered: with it a caller may record opt-outs while the database, and so
 * any revocation, is away.
 */
const KNOWN_FOR_MS = 600_000;
/** Keys that are checked again in one query, each second. */
const MOST_ASKED = 500;

interface Known {
  readonly caller: Caller;
  readonly at: number;
}

/** Remembers keys that were recently found valid, for opt-outs while the database is away. */
export class KnownCallers {
  /** Counts invalid keys, wherever in this process they are given. */
  readonly attempts: KeyAttempts;
  readonly #deps: { readonly database: Database; readonly clock: Clock };
  /** By the hash of the key in hexadecimal; the key checked longest ago comes first. */
  readonly #known = new Map<string, Known>();
  readonly #revoked = new Set<string>();

  constructor(deps: { readonly database: Database; readonly clock: Clock }) {
    this.#deps = deps;
    this.attempts = new KeyAttempts(deps.clock);
  }

  /** Records what the database says of a key: its caller, or undefined for an invalid one. */
  note(hash: Buffer, caller: Caller | undefined): void {
    const name = hash.toString('hex');
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    if (caller === undefined || this.#revoked.has(caller.keyId)) this.#known.delete(name);
    else this.#known.set(name, { caller, at: this.#deps.clock.monotonic() });
  }

  /** Returns the caller of a key that was found valid within the last ten minutes. */
  recent(hash: Buffer): Caller | undefined {
    const known = this.#known.get(hash.toString('hex'));
    return known !== undefined && this.#isFresh(known) ? known.caller : undefined;
  }

  /** Returns the same for the key of `Authorization: Bearer`; the key may have been revoked since. */
  recentOf(authorization: string | undefined): Caller | undefined {
    const key = keyIn(authorization);
    return key === undefined ? undefined : this.recent(hashOfKey(key));
  }

  /** Forgets a key for good, even if a request under way finds it valid. */
  revoke(keyId: string): void {
    if (this.#revoked.size >= MOST_REMEMBERED) this.#revoked.clear();
    this.#revoked.add(keyId);
    for (const [name, { caller }] of this.#known) if (caller.keyId === keyId) this.#known.delete(name);
  }

  /** Checks which remembered keys are still valid, and forgets those that another process has revoked. */
  async recheck(): Promise<void> {
    for (const [name, known] of this.#known) if (!this.#isFresh(known)) this.#known.delete(name);
    const asked = [...this.#known].slice(0, MOST_ASKED);
    if (asked.length === 0) return;
    const hashes = asked.map(([name]) => Buffer.from(name, 'hex'));
    const valid = await this.#deps.database.outside((tx) => validHashes(tx, hashes));
    const good = new Set(valid.map((hash) => hash.toString('hex')));
    for (const [name, known] of asked) {
      // A check that began later may have forgotten the key already.
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

/** Identifies the caller of each request by its key in the database, so that a revocation holds at once. */
export class Identification {
  readonly #api: Parts;
  readonly #noted = new Map<string, number>();

  constructor(api: Parts) {
    this.#api = api;
  }

  /**
   * Returns the caller of `Authorization: Bearer`; refuses an invalid key. After many invalid keys, requests from the
   * same address (`from`) have to wait; the key of a session, which we sealed ourselves, has no address.
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

  /** Notes when a key was used, once a minute, since a write would cost more than most requests. */
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
