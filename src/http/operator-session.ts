import type { Request, Response } from 'express';
import { z } from 'zod';
import { instant } from '../clock.ts';
import { CiphertextRefused, seal, unseal, versionOf, type VersionedKey } from '../database/cipher.ts';
import type { Api } from './api.ts';

const COOKIE = 'bonheure_operator';
const LASTS_MS = 8 * 3_600_000;
const PLACE = { tenant: 'instance', table: 'cookie', column: 'session', row: 'operator' } as const;

/** An API key, until when by the machine clock. */
const Session = z.tuple([z.string(), z.int()]);

type SessionParts = Pick<Api, 'database' | 'vault' | 'clock' | 'publicUrl'>;

/** Lets a browser show the key that its operator gave, for eight hours; what it holds opens nowhere else. */
export async function openSession(parts: SessionParts, res: Response, key: string): Promise<void> {
  const [current] = await sessionKeys(parts);
  const until = parts.clock.machine() + LASTS_MS;
  const sealed = seal(current, PLACE, JSON.stringify([key, until])).toString('base64url');
  res.cookie(COOKIE, sealed, cookieOf(parts.publicUrl));
}

/** Forgets it. */
export function closeSession({ publicUrl }: SessionParts, res: Response): void {
  const { maxAge: _, ...place } = cookieOf(publicUrl);
  res.clearCookie(COOKIE, place);
}

/** What `Authorization` would say; the header of a program comes before the cookie of a browser. */
export async function authorizationOf(parts: SessionParts, req: Request): Promise<string | undefined> {
  if (req.headers.authorization !== undefined) return req.headers.authorization;
  const held = cookieIn(req.headers.cookie);
  if (held === undefined) return undefined;
  const opened = opens(await sessionKeys(parts), Buffer.from(held, 'base64url'));
  if (opened === undefined) return undefined;
  const [key, until] = Session.parse(JSON.parse(opened));
  return parts.clock.machine() < until ? `Bearer ${key}` : undefined;
}

/** Another site never sends it along, and no script reads it. */
const cookieOf = (publicUrl: string) =>
  ({
    path: '/codec',
    httpOnly: true,
    sameSite: 'strict',
    secure: publicUrl.startsWith('https:'),
    maxAge: LASTS_MS,
  }) as const;

const sessionKeys = ({ database, vault, clock }: SessionParts) =>
  database.outside((tx) => vault.instanceKeys(tx, 'session', instant(clock.machine()).toISO()));

function cookieIn(header: string | undefined): string | undefined {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}

/** Nothing for what is not ours, was altered, or is of a key that is gone. */
function opens(keys: readonly VersionedKey[], sealed: Buffer): string | undefined {
  try {
    const version = versionOf(sealed);
    const key = keys.find((known) => known.version === version);
    return key === undefined ? undefined : unseal(key, PLACE, sealed).toString('utf8');
  } catch (error) {
    if (error instanceof CiphertextRefused) return undefined;
    throw error;
  }
}
