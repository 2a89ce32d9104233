import { createHash } from 'node:crypto';
import { instant } from '../clock.ts';
import { Refusal } from '../errors.ts';
import { addKey, endSignIns } from '../tenants/api-key.repository.ts';
import { hashOfKey, newApiKey } from '../tenants/api-key.ts';
import { recordAudit } from '../tenants/audit-entry.repository.ts';
import { tenantOf } from '../tenants/tenant.repository.ts';
import type { Api } from './api.ts';
import { moment } from './moment.ts';
import type { Member, OpenId } from './open-id.ts';
import { SESSION_LASTS_MS } from './operator-session.ts';

const MOST_TOKENS = 1_000;
const JWT = /^Bearer +(ey[\w-]+\.[\w-]+\.[\w-]+)$/i;

/** A key that ends with the session, in the name of whoever the directory vouched for. */
export async function signInKey(api: Api, { subject, tenantId, role }: Member): Promise<string> {
  const { database, clock } = api;
  const key = newApiKey();
  const expiresAt = instant(clock.machine() + SESSION_LASTS_MS).toISO();
  await database.withTenant(tenantId, async (tx) => {
    // A mapping may name a tenant of another instance.
    if ((await tenantOf(tx)) === undefined) throw new Refusal('NOT_A_MEMBER');
    const name = `oidc ${subject}`.slice(0, 100);
    const id = await addKey(tx, clock, { hash: hashOfKey(key), role, name, source: 'default', expiresAt });
    const entry = { actor: `key:${id}`, action: 'session.opened', subject: id ?? '', details: { role } };
    await recordAudit(tx, entry, moment(clock));
  });
  return key;
}

/** Ends every session of whoever signed in with that key; a key that an admin made is left alone. */
export async function endSessions(
  { database, clock, callers }: Api,
  { tenantId, key }: { readonly tenantId: string; readonly key: string },
): Promise<void> {
  const at = instant(clock.machine()).toISO();
  const ended = await database.withTenant(tenantId, (tx) => endSignIns(tx, hashOfKey(key), at));
  for (const id of ended) callers.revoke(id);
}

/** Tokens of the directory that programs show, each with the key that stands for it here. */
export class ShownTokens {
  readonly #api: Api;
  readonly #openId: OpenId;
  readonly #keys = new Map<string, string>();

  constructor(api: Api, openId: OpenId) {
    this.#api = api;
    this.#openId = openId;
  }

  /** What `Authorization` comes to: a token is checked each time, and acts by one key. */
  async authorization(given: string | undefined): Promise<string | undefined> {
    const token = JWT.exec(given ?? '')?.[1];
    if (token === undefined) return given;
    const member = await this.#openId.bearer(token);
    const digest = createHash('sha256').update(token).digest('base64url');
    const known = this.#keys.get(digest) ?? (await signInKey(this.#api, member));
    if (this.#keys.size >= MOST_TOKENS) this.#keys.clear();
    this.#keys.set(digest, known);
    return `Bearer ${known}`;
  }
}
