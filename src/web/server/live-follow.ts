import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Response } from 'express';
import { Refusal } from '../../platform/index.ts';
import type { Api } from './api.ts';
import type { Caller } from './caller.ts';
import { Identification } from './identify.ts';
import { nameFollowing } from './request-log.ts';

const LOOKS_EVERY_MS = 1_000;
/** Proxies and our own server give up a connection on which nothing moves for half a minute. */
const BREATHES_EVERY_MS = 10_000;
/** Whoever still watches then connects again. */
const LASTS_MS = 3_600_000;

/** How a thing stood at one moment. */
export interface Sighting {
  readonly view: unknown;
  /** Nothing more will come. */
  readonly isOver: boolean;
}

/** What a stream shows, one sighting after the other. */
export interface Followed {
  readonly event: string;
  /** How it stands from now on. */
  readonly first: () => Promise<Sighting>;
  /** How it stood a moment ago, or stands now. */
  readonly read: () => Promise<Sighting>;
}

/** Whose stream it is, and where it goes. */
export interface Follower {
  readonly caller: Caller;
  /** What was shown at the beginning, and must still be good. */
  readonly authorization: string | undefined;
  readonly res: Response;
}

/** Tells each change as a server-sent event, until it is over, the reader leaves, or the key ends; its place counts before anything is read. */
export async function follow(api: Api, follower: Follower, followed: Followed): Promise<void> {
  const giveBack = api.live.take(follower.caller.keyId);
  const { res } = follower;
  const left = new AbortController();
  res.once('close', () => {
    left.abort();
  });
  const gone = AbortSignal.any([left.signal, api.live.stopping]);
  try {
    const first = await unlessGone(followed.first(), gone);
    begin(res);
    if (first !== undefined) await tell({ api, follower, followed, gone }, first);
    res.end();
  } finally {
    giveBack();
  }
}

/** What was read, unless the reader left or the process stops first: a reading that hangs keeps neither. */
function unlessGone<T>(reading: Promise<T>, gone: AbortSignal): Promise<T | undefined> {
  const leaving = new Promise<undefined>((resolve) => {
    if (gone.aborted) resolve(undefined);
    gone.addEventListener('abort', () => {
      resolve(undefined);
    });
  });
  return Promise.race([reading, leaving]);
}

function begin(res: Response): void {
  nameFollowing(res);
  res.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    // nginx would keep events until its buffer is full.
    'X-Accel-Buffering': 'no',
  });
  res.flushHeaders();
}

interface Telling {
  readonly api: Api;
  readonly follower: Follower;
  readonly followed: Followed;
  readonly gone: AbortSignal;
}

async function tell(telling: Telling, first: Sighting): Promise<void> {
  const { api, follower, followed, gone } = telling;
  const { res } = follower;
  const identification = new Identification(api);
  const endsAt = api.clock.monotonic() + LASTS_MS;
  let [sighting, told, toldAt] = [first, '', 0];
  while (!gone.aborted && !res.destroyed && api.clock.monotonic() < endsAt) {
    const text = JSON.stringify(sighting.view);
    const isNew = text !== told;
    if (isNew || api.clock.monotonic() - toldAt >= BREATHES_EVERY_MS) {
      await write(res, isNew ? eventOf(followed.event, text) : ': nothing new\n\n', gone);
      [told, toldAt] = [text, api.clock.monotonic()];
    }
    if (sighting.isOver) return write(res, eventOf('ended', '{}'), gone);
    await pause(LOOKS_EVERY_MS, undefined, { signal: gone }).catch(() => undefined);
    if (gone.aborted) return;
    const end = await endOf(identification, follower);
    if (end !== undefined) return write(res, eventOf('refused', JSON.stringify(end)), gone);
    sighting = await followed.read();
  }
}

const eventOf = (name: string, data: string): string => `event: ${name}\ndata: ${data}\n\n`;

/** A reader who takes nothing is waited for, and holds one event: our server then gives it up. */
async function write(res: Response, text: string, gone: AbortSignal): Promise<void> {
  if (!res.write(text)) await once(res, 'drain', { signal: gone }).catch(() => undefined);
}

/** A key that was revoked, has expired or changed hands sees nothing more. */
async function endOf(
  identification: Identification,
  { caller, authorization }: Follower,
): Promise<{ readonly code: string } | undefined> {
  try {
    const now = await identification.of(authorization);
    return now.keyId === caller.keyId && now.role === caller.role ? undefined : { code: 'UNAUTHENTICATED' };
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code };
    throw error;
  }
}
