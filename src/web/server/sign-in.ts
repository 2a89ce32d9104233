import { createHash } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { Request } from 'express';
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
  firstTenantId,
} from '../../company/index.ts';
import type { Api } from './api.ts';
import { moment } from './schema.ts';
import type { Member, OpenId } from './open-id.ts';
import { SESSION_LASTS_MS } from './browser-session.ts';
import { budgets } from './budgets.ts';
import { actorOf, type Caller } from './caller.ts';
import { Bound, neighbourhood } from './form-bounds.ts';
import type { Identification } from './identify.ts';

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

type Parts = Pick<Api, 'database' | 'clock'>;

const { most, withinMs } = budgets.refusedSignIns;
const written = new WeakMap<object, Bound>();

/** Finds the caller of a key used to sign in; an unknown key is audited. Refuses when too many of the same address wait. */
export async function callerSigningIn(
  { api, identification }: { readonly api: Parts; readonly identification: Identification },
  req: Request,
  key: string,
): Promise<Caller | undefined> {
  const from = neighbourhood(req.ip ?? '');
  const caller = await identification.of(`Bearer ${key}`, from).catch(unlessUnknown);
  if (caller === undefined) await noteRefusedSignIn(api, req);
  return caller;
}

function unlessUnknown(error: unknown): undefined {
  if (!(error instanceof Refusal) || error.code === 'TOO_MANY_REQUESTS') throw error;
}

/** Audits a sign-in. */
export async function noteSignIn({ database, clock }: Parts, req: Request, caller: Caller): Promise<void> {
  const details = { role: caller.role, by: 'key', from: networkOf(req) };
  const entry = { actor: actorOf(caller), action: 'session.opened', subject: caller.keyId, details };
  await database.withTenant(caller.tenantId, (tx) => recordAudit(tx, entry, moment(clock)));
}

/** Audits a refused sign-in with an unknown key, for the first tenant, which runs the instance. */
async function noteRefusedSignIn({ database, clock }: Parts, req: Request): Promise<void> {
  const bound = written.get(database) ?? new Bound(most, withinMs);
  written.set(database, bound);
  if (!bound.admits('all', clock.monotonic())) return;
  const tenantId = await database.outside(firstTenantId);
  if (tenantId === undefined) return;
  const entry = { actor: 'system', action: 'session.refused', details: { from: networkOf(req) } };
  await database.withTenant(tenantId, (tx) => recordAudit(tx, entry, moment(clock)));
}

/** Returns a visitor's network, not their address: 24 bits of IPv4, 64 of IPv6. */
function networkOf(req: Request): string {
  const place = neighbourhood(req.ip ?? '');
  return isIPv4(place) ? `${place.split('.').slice(0, 3).join('.')}.0/24` : `${place}::/64`;
}
