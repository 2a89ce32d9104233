import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { Refusal } from '../../../../src/platform/errors.ts';
import { Admission, becomeKnown, takeShare } from '../../../../src/web/server/admission.ts';
import { answerErrors } from '../../../../src/web/server/answer.ts';
import { Spaced } from '../../../../src/web/server/bounds.ts';
import { budgets, type AddressClass, type Shared, LiveStreams } from '../../../../src/web/server/budgets.ts';
import { listen } from '../../../../src/web/server/server.ts';
import { silent } from '../../platform/journal/journal-on-disk.ts';

const MINUTE = 60_000;
const MIB = 1_048_576;

/** Numbers are written here once more: a row of the table that is changed turns its line red. */
const STRANGERS: readonly (readonly [AddressClass, string, number])[] = [
  ['inbound', '/v1/inbound/sandbox/x', 256],
  ['optOut', '/u/x', 256],
  ['schedules', '/s/x', 128],
  ['forms', '/f/x', 256],
  ['probes', '/healthz', 128],
  ['console', '/console', 192],
  ['codec', '/codec/decode', 64],
  ['docs', '/docs', 64],
  ['sandbox', '/sandbox', 256],
  ['api', '/v1/contacts', 256],
];

interface ShareRow {
  readonly name: Shared;
  /** What one request takes. */
  readonly each: number;
  readonly most: number;
  readonly ofTenant: number;
  readonly ofKey: number;
  readonly always: number;
}

const SHARES: readonly ShareRow[] = [
  { name: 'requests', each: 1, most: 256, ofTenant: 224, ofKey: 224, always: 8 },
  { name: 'bytes', each: MIB, most: 128 * MIB, ofTenant: 64 * MIB, ofKey: 64 * MIB, always: 2 * MIB },
  { name: 'files', each: 1, most: 96, ofTenant: 32, ofKey: 24, always: 4 },
  { name: 'exports', each: 1, most: 48, ofTenant: 12, ofKey: 8, always: 2 },
  { name: 'callbacks', each: 1, most: 1_024, ofTenant: 1_024, ofKey: 1_024, always: 64 },
];

let now = 0;
const clock = { monotonic: () => now };
const servers: Server[] = [];
const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that lets in by the table, and holds whoever it let in. */
async function admitting(): Promise<{
  readonly ask: Ask;
  readonly port: number;
  readonly release: () => void;
}> {
  const admission = new Admission(clock);
  const held: (() => void)[] = [];
  const app = express()
    .use((req, res) => {
      admission.enter(req, res);
      const { tenant, key, share, amount, times } = req.headers as Readonly<Record<string, string>>;
      if (tenant !== undefined && key !== undefined) {
        const sharer = { tenant, key };
        if (share === 'exports') admission.count(res, sharer);
        if (times !== undefined) for (let n = 0; n < Number(times); n += 1) admission.count(res, sharer);
        else if (share === 'requests' || share === 'callbacks') becomeKnown(res, sharer, share);
        else takeShare(res, share as Shared, { sharer, amount: Number(amount) });
      }
      res.writeHead(200).write('in');
      if (times === undefined) held.push(() => res.end());
      else res.end();
    })
    .use(answerErrors(silent));
  const server = createServer(app).listen(0, '127.0.0.1', 4_096);
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask: Ask = async (path, headers = {}) => {
    const call = request({ host: '127.0.0.1', port, path, headers, agent }).end();
    call.on('error', () => undefined);
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    answer.on('error', () => undefined).resume();
    return answer;
  };
  return { ask, port, release: () => held.splice(0).forEach((end) => end()) };
}

type Ask = (path: string, headers?: Readonly<Record<string, string>>) => Promise<IncomingMessage>;

/** How many of so many are let in, one after the other. */
async function letIn(many: number, ask: () => Promise<IncomingMessage>): Promise<number> {
  let count = 0;
  for (let n = 0; n < many; n += 1) count += (await ask()).statusCode === 200 ? 1 : 0;
  return count;
}

