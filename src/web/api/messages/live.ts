import { z } from 'zod';
import { viewOf } from '../../../campaigns/index.ts';
import { importReport } from '../../../people/index.ts';
import { type Transaction, instant, Refusal, type Clock } from '../../../platform/index.ts';
import { EVERYBODY } from '../../../base/index.ts';
import { trialById } from '../../../gateways/index.ts';
import { isOnlyTenant } from '../../../company/index.ts';
import { Answer, type Api, type Endpoint, streamRoute, type Route } from '../../server/route.ts';
import type { Caller } from '../../server/caller.ts';
import { knownCampaign } from '../campaigns/campaign.ts';
import { follow, type Followed, type Sighting } from '../../server/live-follow.ts';
import { ById } from '../../server/schema.ts';
import type { Language } from '../../../words/index.ts';

/** A little less than the interval of streams. */
const FRESH_MS = 900;

/** The subject of a live stream, and its reader. */
export interface LiveAsked {
  readonly caller: Caller;
  readonly language: Language;
  readonly id: string;
}

/** The subjects of live streams, each read once for all readers. */
export class Live {
  readonly #api: Api;
  readonly #readings: LiveReadings<Sighting>;

  constructor(api: Api) {
    this.#api = api;
    this.#readings = new LiveReadings({ monotonic: () => api.clock.monotonic() }, FRESH_MS);
  }

  /** Follows a campaign with its accounts, until it has ended. */
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
      const view = await importReport(tx, asked.id, asked.language);
      if (view === undefined) throw new Refusal('NOT_FOUND');
      return { view, isOver: view.state !== 'queued' && view.state !== 'reading' };
    });
  }

  /** Follows a trial of an account, until it has ended; for a tenant that has the instance for itself. */
  trial(asked: LiveAsked): Followed {
    const { clock } = this.#api;
    return this.#followed('trial', asked, async (tx) => {
      const at = instant(clock.machine()).toISO();
      const trial = (await isOnlyTenant(tx)) ? await trialById(tx, { id: asked.id, at }) : undefined;
      if (trial === undefined) throw new Refusal('NOT_FOUND');
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

/** One for each api of a process: all streams of one thing read it together. */
const readings = new WeakMap<Api, Live>();

function liveIn(api: Api): Live {
  const live = readings.get(api) ?? new Live(api);
  readings.set(api, live);
  return live;
}

const stream = (
  endpoint: Endpoint,
  spec: {
    readonly tag: string;
    readonly summary: string;
    readonly of: (live: Live, asked: LiveAsked) => Followed;
  },
): Route => {
  const { of, ...described } = spec;
  return streamRoute(endpoint, {
    ...described,
    roles: EVERYBODY,
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
};

/** The routes of progress by server-sent events. */
export const liveRoutes: readonly Route[] = [
  stream('GET /v1/campaigns/{id}/events', {
    tag: 'Campaigns',
    summary:
      'Follows a campaign: an event `campaign` with the whole view at each change, `ended` at its end; closed with `refused` once the key is.',
    of: (live, asked) => live.campaign(asked),
  }),
  stream('GET /v1/imports/{id}/events', {
    tag: 'Imports',
    summary:
      'Follows an import: an event `import` with the whole report at each change, `ended` at its end; closed with `refused` once the key is.',
    of: (live, asked) => live.import(asked),
  }),
];

interface Reading<T> {
  readonly begunAt: number;
  readonly value: Promise<T>;
}

/** Shares readings: a hundred people who watch one campaign read it once a second, not a hundred times. */
export class LiveReadings<T> {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #freshMs: number;
  readonly #latest = new Map<string, Reading<T>>();
  /** Readings that begin once those under way are over, for all who ask meanwhile. */
  readonly #next = new Map<string, Promise<T>>();

  constructor(clock: Pick<Clock, 'monotonic'>, freshMs: number) {
    this.#clock = clock;
    this.#freshMs = freshMs;
  }

  /** Returns a value read a moment ago, else that of `read` now. */
  of(name: string, read: () => Promise<T>): Promise<T> {
    const known = this.#latest.get(name);
    if (known !== undefined && this.#clock.monotonic() - known.begunAt < this.#freshMs) return known.value;
    return this.#begin(name, read);
  }

  /** Returns a value read from now on: a page was drawn before, and must not get an earlier one. */
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

  /** Streams are few, and so are their names. */
  #forgetOld(now: number): void {
    for (const [name, { begunAt }] of this.#latest)
      if (now - begunAt >= this.#freshMs) this.#latest.delete(name);
  }
}
