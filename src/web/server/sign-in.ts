import { createHash } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import {
  hasLeftSince,
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
import { instant, Refusal } from '../../platform/index.ts';
import { ifOpens, sealBytes, unseal, versionOf, type VersionedKey, keyedDigest } from '../../crypto/index.ts';
import { Bound, FewAtOnce, neighbourhood } from './bounds.ts';
import { budgets } from './budgets.ts';
import { type Caller, actorOf, type Identification } from './caller.ts';
import { isByTls, isFromElsewhere } from './edge.ts';
import { SignInStart, type Member, type OpenId } from './open-id.ts';
import type { Api } from './route.ts';
import { moment } from './schema.ts';

/** The longest that a session lasts, by the machine clock; a sign-out ends it, and copies of it, before. */
export const SESSION_LASTS_MS = 2 * 3_600_000;

/** Where a browser sends its session: a cookie that was given for one place is not accepted at another. */
interface SessionPlace {
  readonly cookie: string;
  readonly path: string;
  readonly sameSite: 'strict' | 'lax';
}

/** Temporal's page sends its requests from another origin of the same site. */
export const AT_CODEC: SessionPlace = { cookie: 'bonheure_operator', path: '/codec', sameSite: 'strict' };
/** `lax`, so that the browser sends the session when somebody follows a link from Temporal's page or a message. */
export const AT_CONSOLE: SessionPlace = { cookie: 'bonheure_console', path: '/console', sameSite: 'lax' };

/** What the browser keeps during a sign-in at the provider, from whose site it comes back. */
const AT_SIGN_IN: SessionPlace = {
  cookie: 'bonheure_sign_in',
  path: '/console/oidc',
  sameSite: 'lax',
};

/** An API key, and its end by the machine clock. */
const Session = z.tuple([z.string(), z.int()]);

type SessionParts = Pick<Api, 'database' | 'vault' | 'clock' | 'publicUrl'>;

/** Stores a key in the browser, sealed for that place, for two hours. */
export async function openSession(
  parts: SessionParts,
  res: Response,
  { at, key }: { readonly at: SessionPlace; readonly key: string },
): Promise<void> {
  const [current] = await sessionKeys(parts);
  const until = parts.clock.machine() + SESSION_LASTS_MS;
  const sealed = sealBytes(current, sealedAt(at), JSON.stringify([key, until])).toString('base64url');
  res.cookie(cookieName(at, parts), sealed, { ...cookieOptions(at, parts), maxAge: SESSION_LASTS_MS });
}

export function closeSession(parts: SessionParts, res: Response, at: SessionPlace): void {
  res.clearCookie(cookieName(at, parts), cookieOptions(at, parts));
}

interface ShownKey {
  /** The value of `Authorization`: that of the request, or one made of its session. */
  readonly authorization: string | undefined;
  /** When the session was opened, an ISO instant of the machine clock; absent for a key in a header. */
  readonly openedAt?: string;
  /** The address that sent the key; undefined for a session, whose key we sealed ourselves. */
  readonly from: string | undefined;
}

/** Returns the key of a request: from the header of a program, or else from the cookie of a browser. */
export async function shownKey(parts: SessionParts, req: Request, at: SessionPlace): Promise<ShownKey> {
  const { authorization } = req.headers;
  if (authorization !== undefined) return { authorization, from: neighbourhood(req.ip ?? '') };
  const session = await sessionIn(parts, req, at);
  if (session === undefined) return { authorization: undefined, from: undefined };
  const openedAt = instant(session.openedMs).toISO();
  return { authorization: `Bearer ${session.key}`, openedAt, from: undefined };
}

/** Returns the session that a browser has for that place; undefined without one that is valid. */
export async function sessionHeldIn(
  parts: SessionParts,
  req: Request,
  at: SessionPlace,
): Promise<string | undefined> {
  return (await sessionIn(parts, req, at))?.key;
}

/** Refuses a session that was opened before its owner last signed out, in whatever browser. */
export async function refuseEndedSession(
  { database }: Pick<SessionParts, 'database'>,
  { openedAt }: ShownKey,
  { tenantId, keyId }: Caller,
): Promise<void> {
  if (openedAt === undefined) return;
  const hasLeft = await database.withTenant(tenantId, (tx) => hasLeftSince(tx, keyId, openedAt));
  if (hasLeft) throw new Refusal('UNAUTHENTICATED');
}

/** Reads the key of a browser's session, and when the session was opened; undefined when it is over. */
async function sessionIn(
  parts: SessionParts,
  req: Request,
  at: SessionPlace,
): Promise<{ readonly key: string; readonly openedMs: number } | undefined> {
  const held = cookieIn(req.headers.cookie, cookieName(at, parts));
  if (held === undefined) return undefined;
  const opened = opens(await sessionKeys(parts), { at, sealed: Buffer.from(held, 'base64url') });
  if (opened === undefined) return undefined;
  const [key, until] = Session.parse(JSON.parse(opened));
  return parts.clock.machine() < until ? { key, openedMs: until - SESSION_LASTS_MS } : undefined;
}

/** Returns the cookie's name; by TLS with a prefix by which the browser ensures that no other host has set it. */
export const cookieName = (
  { cookie }: SessionPlace,
  { publicUrl }: Pick<SessionParts, 'publicUrl'>,
): string => (isByTls(publicUrl) ? `__Host-${cookie}` : cookie);

/**
 * Returns the cookie's options: other sites never send it with a POST, and no script reads it. A cookie bound to one
 * host has the path `/`.
 */
export const cookieOptions = (
  { path, sameSite }: SessionPlace,
  { publicUrl }: Pick<SessionParts, 'publicUrl'>,
) =>
  ({
    path: isByTls(publicUrl) ? '/' : path,
    httpOnly: true,
    sameSite,
    secure: isByTls(publicUrl),
  }) as const;

const sealedAt = ({ cookie }: SessionPlace) =>
  ({ tenant: 'instance', table: 'cookie', column: 'session', row: cookie }) as const;

const sessionKeys = ({ database, vault, clock }: SessionParts) =>
  database.outside((tx) => vault.instanceKeys(tx, 'session', instant(clock.machine()).toISO()));

/** Returns the first cookie of that name. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Opens a cookie; returns undefined when it is not ours, was altered, or its key is gone. */
function opens(
  keys: readonly VersionedKey[],
  { at, sealed }: { readonly at: SessionPlace; readonly sealed: Buffer },
): string | undefined {
  return ifOpens(() => {
    const version = versionOf(sealed);
    const key = keys.find((known) => known.version === version);
    return key === undefined ? undefined : unseal(key, sealedAt(at), sealed).toString('utf8');
  });
}

const LONGEST_NAME = 100;
const MOST_KEPT = 1_000;

/** The clock of the database, by which keys expire, may be a little ahead of this machine's. */
const OVERLAP_MS = 60_000;
const JWT = /^Bearer +(ey[\w-]+\.[\w-]+\.[\w-]+)$/i;

/** Makes a key for a person who signed in by the provider; it expires with the session. */
export async function signInKey(api: Api, member: Member): Promise<string> {
  const key = newApiKey();
  await keepKey(api, member, { key, untilMs: api.clock.machine() + SESSION_LASTS_MS });
  return key;
}

/** Stores the key of a person; one that exists already stays as it is, even revoked. */
async function keepKey(
  { database, clock }: Api,
  { subject, tenantId, role }: Member,
  { key, untilMs }: { readonly key: string; readonly untilMs: number },
): Promise<void> {
  const expiresAt = instant(untilMs).toISO();
  await database.withTenant(tenantId, async (tx) => {
    // The settings may name a tenant that does not exist.
    if ((await tenantOf(tx)) === undefined) throw new Refusal('NOT_A_MEMBER');
    const row = { hash: hashOfKey(key), role, name: nameOf(subject), source: 'default', expiresAt };
    const id = await addApiKey(tx, clock, row);
    if (id === undefined) return;
    const entry = { actor: `key:${id}`, action: 'session.opened', subject: id, details: { role } };
    await recordAudit(tx, entry, moment(clock));
  });
}

/** Returns the name of a person's key, made of the provider's id; a long id is digested, and not cut. */
function nameOf(subject: string): string {
  const name = `oidc ${subject}`;
  if (name.length <= LONGEST_NAME) return name;
  return `oidc sha256:${createHash('sha256').update(subject).digest('base64url')}`;
}

/** Ends every session of a key; a key that an admin has made still works for programs. */
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

/** Replaces the provider's tokens, which programs send, by keys of the people whom they name. */
export class ShownTokens {
  readonly #api: Api;
  readonly #openId: OpenId;
  readonly #kept = new Set<string>();

  constructor(api: Api, openId: OpenId) {
    this.#api = api;
    this.#openId = openId;
  }

  /** Returns `Authorization` with a key in place of a token, which is checked each time. */
  async authorization(given: string | undefined): Promise<string | undefined> {
    const token = JWT.exec(given ?? '')?.[1];
    if (token === undefined) return given;
    return `Bearer ${await this.#keyOf(await this.#openId.bearer(token))}`;
  }

  /** Returns a person's key, which is the same in every process for two hours, so that it can be revoked. */
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
const writing = new FewAtOnce(1);

/**
 * Returns the caller of a key that is used to sign in; an unknown key is audited. Refuses when too many keys of the
 * same address wait.
 */
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

export async function noteSignIn({ database, clock }: Parts, req: Request, caller: Caller): Promise<void> {
  const details = { role: caller.role, by: 'key', from: networkOf(req) };
  const entry = { actor: actorOf(caller), action: 'session.opened', subject: caller.keyId, details };
  await database.withTenant(caller.tenantId, (tx) => recordAudit(tx, entry, moment(clock)));
}

/** Records a sign-in with an unknown key in the audit of the first tenant, which runs the instance. */
async function noteRefusedSignIn({ database, clock }: Parts, req: Request): Promise<void> {
  const bound = written.get(database) ?? new Bound(most, withinMs);
  written.set(database, bound);
  if (!bound.admits('all', clock.monotonic())) return;
  const entry = { actor: 'system', action: 'session.refused', details: { from: networkOf(req) } };
  // One at a time, since refusals that come together would take all connections.
  await writing.run('all', async () => {
    const tenantId = await database.outside(firstTenantId);
    if (tenantId === undefined) return;
    await database.withTenant(tenantId, (tx) => recordAudit(tx, entry, moment(clock)));
  });
}

/** Returns the network of a visitor, which is not their whole address: 24 bits of IPv4, 64 of IPv6. */
function networkOf(req: Request): string {
  const place = neighbourhood(req.ip ?? '');
  return isIPv4(place) ? `${place.split('.').slice(0, 3).join('.')}.0/24` : `${place}::/64`;
}

/** Matches paths of our own pages alone, whatever a link contains. */
const OURS = /^\/(?:console|codec)(?:[/?]|$)/;

/** Makes the routes to the provider and back; `askForKey` shows the sign-in page, with the reason of a refusal. */
export function openIdDoors(
  api: Api,
  openId: OpenId,
  askForKey: (req: Request, res: Response, refusal?: Refusal) => void,
): Router {
  const orRefuse =
    (work: (req: Request, res: Response) => Promise<void>) =>
    async (req: Request, res: Response): Promise<void> => {
      try {
        await work(req, res);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        askForKey(req, res, error);
      }
    };
  return Router()
    .get(
      '/',
      orRefuse(async (req, res) => {
        // A provider that knows the browser asks nothing, so that a link on another site would sign people in unasked.
        if (isFromElsewhere(req)) {
          askForKey(req, res);
          return;
        }
        const { next } = req.query;
        const { url, departure } = await openId.begin(typeof next === 'string' ? next : '');
        await openSession(api, res, { at: AT_SIGN_IN, key: JSON.stringify(departure) });
        res.redirect(303, url);
      }),
    )
    .get(
      '/back',
      orRefuse(async (req, res) => {
        const held = await sessionHeldIn(api, req, AT_SIGN_IN);
        if (held === undefined) throw new Refusal('SIGN_IN_REFUSED');
        const departure = SignInStart.parse(JSON.parse(held));
        closeSession(api, res, AT_SIGN_IN);
        const key = await signInKey(api, await openId.end(queryOf(req), departure));
        for (const at of [AT_CONSOLE, AT_CODEC] satisfies SessionPlace[])
          await openSession(api, res, { at, key });
        res.redirect(303, OURS.test(departure.next) ? departure.next : '/console');
      }),
    );
}

const queryOf = ({ originalUrl }: Request): string => {
  const from = originalUrl.indexOf('?');
  return from < 0 ? '' : originalUrl.slice(from);
};