describe('strangers at once', () => {
  it('have a bound at every class', () => {
    expect(STRANGERS.map(([name]) => name)).toEqual(Object.keys(budgets.classes));
  });

  it.each(STRANGERS)('at %s (%s) are %i, then wait', async (name, path, most) => {
    const { ask } = await admitting();
    expect(await letIn(most, () => ask(path))).toBe(most);
    const { statusCode, headers } = await ask(path);
    expect([statusCode, headers['retry-after'], headers['ratelimit']]).toEqual([429, '1', `"${name}";r=0`]);
    expect(headers['ratelimit-policy']).toBe(`"${name}";q=${most};qu="concurrent-requests"`);
    // Nobody else pays for it.
    const other = STRANGERS.find(([another]) => another !== name)?.[1] ?? '';
    expect((await ask(other)).statusCode).toBe(200);
  });

  it('leave with the connection that sent them', async () => {
    const { ask, port } = await admitting();
    const statusNow = async () => (await ask('/codec/decode')).statusCode;
    const socket = connect(port, '127.0.0.1');
    // One after the other without waiting: all answers but the first wait for it.
    socket.write('GET /codec/decode HTTP/1.1\r\nHost: here\r\n\r\n'.repeat(budgets.classes.codec.strangers));
    await expect.poll(statusNow).toBe(429);
    socket.destroy();
    await expect.poll(statusNow).toBe(200);
  });
});

describe('what those who are known share', () => {
  it('has a bound for each thing', () => {
    expect(SHARES.map(({ name }) => name)).toEqual(Object.keys(budgets.known));
  });

  describe.each(SHARES)('$name', ({ name, each, most, ofTenant, ofKey, always }) => {
    const taking =
      (ask: Ask, [tenant, key]: readonly [string, string]) =>
      (): Promise<IncomingMessage> => {
        // Each at another class in turn: strangers have bounds of their own.
        const [, path] = STRANGERS[(turn += 1) % STRANGERS.length] ?? ['', '/'];
        const at = name === 'requests' || name === 'callbacks' ? '/v1/contacts' : path;
        return ask(at, { tenant, key, share: name, amount: String(each) });
      };
    let turn = 0;
    const many = (amount: number): number => amount / each;

    it('is bounded for one key', async () => {
      const { ask } = await admitting();
      expect(await letIn(many(ofKey) + 1, taking(ask, ['t', 'one']))).toBe(many(ofKey));
    });

    it('is bounded for all keys of one tenant', async () => {
      const { ask } = await admitting();
      let key = 0;
      const byMany = (): Promise<IncomingMessage> => taking(ask, ['t', `k${(key += 1)}`])();
      expect(await letIn(many(ofTenant) + 1, byMany)).toBe(many(ofTenant));
      const { headers } = await byMany();
      expect([headers['retry-after'], headers['ratelimit']]).toEqual(['1', `"${name}";r=0`]);
    });

    it('is bounded overall, with each tenant’s part', async () => {
      const { ask } = await admitting();
      const byMany = (tenant: number): (() => Promise<IncomingMessage>) => {
        let key = 0;
        return () => taking(ask, [`t${tenant}`, `${tenant}-${(key += 1)}`])();
      };
      let taken = 0;
      for (let tenant = 0; taken < many(most); tenant += 1) {
        const wants = Math.min(many(ofTenant) - 1, many(most) - taken);
        expect(await letIn(wants, byMany(tenant))).toBe(wants);
        taken += wants;
      }
      // Of its own part there is one more, of everybody's there is none.
      expect((await taking(ask, ['t0', 'more'])()).statusCode).toBe(429);
      expect(await letIn(many(always) + 1, taking(ask, ['late', 'k']))).toBe(many(always));
    });
  });
});

describe('requests of one key', () => {
  it.each([
    ['key', 90_000, ['t', 'one'], ['t', 'one']],
    ['tenant', 120_000, ['t', 'one'], ['t', 'another']],
  ] as const)('are counted by %s, %i a minute', async (by, most, first, second) => {
    now = 0;
    const { ask } = await admitting();
    const count = async (times: number, [tenant, key]: readonly [string, string]) =>
      ask('/v1/contacts', { tenant, key, times: String(times) });
    const own = Math.min(most, 90_000);
    expect((await count(own, first)).statusCode).toBe(200);
    expect((await count(most - own, second)).statusCode).toBe(200);
    now = MINUTE - 1;
    const { statusCode, headers } = await count(1, second);
    expect([statusCode, headers['retry-after']]).toEqual([429, '1']);
    expect(headers['ratelimit']).toContain(`"${by}";r=0;t=1`);
    now = MINUTE;
    expect((await count(1, second)).statusCode).toBe(200);
  });
});

