import { Agent, createServer, request } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { AwaitedAnswers, RequestTurns } from '../../../../src/web/server/bounds.ts';
import { budgets } from '../../../../src/web/server/budgets.ts';
import { publicApp } from '../../../../src/web/server/edge.ts';
import { Metrics } from '../../../../src/web/health/metrics.ts';
import { hashOfKey } from '../../../../src/company/index.ts';
import type { Database } from '../../../../src/platform/index.ts';
import { KnownCallers } from '../../../../src/web/server/caller.ts';
import { ShiftedClock } from '../../../support/law-clock.ts';
import { silent } from '../../platform/journal/journal-on-disk.ts';

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

interface Begun {
  readonly line: string;
  readonly owner: string;
  readonly number: number;
  readonly turn: number;
}

/** Takes so many at once, and returns them in the order in which they began. */
async function begun(asked: readonly (readonly [line: string, owner: string])[]): Promise<readonly Begun[]> {
  const turns = new RequestTurns();
  const order: Begun[] = [];
  let now = 0;
  for (const [number, [line, owner]] of asked.entries())
    turns.take({ line, owner }, () => order.push({ line, owner, number, turn: now }) > 0);
  for (; order.length < asked.length && now < 1_000; now += 1) await turn();
  return order;
}

describe('requests that come together', () => {
  const some = fc.array(fc.tuple(fc.constantFrom('u', 'f', 'known'), fc.constantFrom('a', 'b', 'c')), {
    maxLength: 60,
  });

  it('begin once, each owner in order', async () => {
    await fc.assert(
      fc.asyncProperty(some, async (asked) => {
        const order = await begun(asked);
        expect(order.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual([...asked.keys()]);
        for (const theirs of Map.groupBy(order, ({ line, owner }) => `${line} ${owner}`).values())
          expect(theirs.map(({ number }) => number)).toEqual(
            theirs.map(({ number }) => number).toSorted((a, b) => a - b),
          );
      }),
    );
  });

  it('begin one of each line a turn', async () => {
    await fc.assert(
      fc.asyncProperty(some, async (asked) => {
        const order = await begun(asked);
        const places = order.map(({ line, turn: at }) => `${line} ${at}`);
        // The very first begins at once, in the turn in which all of them came.
        expect(new Set(places).size).toBeGreaterThanOrEqual(places.length - 1);
      }),
    );
  });

  it('lose no turn to senders who left', async () => {
    const turns = new RequestTurns();
    let seen = 0;
    const gone = (): boolean => false;
    const here = (): boolean => (seen += 1) > 0;
    for (const begin of [here, ...Array.from({ length: 1_000 }, () => gone), here])
      turns.take({ line: 'u', owner: 'a' }, begin);
    await turn();
    expect(seen).toBe(2);
  });

  it('let a single one pass a crowd', async () => {
    const crowd = Array.from({ length: 200 }, () => ['u', 'crowd'] as const);
    const order = await begun([...crowd, ['u', 'one'], ['f', 'two'], ['known', 'three']]);
    const places = ['one', 'two', 'three'].map((name) => order.findIndex(({ owner }) => owner === name));
    expect(Math.max(...places)).toBeLessThanOrEqual(5);
  });
});

describe('the answers that known callers wait for', () => {
  let now = 1_000;
  const awaited = new AwaitedAnswers({ monotonic: () => now });

  it('are none before anybody asks', () => {
    expect(awaited.any).toBe(false);
  });

  it('end with each of them', () => {
    const [first, second] = [awaited.add(), awaited.add()];
    first();
    first();
    expect(awaited.any).toBe(true);
    second();
    expect(awaited.any).toBe(false);
  });

  it('are not those that take long', () => {
    const long = awaited.add();
    now += 99;
    const short = awaited.add();
    now += 1;
    expect(awaited.any).toBe(true);
    short();
    expect(awaited.any).toBe(false);
    long();
  });
});

const MANY = 200;
const order: string[] = [];
const clock = new ShiftedClock();
const callers = new KnownCallers({ database: {} as unknown as Database, clock });
const KEYS = ['a key of one tenant', 'a key of another'];
for (const [n, key] of KEYS.entries())
  callers.note(hashOfKey(key), {
    keyId: `k-${n}`,
    tenantId: `t-${n}`,
    role: 'operator',
    source: '',
    name: '',
    sector: 'general',
    domains: [],
    locale: 'fr',
    home: { territory: 'FR', timeZone: 'Europe/Paris' },
  });
const edge = { log: silent, metrics: new Metrics(), clock, callers, publicUrl: 'http://localhost' };
/** Requests that are answered when told. */
const held: (() => void)[] = [];
const mount = (at: string) => ({
  at,
  template: at,
  router: ({ headers }: { headers: { authorization?: string | undefined } }, res: { end: () => void }) => {
    order.push(headers.authorization ?? at);
    if (at === '/v1/held') held.push(() => res.end());
    else res.end();
  },
});
const mounts = ['/u', '/v1/inbound', '/v1/held', '/v1/tenant', '/console'].map(mount);
const server = createServer(publicApp(edge, mounts)).listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => void server.close());

