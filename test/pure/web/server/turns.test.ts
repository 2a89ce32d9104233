import { Agent, createServer, request } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { RequestTurns } from '../../../../src/web/server/admission.ts';
import { publicApp } from '../../../../src/web/server/edge.ts';
import { Metrics } from '../../../../src/web/health/metrics.ts';
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

const MANY = 200;
const order: string[] = [];
const clock = new ShiftedClock();
const edge = { log: silent, metrics: new Metrics(), clock, publicUrl: 'http://localhost' };
const mount = (at: string) => ({
  at,
  template: at,
  router: (_: unknown, res: { end: () => void }) => {
    order.push(at);
    res.end();
  },
});
const server = createServer(publicApp(edge, [mount('/u'), mount('/v1/inbound')])).listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => void server.close());

it('a callback passes a crowd of presses', async () => {
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: MANY + 1 });
  const asked = (path: string): Promise<unknown> => {
    const one = request({ port, path, agent }).end();
    return once(one, 'response').then(([answer]) => answer.resume());
  };
  // Connections are open before, so that all of it arrives in a few turns.
  await Promise.all(Array.from({ length: MANY + 1 }, () => asked('/u')));
  order.length = 0;
  await Promise.all([...Array.from({ length: MANY }, () => asked('/u')), asked('/v1/inbound')]);
  agent.destroy();
  expect(order.indexOf('/v1/inbound')).toBeLessThan(MANY / 2);
});
