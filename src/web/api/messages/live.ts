import { z } from 'zod';
import { viewOf } from '../../../campaigns/index.ts';
import { importReport } from '../../../people/index.ts';
import { type Transaction, instant, type Clock, Refusal } from '../../../platform/index.ts';
import { EVERYBODY } from '../../../base/index.ts';
import { trialById } from '../../../gateways/index.ts';
import { isOnlyTenant } from '../../../company/index.ts';
import {
  Answer,
  type Api,
  type Endpoint,
  streamRoute,
  type Route,
  orNotFound,
  type Untagged,
  tagged,
} from '../../server/route.ts';
import { type Caller, Identification } from '../../server/caller.ts';
import { knownCampaign } from '../campaigns/campaign.ts';
import { ById } from '../../server/schema.ts';
import type { Language } from '../../../words/index.ts';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Response } from 'express';
import { nameFollowing } from '../../server/request-log.ts';

/** Milliseconds for which a reading is shared: a little less than the interval of streams. */
const FRESH_MS = 900;

/** The subject of a live stream, and its reader. */
export interface LiveAsked {
  readonly caller: Caller;
  readonly language: Language;
  readonly id: string;
}

/** The subjects of live streams, each of which is read once for all its readers. */
export class Live {
  readonly #api: Api;
  readonly #readings: LiveReadings<Sighting>;

  constructor(api: Api) {
    this.#api = api;
    this.#readings = new LiveReadings({ monotonic: () => api.clock.monotonic() }, FRESH_MS);
  }

  /** Follows a campaign and its counts, until it has ended. */
  campaign(asked: LiveAsked): Followed {
    const { clock } = this.#api;
    return this.#followed('campaign', asked, async (tx) => {
      const { language, id } = asked;
      const view = await viewOf(tx, await knownCampaign(tx, id), { now: clock.now(), language });
      const { status, accounts } = view;
      return { view, isOver: status === 'finished' || (status === 'cancelled' && accounts.pending === 0) };
    });
  }

  /** Follows an import, until its last row is read. */
  import(asked: LiveAsked): Followed {
    return this.#followed('import', asked, async (tx) => {
      const view = orNotFound(await importReport(tx, asked.id, asked.language));
      return { view, isOver: view.state !== 'queued' && view.state !== 'reading' };
    });
  }

  /** Follows a trial of an account, until it has ended. */
  trial(asked: LiveAsked): Followed {
    const { clock } = this.#api;
    return this.#followed('trial', asked, async (tx) => {
      const at = instant(clock.machine()).toISO();
      const trial = orNotFound(
        (await isOnlyTenant(tx)) ? await trialById(tx, { id: asked.id, at }) : undefined,
      );
      const { state, turn } = trial;
      const isOver = state === 'ended' || state === 'not-finished';
      return { view: { status: `${state} ${turn}` }, isOver };
    });
  }

  #followed(
    event: string,
    { caller: { tenantId }, language, id }: LiveAsked,
    look: (tx: Transaction) => Promise<Sighting>,
  ): Followed {
    const name = [tenantId, language, event, id].join(' ');
    const read = (): Promise<Sighting> => this.#api.database.withTenant(tenantId, look);
    return {
      event,
      first: () => this.#readings.fromNow(name, read),
      read: () => this.#readings.of(name, read),
    };
  }
}

/** One for each api of a process, so that all streams of a subject share readings. */
const readings = new WeakMap<Api, Live>();

function liveIn(api: Api): Live {
  const live = readings.get(api) ?? new Live(api);
  readings.set(api, live);
  return live;
}

const stream = (
  endpoint: Endpoint,
  { summary, of }: { readonly summary: string; readonly of: (live: Live, asked: LiveAsked) => Followed },
): Untagged =>
  streamRoute(endpoint, {
    roles: EVERYBODY,
    summary,
    params: ById,
    reply: z.string(),
    produces: 'text/event-stream',
    run: async ({ api, caller, language, req, res, params: { id } }) => {
      if (req.method === 'HEAD') return new Answer(200, undefined);
      const { authorization } = req.headers;
      await follow(api, { caller, authorization, res }, of(liveIn(api), { caller, language, id }));
      return undefined;
    },
  });

export const liveRoutes: readonly Route[] = [
  ...tagged('Campaigns', [
    stream('GET /v1/campaigns/{id}/events', {
      summary:
        'Follows a campaign: an event `campaign` with the whole view at each change, `ended` at its end; closed with `refused` once the key is.',
      of: (live, asked) => live.campaign(asked),
    }),
  ]),
  ...tagged('Imports', [
    stream('GET /v1/imports/{id}/events', {
      summary:
        'Follows an import: an event `import` with the whole report at each change, `ended` at its end; closed with `refused` once the key is.',
      of: (live, asked) => live.import(asked),
    }),
  ]),
];

