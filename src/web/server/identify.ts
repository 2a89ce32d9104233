import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { instant, Refusal } from '../../platform/index.ts';
import { ROLES } from '../../base/index.ts';
import { hashOfKey, noteKeyUse, ownerOfKey, type KeyOwner } from '../../company/index.ts';
import type { Api } from './route.ts';
import { NO_TENANT, keyIn, type Caller } from './caller.ts';

const NOTED_EVERY_MS = 60_000;
const MOST_KEYS_REMEMBERED = 10_000;

const TenantRole = z.enum(ROLES);

/** Identifies the caller by the key of each request, so that a revocation holds at once. */
export class Identification {
  readonly #api: Api;
  readonly #noted = new Map<string, number>();

  constructor(api: Api) {
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
