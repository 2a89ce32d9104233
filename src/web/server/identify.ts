import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { instant, Refusal, type Clock, ROLES } from '../../platform/index.ts';
import { hashOfKey, noteKeyUse, ownerOfKey, type KeyOwner } from '../../company/index.ts';
import type { Api } from './route.ts';
import { NO_TENANT, type Caller } from './caller.ts';
import { budgets } from './budgets.ts';
import { Bound, BoundedWait } from './bounds.ts';

const NOTED_EVERY_MS = 60_000;
const MOST_KEYS_REMEMBERED = 10_000;

const TenantRole = z.enum(ROLES);

/** Identifies the caller by the key of each request, so that a revocation holds at once. */
export class Identification {
  readonly #api: Api;
  readonly #attempts: KeyAttempts;
  readonly #noted = new Map<string, number>();

  constructor(api: Api) {
    this.#api = api;
    this.#attempts = new KeyAttempts(api.clock);
  }

  /** Returns the caller of `Authorization: Bearer`, or refuses; invalid keys make their address wait. */
  async of(authorization: string | undefined, from?: string): Promise<Caller> {
    const key = /^Bearer +([^ ].*)$/i.exec(authorization ?? '')?.[1];
    if (key === undefined) throw new Refusal('UNAUTHENTICATED');
    const hash = hashOfKey(key);
    if (this.#isInstance(hash)) return INSTANCE;
    if (from !== undefined && this.#api.callers.recent(hash) === undefined) await this.#attempts.wait(from);
    const owner = await this.#api.database.outside((tx) => ownerOfKey(tx, hash));
    const caller = callerOf(owner);
    this.#api.callers.note(hash, caller);
    if (caller === undefined) {
      if (from !== undefined) this.#attempts.failed(from);
      throw new Refusal('UNAUTHENTICATED');
    }
    await this.#noteUse(caller);
    return caller;
  }

  /** Returns the caller who showed that key a few minutes ago; never used while the database answers. */
  recentCaller(authorization: string | undefined): Caller | undefined {
    const key = /^Bearer +([^ ].*)$/i.exec(authorization ?? '')?.[1];
    return key === undefined ? undefined : this.#api.callers.recent(hashOfKey(key));
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

const { most, withinMs, waitMs, waiting } = budgets.signIns;

/** Invalid keys by address: with many failures, each further key waits before it is checked. */
export class KeyAttempts {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #failures = new Bound(most, withinMs);
  readonly #waits = new BoundedWait({ most: waiting, longestMs: waitMs });

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Waits after many failures; refuses where too many wait. */
  async wait(from: string): Promise<void> {
    const { left, resetMs } = this.#failures.status(from, this.#clock.monotonic());
    if (left > 0 || (await this.#waits.wait(waitMs))) return;
    throw new Refusal('TOO_MANY_REQUESTS', { retryAfterSeconds: Math.ceil(resetMs / 1_000) });
  }

  /** Records an invalid key. */
  failed(from: string): void {
    this.#failures.admits(from, this.#clock.monotonic());
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