/**
 * Shares readings by name: for a hundred people who watch a campaign, it is read once a second and not a hundred
 * times.
 */
export class LiveReadings<T> {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #freshMs: number;
  readonly #latest = new Map<string, { readonly begunAt: number; readonly value: Promise<T> }>();
  /** Readings that begin when those under way have ended, for all who ask meanwhile. */
  readonly #next = new Map<string, Promise<T>>();

  constructor(clock: Pick<Clock, 'monotonic'>, freshMs: number) {
    this.#clock = clock;
    this.#freshMs = freshMs;
  }

  /** Returns a value that was read a moment ago, or else reads it. */
  of(name: string, read: () => Promise<T>): Promise<T> {
    const known = this.#latest.get(name);
    if (known !== undefined && this.#clock.monotonic() - known.begunAt < this.#freshMs) return known.value;
    return this.#begin(name, read);
  }

  /**
   * Returns a value whose reading begins from now on, so that a page that was just made does not get an earlier one.
   */
  fromNow(name: string, read: () => Promise<T>): Promise<T> {
    const next = this.#next.get(name);
    if (next !== undefined) return next;
    const underWay = this.#latest.get(name)?.value ?? Promise.resolve();
    const begin = (): Promise<T> => {
      this.#next.delete(name);
      return this.#begin(name, read);
    };
    const value = underWay.then(begin, begin);
    this.#next.set(name, value);
    return value;
  }

  #begin(name: string, read: () => Promise<T>): Promise<T> {
    const now = this.#clock.monotonic();
    this.#forgetOld(now);
    const value = read();
    this.#latest.set(name, { begunAt: now, value });
    return value;
  }

  /** Forgets readings that are too old to be shared. */
  #forgetOld(now: number): void {
    for (const [name, { begunAt }] of this.#latest)
      if (now - begunAt >= this.#freshMs) this.#latest.delete(name);
  }
}

const LOOKS_EVERY_MS = 1_000;
/**
 * Milliseconds between signs of life, since proxies and our own server close connections that are idle for half a
 * minute.
 */
const BREATHES_EVERY_MS = 10_000;
/** Milliseconds after which a stream ends; a reader who still watches connects again. */
const LASTS_MS = 3_600_000;

export interface Sighting {
  readonly view: unknown;
  /** True when nothing more will come. */
  readonly isOver: boolean;
}

export interface Followed {
  readonly event: string;
  /** Reads the state, beginning from now on. */
  readonly first: () => Promise<Sighting>;
  /** Returns a state that was read a moment ago, or reads it. */
  readonly read: () => Promise<Sighting>;
}

export interface Follower {
  readonly caller: Caller;
  /** The key of the request, which must stay valid. */
  readonly authorization: string | undefined;
  readonly res: Response;
}

/**
 * Sends each change as a server-sent event, until the subject has ended, the reader disconnects, or the key is no longer
 * valid. It takes a place among the streams before anything is read, or refuses.
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
    beginStream(res);
    if (first !== undefined) await tell({ api, follower, followed, gone }, first);
    res.end();
  } finally {
    giveBack();
  }
}

/**
 * Returns what was read; undefined as soon as the reader disconnects or the process stops, which a hanging read must
 * not delay.
 */
function unlessGone<T>(reading: Promise<T>, gone: AbortSignal): Promise<T | undefined> {
  const leftOrStopped = new Promise<undefined>((resolve) => {
    if (gone.aborted) resolve(undefined);
    gone.addEventListener('abort', () => {
      resolve(undefined);
    });
  });
  return Promise.race([reading, leftOrStopped]);
}

function beginStream(res: Response): void {
  nameFollowing(res);
  res.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    // Otherwise nginx would hold events back until its buffer is full.
    'X-Accel-Buffering': 'no',
  });
  res.flushHeaders();
}

async function tell(
  {
    api,
    follower,
    followed,
    gone,
  }: {
    readonly api: Api;
    readonly follower: Follower;
    readonly followed: Followed;
    readonly gone: AbortSignal;
  },
  first: Sighting,
): Promise<void> {
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

/** Writes an event, and waits for a slow reader; the server closes the connection of one who reads nothing. */
async function write(res: Response, text: string, gone: AbortSignal): Promise<void> {
  if (!res.write(text)) await once(res, 'drain', { signal: gone }).catch(() => undefined);
}

/** Returns why a stream ends early: its key was revoked, has expired, or has another role. */
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
