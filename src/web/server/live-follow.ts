import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Response } from 'express';
import { Refusal } from '../../platform/index.ts';
import type { Api } from './route.ts';
import type { Caller } from './caller.ts';
import { Identification } from './identify.ts';
import { nameFollowing } from './request-log.ts';

const LOOKS_EVERY_MS = 1_000;
/** Milliseconds between signs of life: proxies and our own server close a connection that is idle for half a minute. */
const BREATHES_EVERY_MS = 10_000;
/** A reader who still watches then connects again. */
const LASTS_MS = 3_600_000;

/** The state of a subject at one moment. */
export interface Sighting {
  readonly view: unknown;
  /** True when nothing more will come. */
  readonly isOver: boolean;
}

/** The source of a stream's states. */
export interface Followed {
  readonly event: string;
  /** Returns the state from now on. */
  readonly first: () => Promise<Sighting>;
  /** Returns the state of a moment ago, or of now. */
  readonly read: () => Promise<Sighting>;
}

/** The reader of a stream, and its response. */
export interface Follower {
  readonly caller: Caller;
  /** The key shown at the beginning, which must stay valid. */
  readonly authorization: string | undefined;
  readonly res: Response;
}

/**
 * Sends each change as a server-sent event, until the end, the reader's disconnection, or the end of the key; its
 * place counts before anything is read.
 */
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

/** Returns the value read, unless the reader disconnects or the process stops first: a read that hangs delays neither. */
function unlessGone<T>(reading: Promise<T>, gone: AbortSignal): Promise<T | undefined> {
  const leftOrStopped = new Promise<undefined>((resolve) => {
    if (gone.aborted) resolve(undefined);
    gone.addEventListener('abort', () => {
      resolve(undefined);
    });
  });
  return Promise.race([reading, leftOrStopped]);
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
  let [sighting, writtenText, writtenAt] = [first, '', 0];
  while (!gone.aborted && !res.destroyed && api.clock.monotonic() < endsAt) {
    const text = JSON.stringify(sighting.view);
    const isNew = text !== writtenText;
    if (isNew || api.clock.monotonic() - writtenAt >= BREATHES_EVERY_MS) {
      await write(res, isNew ? eventOf(followed.event, text) : ': nothing new\n\n', gone);
      [writtenText, writtenAt] = [text, api.clock.monotonic()];
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

/** A reader who takes nothing is awaited, and holds one event: our server then closes the connection. */
async function write(res: Response, text: string, gone: AbortSignal): Promise<void> {
  if (!res.write(text)) await once(res, 'drain', { signal: gone }).catch(() => undefined);
}

/** A revoked, expired or changed key sees nothing more. */
async function endOf(
  identification: Identification,
  { caller, authorization }: Follower,
): Promise<{ readonly code: string } | undefined> {
  try {
    const now = await identification.of(authorization, undefined);
    return now.keyId === caller.keyId && now.role === caller.role ? undefined : { code: 'UNAUTHENTICATED' };
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code };
    throw error;
  }
}
