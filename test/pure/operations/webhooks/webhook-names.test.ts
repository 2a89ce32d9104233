import type { LookupAddress } from 'node:dns';
import { afterEach, describe, expect, it } from 'vitest';
import { addressesIn, WebhookNames } from '../../../../src/operations/webhooks/webhook-call.ts';
import { aNameServer, type NameServer } from '../../../support/name-server.ts';

const MUTE = Array.from({ length: 80 }, (_, n) => `hook-${n}.example`);
const HERE: LookupAddress = { address: '10.0.0.7', family: 4 };
const NONE = AbortSignal.any([]);
const servers: NameServer[] = [];

const nameServer = async (names: Readonly<Record<string, string | null>>): Promise<NameServer> => {
  const one = await aNameServer(names);
  servers.push(one);
  return one;
};

/** A resolver that counts lookups and answers when released. */
function machine() {
  const asked: string[] = [];
  const releases: (() => void)[] = [];
  const ofMachine = (name: string): Promise<LookupAddress[]> =>
    new Promise((resolve) => {
      asked.push(name);
      releases.push(() => resolve([HERE]));
    });
  return { asked, ofMachine, release: () => releases.shift()?.() };
}

afterEach(async () => {
  for (const one of servers.splice(0)) await one.close();
});

describe.each([false, true])('a name of a webhook, privately %s', (privately) => {
  it('is resolved while eighty others are mute', async () => {
    const server = await nameServer({ 'good.example': '192.0.2.7' });
    const { asked, ofMachine } = machine();
    const names = new WebhookNames({ privately, servers: [server.address], ofMachine });
    const giving = new AbortController();
    const mute = MUTE.map((name) => names.addresses(name, giving.signal).catch(() => 'given up'));
    await expect.poll(() => new Set(server.asked).size).toBe(MUTE.length);
    expect(await names.addresses('good.example', NONE)).toEqual([{ address: '192.0.2.7', family: 4 }]);
    giving.abort();
    expect(new Set(await Promise.all(mute))).toEqual(new Set(['given up']));
    expect(asked).toEqual([]);
  });

  it('is asked for by nobody once aborted', async () => {
    const server = await nameServer({});
    const names = new WebhookNames({ privately, servers: [server.address] });
    await expect(names.addresses('hook.example', AbortSignal.abort())).rejects.toThrow('abort');
    expect(server.asked).toEqual([]);
  });
});

describe('a name without a server that knows it', () => {
  const unknown = { 'one.internal': null, 'two.internal': null, 'three.internal': null };

  it('is unknown where nothing private counts', async () => {
    const server = await nameServer(unknown);
    const { asked, ofMachine } = machine();
    const names = new WebhookNames({ privately: false, servers: [server.address], ofMachine });
    await expect(names.addresses('one.internal', NONE)).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(names.addresses('localhost', AbortSignal.abort())).rejects.toThrow('abort');
    expect(asked).toEqual([]);
  });

  it('is asked of the machine in turn', async () => {
    const server = await nameServer(unknown);
    const { asked, ofMachine, release } = machine();
    const names = new WebhookNames({ privately: true, servers: [server.address], ofMachine });
    const giving = new AbortController();
    const one = names.addresses('one.internal', NONE);
    await expect.poll(() => asked).toEqual(['one.internal']);
    const two = names.addresses('two.internal', giving.signal);
    await expect.poll(() => server.asked).toContain('two.internal');
    const three = names.addresses('three.internal', NONE);
    await expect.poll(() => server.asked).toContain('three.internal');
    giving.abort();
    release();
    expect(await one).toEqual([HERE]);
    await expect(two).rejects.toThrow('abort');
    await expect.poll(() => asked).toEqual(['one.internal', 'three.internal']);
    release();
    expect(await three).toEqual([HERE]);
  });
});

describe('the file of hosts', () => {
  const text = '# 10.0.0.1 comment\n127.0.0.1\tlocalhost  Box # more\n::1 localhost\nbroken line\n';

  it.each([
    ['localhost', ['127.0.0.1', '::1']],
    ['BOX.', ['127.0.0.1']],
    ['comment', []],
    ['line', []],
    ['127.0.0.1', []],
  ])('has of %s: %j', (name, addresses) => {
    expect(addressesIn(text, name).map(({ address }) => address)).toEqual(addresses);
  });
});