type Asked = (path: string, key?: string) => Promise<unknown>;

/** Connections are open before, so that all of it arrives in a few turns. */
async function connected(work: (asked: Asked) => Promise<unknown>): Promise<void> {
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 2 * MANY });
  const asked: Asked = (path, key) => {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const one = request({ port, path, agent, headers }).end();
    return once(one, 'response').then(([answer]) => answer.resume());
  };
  await Promise.all(Array.from({ length: 2 * MANY }, () => asked('/u')));
  order.length = 0;
  await work(asked);
  agent.destroy();
}

const crowd = (asked: Asked, path: string, key?: string): Promise<unknown>[] =>
  Array.from({ length: MANY }, () => asked(path, key));

it('a callback passes a crowd of presses', async () => {
  await connected((asked) => Promise.all([...crowd(asked, '/u'), asked('/v1/inbound')]));
  expect(order.indexOf('/v1/inbound')).toBeLessThan(MANY / 2);
});

it('a tenant passes the crowd of another', async () => {
  const [many = '', one = ''] = KEYS;
  await connected((asked) => Promise.all([...crowd(asked, '/v1/tenant', many), asked('/v1/tenant', one)]));
  expect(order).toHaveLength(MANY + 1);
  expect(order.indexOf(`Bearer ${one}`)).toBeLessThan(MANY / 2);
});

it('a tenant’s crowd keeps no place of strangers', async () => {
  await connected(async (asked) => {
    const all = [...crowd(asked, '/v1/held', KEYS[0]), ...crowd(asked, '/v1/held')];
    await vi.waitFor(() => expect(held).toHaveLength(2 * MANY), 60_000);
    held.splice(0).forEach((answer) => answer());
    await Promise.all(all);
  });
});

/** Does something while a tenant waits for its answer. */
async function whileAwaited(work: (asked: Asked) => Promise<unknown>): Promise<void> {
  await connected(async (asked) => {
    const waiting = asked('/v1/held', KEYS[0]);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    await work(asked);
    held.splice(0).forEach((answer) => answer());
    await waiting;
  });
}

const five = (asked: Asked, path: string): Promise<unknown>[] => Array.from({ length: 5 }, () => asked(path));

it('strangers give way to a tenant that waits', async () => {
  let tookMs = 0;
  await whileAwaited(async (asked) => {
    const began = performance.now();
    await Promise.all(five(asked, '/console'));
    tookMs = performance.now() - began;
  });
  // The first one begins at once. A timer may ring a millisecond early.
  expect(tookMs / budgets.strangersApartMs).toBeGreaterThan(3.5);
});

it('a callback gives way to nobody', async () => {
  await whileAwaited((asked) => Promise.all([...five(asked, '/console'), ...five(asked, '/v1/inbound')]));
  // All of them begin before those who give way have had three turns.
  expect(order.lastIndexOf('/v1/inbound')).toBeLessThan(1 + 5 + 3);
});
