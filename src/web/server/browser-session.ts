import type { Request, Response } from 'express';
import { z } from 'zod';
import {
  instant,
  ifOpens,
  sealBytes,
  unseal,
  versionOf,
  type VersionedKey,
  Refusal,
} from '../../platform/index.ts';
import { hasLeftSince } from '../../company/index.ts';
import type { Api } from './api.ts';
import type { Caller } from './caller.ts';
import { isByTls } from './security-headers.ts';

/** Maximum lifetime, by the machine clock; a sign-out ends it before, copies of it too. */
export const SESSION_LASTS_MS = 2 * 3_600_000;

/** The place where a browser shows its key; a key given at one place is not accepted at another. */
export interface SessionPlace {
  readonly cookie: string;
  readonly path: string;
  readonly sameSite: 'strict' | 'lax';
}

/** Temporal's page asks from another origin of the same site. */
export const AT_CODEC: SessionPlace = { cookie: 'bonheure_operator', path: '/codec', sameSite: 'strict' };
/** A link from Temporal's page, or from a message, leads there: the browser then sends the session along. */
export const AT_CONSOLE: SessionPlace = { cookie: 'bonheure_console', path: '/console', sameSite: 'lax' };

/** The state taken along to the directory; the way back is a link of another site. */
export const AT_SIGN_IN: SessionPlace = {
  cookie: 'bonheure_sign_in',
  path: '/console/oidc',
  sameSite: 'lax',
};

/** An API key, and its end by the machine clock. */
const Session = z.tuple([z.string(), z.int()]);

type SessionParts = Pick<Api, 'database' | 'vault' | 'clock' | 'publicUrl'>;

/** Stores the operator's key in a browser, sealed for this place, for two hours. */
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

/** Removes it from the browser. */
export function closeSession(parts: SessionParts, res: Response, at: SessionPlace): void {
  res.clearCookie(cookieName(at, parts), cookieOptions(at, parts));
}

/** The credentials of a request. */
export interface ShownKey {
  /** The value of `Authorization`, given or equivalent. */
  readonly authorization: string | undefined;
  /** The opening of its session, as ISO instant of the machine clock; a key in a header is no session. */
  readonly openedAt?: string;
}

/** Reads the key of a request; the header of a program precedes the cookie of a browser. */
export async function shownKey(parts: SessionParts, req: Request, at: SessionPlace): Promise<ShownKey> {
  const { authorization } = req.headers;
  if (authorization !== undefined) return { authorization };
  const session = await sessionIn(parts, req, at);
  if (session === undefined) return { authorization: undefined };
  return { authorization: `Bearer ${session.key}`, openedAt: instant(session.openedMs).toISO() };
}

/** Returns the session of a browser there; undefined once it has expired. */
export async function sessionHeldIn(
  parts: SessionParts,
  req: Request,
  at: SessionPlace,
): Promise<string | undefined> {
  return (await sessionIn(parts, req, at))?.key;
}

/** Refuses a session whose owner signed out since, in whatever browser. */
export async function refuseEndedSession(
  { database }: Pick<SessionParts, 'database'>,
  { openedAt }: ShownKey,
  { tenantId, keyId }: Caller,
): Promise<void> {
  if (openedAt === undefined) return;
  const hasLeft = await database.withTenant(tenantId, (tx) => hasLeftSince(tx, keyId, openedAt));
  if (hasLeft) throw new Refusal('UNAUTHENTICATED');
}

/** Reads a browser's key there, and when it was given. */
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

/** By TLS the browser itself ensures that no other host, a sister's or one in clear, ever set it. */
export const cookieName = (
  { cookie }: SessionPlace,
  { publicUrl }: Pick<SessionParts, 'publicUrl'>,
): string => (isByTls(publicUrl) ? `__Host-${cookie}` : cookie);

/** Another site never sends it along with an act, and no script reads it. A cookie bound to one host is the whole host's. */
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

/** Returns a browser's cookie of that name; the first of several. */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Opens a cookie; undefined for one that is not ours, was altered, or whose key is gone. */
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
