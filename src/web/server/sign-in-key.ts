import { createHash } from 'node:crypto';
import { instant, keyedDigest, Refusal } from '../../platform/index.ts';
import {
  addApiKey,
  endSessionsOf,
  endSignIns,
  apiKeyOf,
  hashOfKey,
  newApiKey,
  recordAudit,
  tenantOf,
} from '../../company/index.ts';
import type { Api } from './api.ts';
import { moment } from './moment.ts';
import type { Member, OpenId } from './open-id.ts';
import { SESSION_LASTS_MS } from './operator-session.ts';

const LONGEST_NAME = 100;
const MOST_KEPT = 1_000;
/** The clock of the database, which ends keys, may be a little ahead of this machine's. */
const OVERLAP_MS = 60_000;
const JWT = /^Bearer +(ey[\w-]+\.[\w-]+\.[\w-]+)$/i;

/** Makes a key that ends with the session, in the name of the directory's person. */
export async function signInKey(api: Api, member: Member): Promise<string> {
  const key = newApiKey();
  await keepKey(api, member, { key, untilMs: api.clock.machine() + SESSION_LASTS_MS });
  return key;
}

/** An earlier one stays as it is, revoked or not. */
async function keepKey(
  { database, clock }: Api,
  { subject, tenantId, role }: Member,
  { key, untilMs }: { readonly key: string; readonly untilMs: number },
): Promise<void> {
  const expiresAt = instant(untilMs).toISO();
  await database.withTenant(tenantId, async (tx) => {
    // A mapping may name a tenant of another instance.
    if ((await tenantOf(tx)) === undefined) throw new Refusal('NOT_A_MEMBER');
    const row = { hash: hashOfKey(key), role, name: nameOf(subject), source: 'default', expiresAt };
    const id = await addApiKey(tx, clock, row);
    if (id === undefined) return;
    const entry = { actor: `key:${id}`, action: 'session.opened', subject: id, details: { role } };
    await recordAudit(tx, entry, moment(clock));
  });
}

/** Names a person by the directory's id: a long id is digested, never cut. */
function nameOf(subject: string): string {
  const name = `oidc ${subject}`;
  if (name.length <= LONGEST_NAME) return name;
  return `oidc sha256:${createHash('sha256').update(subject).digest('base64url')}`;
}

/** Ends every session signed in with that key; a key that an admin made goes on for programs. */
export async function endSessions(
  { database, clock, callers }: Pick<Api, 'database' | 'clock' | 'callers'>,
  { tenantId, key }: { readonly tenantId: string; readonly key: string },
): Promise<void> {
  const at = instant(clock.machine()).toISO();
  const ended = await database.withTenant(tenantId, async (tx) => {
    const hash = hashOfKey(key);
    await endSessionsOf(tx, hash, at);
    return endSignIns(tx, hash, at);
  });
  for (const id of ended) callers.revoke(id);
}

/** The directory's tokens that programs show, each person's with their key here. */
export class ShownTokens {
  readonly #api: Api;
  readonly #openId: OpenId;
  readonly #kept = new Set<string>();

  constructor(api: Api, openId: OpenId) {
    this.#api = api;
    this.#openId = openId;
  }

  /** Resolves `Authorization` to a key: a token is checked each time, and acts by one key. */
  async authorization(given: string | undefined): Promise<string | undefined> {
    const token = JWT.exec(given ?? '')?.[1];
    if (token === undefined) return given;
    return `Bearer ${await this.#keyOf(await this.#openId.bearer(token))}`;
  }

  /** The same in every process until its turn is over, so that a revoked person stays so. */
  async #keyOf(member: Member): Promise<string> {
    const turn = Math.floor(this.#api.clock.machine() / SESSION_LASTS_MS);
    const key = await derivedKey(this.#api, member, turn);
    if (this.#kept.has(key)) return key;
    await keepKey(this.#api, member, { key, untilMs: (turn + 1) * SESSION_LASTS_MS + OVERLAP_MS });
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.add(key);
    return key;
  }
}

async function derivedKey(
  { database, vault, clock }: Api,
  { tenantId, subject, role }: Member,
  turn: number,
): Promise<string> {
  const madeAt = instant(clock.machine()).toISO();
  const { key } = await database.outside((tx) => vault.instanceKey(tx, 'session', madeAt));
  return apiKeyOf(keyedDigest(key, JSON.stringify(['shown token', tenantId, role, subject, turn])));
}