describe('exports of a tenant', () => {
  it('are 60 in ten seconds per tenant', async () => {
    now = 0;
    const { ask, release } = await admitting();
    let [key, path] = [0, 0];
    const exported = async (tenant: string): Promise<IncomingMessage> => {
      const answer = await ask(STRANGERS[(path += 1) % STRANGERS.length]?.[1] ?? '', {
        tenant,
        key: `k${(key += 1)}`,
        share: 'exports',
        amount: '1',
      });
      release();
      await once(answer, 'close');
      return answer;
    };
    expect(await letIn(60, () => exported('t'))).toBe(60);
    now = 3_500;
    const { statusCode, headers } = await exported('t');
    expect([statusCode, headers['retry-after'], headers['ratelimit']]).toEqual([
      429,
      '7',
      '"exports";r=0;t=7, "exports-of-key";r=29;t=7',
    ]);
    expect((await exported('other')).statusCode).toBe(200);
    now = 10_000;
    expect((await exported('t')).statusCode).toBe(200);
  });

  it('are half of them at most per key', async () => {
    now = 0;
    const { ask, release } = await admitting();
    const exported = async (key: string): Promise<IncomingMessage> => {
      const answer = await ask('/v1/contacts', { tenant: 't', key, share: 'exports', amount: '1' });
      release();
      await once(answer, 'close');
      return answer;
    };
    const script = () => letIn(32, () => exported('script'));
    const told = ({ headers }: IncomingMessage): readonly unknown[] => [
      headers['ratelimit'],
      headers['ratelimit-policy'],
    ];
    expect(told(await exported('admin'))).toEqual([
      '"key";r=89999;t=60, "tenant";r=119999;t=60, "exports";r=59;t=10, "exports-of-key";r=29;t=10',
      '"key";q=90000;w=60, "tenant";q=120000;w=60, "exports";q=60;w=10, "exports-of-key";q=30;w=10',
    ]);
    now = 5_000;
    expect(await script()).toBe(30);
    const refused = await exported('script');
    expect([refused.statusCode, refused.headers['retry-after'], ...told(refused)]).toEqual([
      429,
      '5',
      '"exports";r=29;t=5, "exports-of-key";r=0;t=5',
      '"exports";q=60;w=10, "exports-of-key";q=30;w=10',
    ]);
    // What is refused of one key takes nothing from the others.
    expect(await letIn(29, () => exported('auditor'))).toBe(29);
    now = 10_000;
    expect((await exported('admin')).statusCode).toBe(200);
    now = 14_999;
    expect(await script()).toBe(30);
    now = 15_000;
    expect(await script()).toBe(0);
    expect(await letIn(29, () => exported('auditor'))).toBe(29);
  });
});

describe('what is followed as it happens', () => {
  it('is 8 for one key, 96 in all', () => {
    const one = new LiveStreams();
    for (let n = 0; n < 8; n += 1) one.take('key');
    expect(() => one.take('key')).toThrow(Refusal);
    const all = new LiveStreams();
    for (let n = 0; n < 96; n += 1) all.take(`key-${n}`);
    expect(() => all.take('another')).toThrow(Refusal);
  });
});

describe('exports of one tenant', () => {
  it('begin 100 ms apart, others meanwhile', async () => {
    const spaced = new Spaced(budgets.exportsApartMs);
    const order: string[] = [];
    const began = performance.now();
    const wait = (name: string): Promise<void> =>
      spaced.wait(name, performance.now()).then(() => void order.push(name));
    await Promise.all([wait('one'), wait('one'), wait('one'), wait('other')]);
    // It is never less, however slow the machine is.
    expect(performance.now() - began).toBeGreaterThan(190);
    expect(order).toEqual(['one', 'other', 'one', 'one']);
  });
});

describe('connections of one process', () => {
  it('are 2,000, replacing the oldest idle one', async () => {
    const server = await listen((_, res) => void res.end(), { port: 0, host: '127.0.0.1' });
    servers.push(server);
    const { port } = server.address() as AddressInfo;
    const closed: number[] = [];
    const open = async (n: number): Promise<void> => {
      const accepted = once(server, 'connection');
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      socket.once('close', () => closed.push(n));
      await accepted;
    };
    for (let n = 0; n < 2_000; n += 1) await open(n);
    expect(closed).toEqual([]);
    await open(2_000);
    await expect.poll(() => closed).toEqual([0]);
  });
});
