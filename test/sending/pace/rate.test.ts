import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sendChunk } from '../../../src/sending/batch/chunk.ts';
import { messageId } from '../../../src/sending/message/message.repository.ts';
import { rank } from '../../../src/sending/pace/precedence.ts';
import { Rates, type ShareSource } from '../../../src/sending/pace/rate.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld, type SendWorld } from '../../support/send-world.ts';

const RATE = 60;
/** What each of two workers sends. */
const PART = 100;
const CONNECTIONS = 20;
const clock = new ShiftedClock();

const operator = await anOperator(clock);
const world = await aSendWorld(operator, clock);

async function aWorker(batchId: string): Promise<ChildProcess> {
  const order = {
    appUrl: world.appUrl,
    tenantId: world.tenantId,
    accountId: world.accountId,
    batchId,
    ringKey: world.ringKey.toString('base64'),
    origin: operator.origin,
    lawNow: clock.now().toISO(),
    connections: CONNECTIONS,
    ratePerSecond: RATE,
  };
  const script = fileURLToPath(new URL('../batch/killed-sender.ts', import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ORDER: JSON.stringify(order) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
};

const inOrder = (at: number[]): number[] => at.sort((one, other) => one - other);

/** Messages in the busiest second. */
const busiest = (at: readonly number[]): number =>
  at.reduce((most, start, n) => {
    const end = at.findIndex((other, k) => k > n && other >= start + 1_000);
    return Math.max(most, (end === -1 ? at.length : end) - n);
  }, 0);

/** Largest delay between the first byte of a message and its note at an operator that keeps up. */
const LATE_MS = 50;

/** Reads the moments of first bytes by reference, in epoch milliseconds. */
async function departures(batches: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await world.query(
    'SELECT batch_id, seq, (extract(epoch FROM first_byte_at) * 1000)::float8 AS at FROM acceptance WHERE batch_id = ANY ($1) AND first_byte_at IS NOT NULL',
    [batches],
  );
  return new Map(
    rows.map((row) => [
      messageId({ batchId: String(row['batch_id']), seq: Number(row['seq']) }),
      Number(row['at']),
    ]),
  );
}

describe(`I10, an account of ${RATE} messages a second, by what arrives at the operator`, () => {
  it('is kept by two workers despite a kill', async () => {
    const shards = [await world.shard(PART), await world.shard(PART)] as const;
    const [first, second] = await Promise.all(shards.map(aWorker));
    if (first === undefined || second === undefined) throw new Error('no worker');
    // Both have filled a second and go on.
    await expect.poll(async () => (await departures(shards)).size, { interval: 50 }).toBeGreaterThan(RATE);
    first.kill('SIGKILL');
    await ended(first);
    const third = await aWorker(shards[0]);
    await Promise.all([ended(second), ended(third)]);

    const log = await operator.log();
    const arrived = inOrder(log.map(({ receivedAt }) => Date.parse(receivedAt)));
    const leftAt = await departures(shards);
    const left = inOrder([...leftAt.values()]);
    const late = log.filter(
      ({ reference, receivedAt }) => Date.parse(receivedAt) - (leftAt.get(reference) ?? Infinity) > LATE_MS,
    );
    // What was on the wire of the killed one is known by look-up, without its moment.
    expect(left.length).toBeGreaterThanOrEqual(2 * PART - CONNECTIONS);
    expect(arrived.length).toBe(2 * PART);
    expect(busiest(left)).toBeLessThanOrEqual(RATE);
    // A busy operator notes late what left in time, and then several at once.
    expect(busiest(arrived)).toBeLessThanOrEqual(RATE + 2 + late.length);
    // The limit was met, not missed by far: a loaded machine stays below it.
    expect(busiest(left)).toBeGreaterThan(RATE / 3);
    for (const batchId of shards) expect(await world.states(batchId)).toEqual({ accepted: PART });
  });
});

/** Another campaign of the same tenant, of one shard. */
async function anotherCampaign(of: SendWorld, size: number): Promise<string> {
  const [id, batchId] = [randomUUID(), await of.shard(size)];
  const sealed = of.keys.seal(
    { table: 'campaign', column: 'sealed', row: id },
    'Maison Lumière : -10 %. {stop}',
  );
  await of.query(
    `INSERT INTO campaign (id, tenant_id, account_id, name, purpose, profile, status, sender, sealed, audience, source, created_at, updated_at, launched_at)
     SELECT $1, tenant_id, account_id, 'Petite', purpose, profile, status, sender, $2, audience, source, created_at, updated_at, launched_at FROM campaign WHERE id = $3`,
    [id, sealed, of.campaignId],
  );
  await of.query('UPDATE batch SET campaign_id = $2 WHERE id = $1', [batchId, id]);
  return batchId;
}

/**
 * A small campaign that leaves in one chunk; a busy machine puts messages back, and their second chunk tells nothing of
 * turns.
 */
async function inOneChunk(
  of: SendWorld,
  send: (batchId: string) => Promise<{ readonly kind: string }>,
): Promise<string> {
  for (let times = 0; times < 4; times += 1) {
    const batchId = await anotherCampaign(of, 20);
    if ((await send(batchId)).kind === 'done') return batchId;
  }
  throw new Error('The machine was too busy for twenty messages in one chunk, four times.');
}

/** Counts messages of the large campaign sent between the first and the last of the small one. */
async function leftMeanwhile(of: SendWorld, large: readonly string[], small: string): Promise<number> {
  const [row] = await of.query(
    `SELECT count(*)::int AS meanwhile FROM acceptance a WHERE a.batch_id = ANY ($1) AND a.first_byte_at
       BETWEEN (SELECT min(first_byte_at) FROM acceptance WHERE batch_id = $2)
           AND (SELECT max(first_byte_at) FROM acceptance WHERE batch_id = $2)`,
    [large, small],
  );
  return Number(row?.['meanwhile']);
}

describe(`a small campaign beside a large one, at ${RATE} messages a second for both`, () => {
  it('alternates with it, whatever its batches', async () => {
    const both = await aSendWorld(operator, clock, { ratePerSecond: RATE });
    const large = await Promise.all(Array.from({ length: 6 }, () => both.shard(100)));
    const stop = new AbortController();
    const sent = (batchId: string) =>
      sendChunk(both.deps, { tenantId: both.tenantId, batchId, signal: stop.signal });
    const sending = large.map(sent);
    // By then each of the large one is under way.
    const underWay = 'SELECT DISTINCT batch_id FROM acceptance WHERE batch_id = ANY ($1)';
    await expect.poll(() => both.query(underWay, [large])).toHaveLength(large.length);
    let meanwhile = Number.POSITIVE_INFINITY;
    // On a busy machine messages of the small one are late themselves; one of seven batches in turn is 120 each time.
    for (let times = 0; times < 3 && meanwhile > 40; times += 1) {
      const small = await inOneChunk(both, sent);
      expect(await both.states(small)).toEqual({ accepted: 20 });
      meanwhile = await leftMeanwhile(both, large, small);
    }
    stop.abort();
    await Promise.all(sending);
    expect(meanwhile).toBeLessThanOrEqual(40);
  });
});

describe('a small campaign on one of two workers, which share the rate with a large one', () => {
  it('gets half of that worker’s rate', async () => {
    const both = await aSendWorld(operator, clock, { ratePerSecond: RATE });
    const other = both.worker();
    const large = await Promise.all(Array.from({ length: 8 }, () => both.shard(100)));
    const stop = new AbortController();
    const sent = (batchId: string, deps = both.deps) =>
      sendChunk(deps, { tenantId: both.tenantId, batchId, signal: stop.signal });
    const sending = large.map((batchId, turn) => sent(batchId, turn < 2 ? both.deps : other));
    // By then each worker knows its part.
    await vi.waitFor(
      async () => {
        const [row] = await both.query(
          `SELECT count(*) FILTER (WHERE batch_id = ANY ($1))::int AS one, count(*) FILTER (WHERE batch_id <> ALL ($1))::int AS other
             FROM acceptance WHERE batch_id = ANY ($2) AND first_byte_at > clock_timestamp() - interval '1 second'`,
          [large.slice(0, 2), large],
        );
        expect(Number(row?.['one'])).toBeGreaterThan(RATE / 4);
        expect(Number(row?.['other'])).toBeGreaterThan(RATE / 4);
      },
      { timeout: 60_000, interval: 100 },
    );
    const small = await inOneChunk(both, (batchId) => sent(batchId, other));
    stop.abort();
    await Promise.all(sending);
    expect(await both.states(small)).toEqual({ accepted: 20 });
    const meanwhile = await leftMeanwhile(both, large, small);
    // Twenty beside it on its own worker, and forty on the other.
    expect(meanwhile).toBeLessThanOrEqual(100);
  });
});

const generous = (limit: number): ShareSource & { asked: { wanted: number; wantedFirst: number }[] } => {
  const asked: { wanted: number; wantedFirst: number }[] = [];
  return {
    asked,
    renew: async (request) => {
      asked.push(request);
      return limit;
    },
    giveBack: async () => undefined,
  };
};
const scope = (name: string, ratePerSecond: number) => ({ scope: name, ratePerSecond });

/** The functions of simulated time, which jumps to the next awaited moment. */
const TIMERS = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] as const;

/** Runs work in simulated time. */
async function outcome<T>(work: Promise<T>): Promise<T> {
  let isOver = false;
  const over = (): void => void (isOver = true);
  work.then(over, over);
  for (;;) {
    // Whatever waits for no time comes first.
    await new Promise(setImmediate);
    if (isOver) return work;
    // Not to the next timer: those of one moment would all go off before any of their promises.
    await vi.advanceTimersByTimeAsync(10);
  }
}

/** Returns a signal that is aborted after so many milliseconds of simulated time. */
function within(ms: number): AbortSignal {
  const end = new AbortController();
  setTimeout(() => end.abort(), ms);
  return end.signal;
}

describe('the rates of one worker', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: [...TIMERS] }));
  afterEach(() => void vi.useRealTimers());

  it('serve reminders, then notices, then advertising', async () => {
    const rates = new Rates(generous(10), clock, 3_000);
    const signal = within(5_000);
    const order: (keyof typeof rank)[] = [];
    const take = async (name: keyof typeof rank): Promise<void> => {
      await rates.take([scope('account:a', 10)], 1, { rank: rank[name], signal });
      order.push(name);
    };
    await outcome(take('advertising'));
    const waiting = [
      take('advertising'),
      take('advertising'),
      new Promise(setImmediate).then(() => Promise.all([take('notice'), take('notice'), take('own')])),
    ];
    await outcome(Promise.all(waiting));
    await rates.close();
    expect(order.indexOf('own')).toBeLessThan(order.indexOf('notice'));
    expect(order.lastIndexOf('notice')).toBeLessThan(order.lastIndexOf('advertising'));
    expect(order.at(-1)).toBe('advertising');
  });

  it('are shared equally despite eight lanes', async () => {
    const rates = new Rates(generous(200), clock, 3_000);
    const stop = new AbortController();
    const given = { big: 0, small: 0 };
    const lane = async (of: keyof typeof given, limit: number): Promise<void> => {
      const scopes = [scope('account:a', 200), scope(`campaign:${of}`, limit)];
      const asked = { rank: rank.advertising, flow: { tenantId: 'shop', of }, signal: stop.signal };
      while (!stop.signal.aborted)
        for (const token of await rates.take(scopes, 25, asked)) {
          token.wrote(token.due);
          given[of] += 1;
        }
    };
    const lanes = [...Array.from({ length: 8 }, () => lane('big', 200)), lane('small', 200)];
    await vi.advanceTimersByTimeAsync(1_500);
    stop.abort();
    await outcome(Promise.all(lanes));
    await rates.close();
    const all = given.big + given.small;
    expect(all).toBeGreaterThan(100);
    expect(given.small / all).toBeGreaterThan(0.4);
    expect(given.small / all).toBeLessThan(0.6);
  });

  it('serve advertising despite another campaign’s limit', async () => {
    const source: ShareSource = {
      renew: async ({ scope: name }) => (name === 'campaign:slow' ? 1 : 100),
      giveBack: async () => undefined,
    };
    const both = new Rates(source, clock, 3_000);
    const stop = new AbortController();
    const notice = (async () => {
      while (!stop.signal.aborted) {
        await both.take([scope('account:a', 100), scope('campaign:slow', 1)], 1, {
          rank: rank.notice,
          signal: stop.signal,
        });
      }
    })();
    await vi.advanceTimersByTimeAsync(300);
    let given = 0;
    const until = performance.now() + 1_000;
    while (performance.now() < until) {
      const asked = { rank: rank.advertising, signal: within(200) };
      given += (await outcome(both.take([scope('account:a', 100)], 25, asked))).length;
    }
    stop.abort();
    await outcome(notice);
    expect(given).toBeGreaterThan(70);
  });

  it('give nothing after their lease until renewal', async () => {
    const lines: string[] = [];
    const log = pino({}, { write: (line) => void lines.push(line) });
    let gone = false;
    const source: ShareSource = {
      renew: async () => {
        if (gone) throw new Error('no database');
        return 100;
      },
      giveBack: async () => undefined,
    };
    const rates = new Rates({ ...source, log }, clock, 600);
    const take = (ms: number) =>
      outcome(rates.take([scope('account:a', 100)], 1, { rank: rank.advertising, signal: within(ms) }));
    expect(await take(1_000)).toHaveLength(1);
    gone = true;
    await vi.advanceTimersByTimeAsync(700);
    expect(await take(300)).toHaveLength(0);
    gone = false;
    expect(await take(2_500)).toHaveLength(1);
    expect(lines).toEqual([expect.stringContaining('no database')]);
    await rates.close();
  });

  it('ask for all, or little when idle', async () => {
    const source = generous(100);
    const rates = new Rates(source, clock, 3_000);
    const one = () =>
      outcome(rates.take([scope('account:a', 100)], 1, { rank: rank.advertising, signal: within(500) }));
    await one();
    await vi.advanceTimersByTimeAsync(1_100);
    await one();
    await vi.advanceTimersByTimeAsync(1_100);
    await rates.close();
    expect(source.asked[0]).toMatchObject({ wanted: 100, wantedFirst: 0, wantedNotices: 0 });
    expect(source.asked.at(-1)?.wanted).toBeLessThanOrEqual(4);
  });

  it.each([
    ['own', { wanted: 100, wantedFirst: 100, wantedNotices: 0 }],
    ['notice', { wanted: 100, wantedFirst: 0, wantedNotices: 100 }],
    ['advertising', { wanted: 100, wantedFirst: 0, wantedNotices: 0 }],
  ] as const)('tell other workers that %s waits', async (name, wish) => {
    const source = generous(0);
    const rates = new Rates(source, clock, 3_000);
    const asked = { rank: rank[name], signal: within(1_400) };
    expect(await outcome(rates.take([scope('account:a', 100)], 1, asked))).toEqual([]);
    await rates.close();
    expect(source.asked).toContainEqual(expect.objectContaining(wish));
    expect(source.asked.at(-1)).toMatchObject(wish);
  });

  it('return the token of an unwritten message', async () => {
    const rates = new Rates(generous(2), clock, 3_000);
    const signal = within(5_000);
    const take = () => outcome(rates.take([scope('account:a', 2)], 1, { rank: rank.advertising, signal }));
    await take();
    const started = performance.now();
    for (let n = 0; n < 8; n += 1) for (const token of await take()) token.unused();
    // Eight used ones would take four seconds.
    expect(performance.now() - started).toBeLessThan(2_000);
    await rates.close();
  });
});
